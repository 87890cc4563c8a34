"""Ways to spoil the bytes of a file, each drawn from a random generator."""

import random
import re
from collections.abc import Callable, Sequence

Corruption = Callable[[random.Random, bytes], bytes]

NUMBERS = (0, 1, 2, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 62)
MOST_CHANGES = 8


def _place(rng: random.Random, content: bytes) -> int:
    """A position, as often near the beginning, where headers are, as anywhere."""
    return int(len(content) * rng.random() ** rng.choice((1, 4)))


def flip_bits(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        changed[_place(rng, content)] ^= 1 << rng.randrange(8)
    return bytes(changed)


def set_bytes(rng: random.Random, content: bytes) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, MOST_CHANGES)):
        changed[_place(rng, content)] = rng.randrange(256)
    return bytes(changed)


def set_number(rng: random.Random, content: bytes) -> bytes:
    """Puts a size that is wrong over whatever is there."""
    start, size = _place(rng, content), rng.choice((2, 4, 8))
    number = rng.choice(NUMBERS) % (1 << 8 * size)
    if rng.random() < 0.2:
        number = (1 << 8 * size) - 1 - number
    packed = number.to_bytes(size, rng.choice(("little", "big")))
    return content[:start] + packed + content[start + size :]


def set_digits(rng: random.Random, content: bytes) -> bytes:
    """Changes a number that is written out."""
    found = [match.span() for match in re.finditer(rb"\d+", content[:4096])]
    if not found:
        return set_number(rng, content)
    start, end = rng.choice(found)
    number = rng.choice((*NUMBERS, -1, rng.randrange(1000), 10**30))
    digits = str(number).encode()
    if rng.random() < 0.5:
        digits = digits[: end - start].ljust(end - start, b"0")
    return content[:start] + digits + content[end:]


def truncate(rng: random.Random, content: bytes) -> bytes:
    return content[: _place(rng, content)]


def insert(rng: random.Random, content: bytes) -> bytes:
    start = _place(rng, content)
    return content[:start] + rng.randbytes(rng.randint(1, 40)) + content[start:]


def delete(rng: random.Random, content: bytes) -> bytes:
    start = _place(rng, content)
    return content[:start] + content[start + rng.randint(1, 40) :]


def repeat(rng: random.Random, content: bytes) -> bytes:
    start = _place(rng, content)
    end = start + rng.randint(1, 200)
    return content[:end] + content[start:end] * rng.randint(1, 50) + content[end:]


def swap(rng: random.Random, content: bytes) -> bytes:
    a, b, c, d = sorted(_place(rng, content) for _ in range(4))
    return content[:a] + content[c:d] + content[b:c] + content[a:b] + content[d:]


ANYWHERE: tuple[Corruption, ...] = (
    flip_bits,
    set_bytes,
    set_number,
    set_digits,
    truncate,
    insert,
    delete,
    repeat,
    swap,
)


def corrupt(rng: random.Random, content: bytes, others: Sequence[bytes] = ()) -> bytes:
    """Spoils a file in one to three ways, or joins the parts of two files."""
    if others and rng.random() < 0.1:
        other = rng.choice(others)
        return content[: _place(rng, content)] + other[_place(rng, other) :]
    for _ in range(rng.choice((1, 1, 2, 3))):
        if content:
            content = rng.choice(ANYWHERE)(rng, content)
    return content


def replace_token(rng: random.Random, content: bytes, tokens: Sequence[bytes]) -> bytes:
    """Replaces a word of a format by another one."""
    found = [token for token in tokens if token in content]
    if not found:
        return corrupt(rng, content)
    return content.replace(rng.choice(found), rng.choice(tokens), 1)
