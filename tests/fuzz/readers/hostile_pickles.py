"""Pickles made to run something, to fill the memory, or never to end."""

import functools
import pickle

from tests.datasets.music.layouts import TUNES

CANARY = b"touch canary"
SCALAR = b"cnumpy.core.multiarray\nscalar\n"
DTYPE = b"cnumpy\ndtype\n"
I8 = DTYPE + b"(S'i8'\nI0\nI1\ntR"

TOKENS = (
    b"cnumpy\ndtype\n",
    SCALAR,
    b"cos\nsystem\n",
    b"cbuiltins\neval\n",
    b"\x93",
    b"R",
    b"b",
    b"(",
    b"t",
    b"]",
    b"}",
    b")",
    b"a",
    b"e",
    b"s",
    b"u",
    b"0",
    b"1",
    b"2",
    b"\x85",
    b"\x86",
    b"\x87",
    b"\x8f",
    b"\x90",
    b"\x91",
    b"\x94",
    b"\x81",
    b"\x92",
    b"K\x3c",
    b"J\xff\xff\xff\xff",
    b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x8b\xff\xff\xff\x7f",
    b"X\xff\xff\xff\x7f",
    b"\x8d\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x8e\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"\x96\xff\xff\xff\xff\xff\xff\xff\x7f",
    b"r\xff\xff\xff\x7f",
    b"q\x00",
    b"h\x00",
    b"j\x00\x00\x00\x01",
    b"N",
    b"\x88",
    b"G\x7f\xf8\x00\x00\x00\x00\x00\x00",
    b".",
)


class Calls:
    """Pickles as a call of `function` with `arguments`."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


def _calls():
    trace = "open('canary', 'w').close()"
    payloads = {
        "eval": Calls(eval, trace),
        "exec": Calls(exec, trace),
        "a class made anew": Calls(type, "A", (), {}),
        "a file": Calls(open, "canary", "w"),
    }
    return {
        f"{name}, protocol {protocol}": pickle.dumps(
            {**TUNES, "test": payload}, protocol
        )
        for name, payload in payloads.items()
        for protocol in range(6)
    }


def _laughs(levels, width=2000):
    """A list of so many times the same list of so many times the same list."""
    content = b"]"
    for level in range(levels):
        memo = bytes([level])
        inner = b"q" + memo + b"0" + b"](" + (b"h" + memo) * width + b"e"
        content += inner
    return content


def _splits(test):
    return (
        b"\x80\x02}(U\x05train"
        + test
        + b"U\x05valid]]](K\x3ceaaU\x04test]]](K\x3ceaau."
    )


def _colliding_keys(count):
    """A dictionary whose keys share a hash: each new one is compared with all."""
    prime = 2**61 - 1
    keys = (pickle.dumps(n * prime, 2)[2:-1] + b"K\x01" for n in range(1, count))
    return b"\x80\x02}(" + b"".join(keys) + b"u."


NESTED = b")" + b"\x85" * 200_000


@functools.cache
def hostile_pickles():
    return {
        "os.system": b"cos\nsystem\n(S'touch canary'\ntR.",
        "posix.system by name": b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0b"
        + CANARY
        + b"\x85R.",
        "a chain of calls": b"cbuiltins\ngetattr\n(cbuiltins\n__import__\n(S'os'\ntR"
        b"S'system'\ntR(S'touch canary'\ntR.",
        "an instance": b"(ios\nsystem\nS'touch canary'\n.",
        "an instance of": b"(cos\nsystem\nS'touch canary'\no.",
        "a class of this package": b"ckeras_gated.layers\nGRU\n(I3\ntR.",
        "a dotted name": b"\x80\x04\x8c\x05numpy\x8c\x12dtype.__class__.mro\x93.",
        "scalar with attributes": SCALAR + b"}S'__call__'\n" + DTYPE + b"sb.",
        "dtype with attributes": I8 + b"}S'size'\nI99\nsb.",
        "dtype built of slots": I8 + b"N}S'size'\nI99999999\ns\x86b" + b".",
        "dtype of dtype": DTYPE + b"(" + I8 + b"tR.",
        "scalar of scalar": SCALAR + b"(" + SCALAR + I8 + b"tR.",
        "an extension": b"\x82\x01.",
        "a persistent object": b"\x80\x02K\x01Q.",
        "buffers": b"\x80\x05\x97\x98.",
        "deep lists": b"(" * 200_000 + b"l" * 200_000 + b".",
        "deep tuples": NESTED + b".",
        "a deep tuple as a key": b"\x80\x02}(" + NESTED + b"K\x01u.",
        "a deep tuple in a set": b"\x80\x04\x8f(" + NESTED + b"\x90.",
        "a deep tuple as a step": _splits(b"]]" + NESTED + b"aa"),
        "a deep tuple as a dtype": DTYPE + NESTED + b"\x85R.",
        "a deep tuple as bytes": SCALAR + I8 + NESTED + b"\x86R.",
        "a list in itself": b"\x80\x02]q\x00h\x00a}q\x01(U\x05trainh\x00U\x05validh\x00"
        b"U\x04testh\x00u.",
        "a dictionary in itself": b"\x80\x02}q\x00(U\x05trainh\x00U\x05validh\x00"
        b"U\x04testh\x00u.",
        "a billion notes": _splits(_laughs(2) + b""),
        "a billion steps": _splits(_laughs(3)),
        "many laughs": _splits(_laughs(9)),
        "keys that collide": _colliding_keys(100_000),
        "a number of 1 MB": b"L" + b"9" * 1_000_000 + b"L\n.",
        "a string of 4 GB": b"\x80\x04\x8e\xff\xff\xff\xff\x00\x00\x00\x00.",
        "a place in the memo of 4 billion": b"\x80\x02]r\xff\xff\xff\xff.",
        "a place in the memo by text": b"]p99999999999999\n.",
        "a negative place in the memo": b"]p-1\n.",
        "a frame of 2^63": b"\x80\x04\x95\xff\xff\xff\xff\xff\xff\xff\x7f].",
        "frames in frames": b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x95\x01].",
        "protocol 255": b"\x80\xff.",
        "nothing": b"",
        "nothing but the end": b".",
        "marks alone": b"(" * 1000 + b".",
        "no string": b"S'abc\n.",
        "a string of escapes": b"S'\\x4'\n.",
        "bad Unicode": b"\x80\x02X\x02\x00\x00\x00\xff\xff.",
        **_calls(),
    }
