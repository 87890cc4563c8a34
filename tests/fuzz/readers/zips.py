"""Zip archives spoiled behind their checksums."""

import io
import random
import zipfile

import numpy as np

from tests.fuzz.corruptions import corrupt, replace_token

NPY_TOKENS = (
    b"'descr'",
    b"'shape'",
    b"'fortran_order'",
    b"'|u1'",
    b"'<i2'",
    b"'<i4'",
    b"'>i4'",
    b"'<f4'",
    b"'<f8'",
    b"'|O'",
    b"'|V0'",
    b"'<U0'",
    b"'<U8'",
    b"'<M8[s]'",
    b"'<c16'",
    b"[('a', '<i4'), ('b', '|O')]",
    b"False",
    b"True",
    b"None",
    b"()",
    b"(1,)",
    b"(-1,)",
    b"(0,)",
    b"(99999999999,)",
    b"(4611686018427387904, 4)",
    b"(2, 2)",
    b"(1e9,)",
    b"(True,)",
    b"lambda: 0",
    b"__import__('os').system('touch canary')",
    b"((((((((((((((((",
    b"-",
    b"\n",
    b"\x01\x00",
    b"\x02\x00",
    b"\x03\x00",
)


def zip_of(members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def members_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def npz_of(**arrays: object) -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def spoil_member(rng: random.Random, content: bytes) -> bytes:
    """Spoils, renames or drops one file of an archive."""
    members = members_of(content)
    name = rng.choice(sorted(members))
    match rng.randrange(8):
        case 0:
            del members[name]
        case 1:
            members[rng.choice(("../canary", "/tmp/canary", name * 2))] = members[name]
        case 2:
            members[name] = members[rng.choice(sorted(members))]
        case 3 | 4:
            members[name] = replace_token(rng, members[name], NPY_TOKENS)
        case _:
            members[name] = corrupt(rng, members[name])
    stored = rng.random() < 0.3
    return zip_of(members, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)


def npy(header: str, data: bytes = b"", version: bytes = b"\x01\x00") -> bytes:
    """An `.npy` file with any header."""
    size = 2 if version == b"\x01\x00" else 4
    text = header.encode()
    return b"\x93NUMPY" + version + len(text).to_bytes(size, "little") + text + data


def hostile_npz(whole: bytes) -> dict[str, bytes]:
    """Archives that look like `whole`, and are made to harm who reads them."""
    members = members_of(whole)
    first = next(iter(members))
    made = {
        "a huge shape": npy(
            "{'descr': '<i4', 'fortran_order': False, 'shape': (2305843009213693951,)}"
        ),
        "a shape that overflows": npy(
            "{'descr': '|u1', 'fortran_order': False, 'shape': "
            "(4294967296, 4294967296)}"
        ),
        "100 GB of nothing": npy(
            "{'descr': '|u1', 'fortran_order': False, 'shape': (100000000000,)}"
        ),
        "items of no size": npy(
            "{'descr': '|V0', 'fortran_order': False, 'shape': (9223372036854775807,)}"
        ),
        "strings of no size": npy(
            "{'descr': '<U0', 'fortran_order': False, 'shape': (1000000000,)}"
        ),
        "objects": npy(
            "{'descr': '|O', 'fortran_order': False, 'shape': (1,)}",
            b"cos\nsystem\n(S'touch canary'\ntR.",
        ),
        "a header that calls": npy("__import__('os').system('touch canary')"),
        "a header of parentheses": npy("(" * 60000),
        "a header of minuses": npy("-" * 9000 + "1"),
        "a header of 4 GB": b"\x93NUMPY\x02\x00\xff\xff\xff\xff{}",
        "an unknown version": npy("{}", version=b"\x09\x00"),
        "a header of Python 2": npy(
            "{'descr': '<i4', 'fortran_order': False, 'shape': (1L,)}", bytes(4)
        ),
        "many axes": npy(
            f"{{'descr': '<i4', 'fortran_order': False, 'shape': {(1,) * 100}}}",
            bytes(4),
        ),
        "a subarray": npy(
            "{'descr': ('<i4', (99999, 99999)), 'fortran_order': False, 'shape': (9,)}"
        ),
    }
    files = {
        name: zip_of({**members, first: content}) for name, content in made.items()
    }
    files["a bomb"] = zip_of({**members, "junk.npy": bytes(1 << 27)})
    files["a bomb inside"] = zip_of({**members, first: members[first] + bytes(1 << 27)})
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        packed = zip_of(members, method)
        files[f"method {method}"] = packed
        for place in (60, 70, 80, 90, 120):
            files[f"method {method}, broken at {place}"] = (
                packed[:place] + b"\xff\x00\xff" + packed[place + 3 :]
            )
    # The flag bits and the method stand at 6 and 8 of the header of a member, and at
    # 8 and 10 of that in the directory.
    directory = whole.index(b"PK\x01\x02")
    for name, offset, value in (("encrypted", 0, 1), ("unknown method", 2, 77)):
        spoilt = bytearray(whole)
        spoilt[6 + offset] = spoilt[directory + 8 + offset] = value
        files[name] = bytes(spoilt)
    files["nothing"] = b""
    files["an empty archive"] = zip_of({})
    files["an array alone"] = members[first]
    files["a pickle"] = b"cos\nsystem\n(S'touch canary'\ntR."
    return files
