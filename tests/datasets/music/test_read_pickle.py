"""Pickles that try to do something."""

import lzma
import os
import pickle

import numpy as np
import pytest

from keras_gated.datasets.music._read import read
from tests.datasets.music import layouts
from tests.datasets.music.layouts import TUNES, assert_refused, write


class Calls:
    """Pickles as a call of `function` with `arguments`."""

    def __init__(self, function, *arguments):
        self.function, self.arguments = function, arguments

    def __reduce__(self):
        return self.function, self.arguments


SCALAR = np.int64(1).__reduce__()[0]
LEAVE_TRACE = "open('trace', 'w').close()"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    ("payload", "refused"),
    [
        (Calls(os.system, "touch trace"), f"{os.name}.system"),
        (Calls(eval, LEAVE_TRACE), "(__builtin__|builtins).eval"),
        (Calls(exec, LEAVE_TRACE), "(__builtin__|builtins).exec"),
        (Calls(getattr, "", "join"), "(__builtin__|builtins).getattr"),
        (Calls(np.dtype, Calls(eval, LEAVE_TRACE)), "(__builtin__|builtins).eval"),
        (
            Calls(SCALAR, np.dtype("O"), Calls(eval, LEAVE_TRACE)),
            "no integer dtype",
        ),
        (np.arange(3), r"numpy\._core\.\w+\._reconstruct|_frombuffer"),
        (np.load, "numpy.load"),
    ],
)
def test_hostile_pickle_runs_nothing(folder, protocol, payload, refused):
    content = pickle.dumps({**TUNES, "test": payload}, protocol)
    assert_refused(write(folder, ".pickle", content), refused)
    assert_refused(write(folder, ".pickle.xz", layouts.xz(content)), refused)


@pytest.mark.parametrize(
    "instructions",
    [
        b"cos\nsystem\n(S'touch trace'\ntR.",
        b"(ios\nsystem\nS'touch trace'\n.",
        b"(S'touch trace'\nios\nsystem\n.",
        b"\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x0btouch trace\x85R.",
        b"\x80\x04\x8c\x05numpy\x8c\x0edtype.__init__\x93.",
        b"cnumpy.core.multiarray\nscalar\n}S'__call__'\ncnumpy\ndtype\nsb.",
        b"cnumpy\ndtype\n}S'__init__'\nI1\nsb.",
        b"cnumpy\ndtype\n(I1\nI2\nI3\nI4\ntR.",
        b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\nS'i8'\ntR.",
        b"cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'i8'\ntRS'short'\ntR.",
        b"cnumpy\ndtype\n(S'V9999999999'\ntR.",
        b"cnumpy\ndtype\n(S'i8'\ntR}b.",
        b"cnumpy\ndtype\n)\x81.",
        b"Psome persistent object\n.",
        b"\x82\x01.",
        b"\x97.",
        b"(" * 1000 + b"l" * 1000 + b".",
    ],
)
def test_hostile_instructions_run_nothing(folder, instructions):
    path = write(folder, ".pickle", instructions)
    assert_refused(path, "not a (pickle of notes|dictionary)")
    good = write(folder, "2.pickle", layouts.python3_pickle(TUNES))
    assert read(good, "x")["test"][0].sum() == 3


def test_refuses_an_xz_bomb(folder):
    packer = lzma.LZMACompressor(preset=0)
    zeros = bytes(1 << 20)
    content = b"".join([packer.compress(zeros) for _ in range(80)]) + packer.flush()
    assert len(content) < 100_000
    assert_refused(write(folder, ".pickle.xz", content), "more than 67108864 bytes")


def test_refuses_an_overlong_pickle(folder):
    path = write(folder, ".pickle", b"")
    os.truncate(path, (1 << 26) + 1)
    assert_refused(path, "more than 67108864 bytes")


DEEP = b")" + b"\x85" * 200_000


@pytest.mark.parametrize(
    "instructions",
    [
        # The hash of the first overruns the stack of the process in `pickle.Unpickler`.
        b"\x80\x02}(" + DEEP + b"K\x01u.",
        b"\x80\x04\x8f(" + DEEP + b"\x90.",
        b"cnumpy\ndtype\n" + DEEP + b"\x85R.",
        b"\x80\x02}(K\x01K\x01u.",
        b"\x80\x02K\x01K\x01s.",
    ],
)
def test_refuses_what_is_no_list_of_notes(folder, instructions):
    assert_refused(write(folder, ".pickle", instructions), "not a pickle of notes")


@pytest.mark.parametrize(
    ("sequences", "reason"),
    [
        # 2,000 times the same 4,000 steps, and the same step of 4,000 notes.
        (b"]q\x00(" + b"]" * 4000 + b"e0](" + b"h\x00" * 2000 + b"e", "steps"),
        (b"(" + b"K\x3c" * 4000 + b"tq\x010](](" + b"h\x01" * 2000 + b"ee", "notes"),
    ],
)
def test_refuses_lists_of_the_same_list(folder, sequences, reason):
    content = b"\x80\x02}(U\x05train" + sequences + b"U\x05valid]U\x04test]u."
    path = write(folder, ".pickle", content)
    assert_refused(path, f"train have .* {reason}, at most")


def test_refuses_a_dictionary_of_gigabytes(folder):
    content = bytearray(lzma.compress(b"", format=lzma.FORMAT_ALONE))
    content[1:5] = b"\xff\xff\xff\xff"
    path = write(folder, ".pickle.xz", bytes(content))
    assert_refused(path, "not a (whole xz file|pickle of notes)")
