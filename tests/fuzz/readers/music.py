"""The layouts of the music data sets."""

import functools
import io
import lzma
import pickle
import random
import zlib

import numpy as np
import scipy.io

from keras_gated.datasets.music._piano_roll import SPLITS
from keras_gated.datasets.music._read import read
from tests.datasets.music import layouts
from tests.datasets.music.layouts import TUNES
from tests.fuzz.corruptions import corrupt, replace_token
from tests.fuzz.reader import Reader, demand
from tests.fuzz.readers.hostile_pickles import TOKENS, hostile_pickles
from tests.fuzz.readers.zips import hostile_npz, spoil_member


def check_splits(splits):
    demand(tuple(splits) == SPLITS, "the splits")
    for rolls in splits.values():
        demand(len(rolls) > 0, "a split without sequences")
        for roll in rolls:
            demand(roll.dtype == np.uint8, f"a roll of {roll.dtype}")
            demand(roll.ndim == 2 and roll.shape[1] == 88, f"shape {roll.shape}")
            demand(len(roll) > 0 and roll.max() <= 1, "no steps, or no zeros and ones")


# Large enough that its parts are packed, small enough to be read a thousand times.
LONGER = {
    split: [
        [
            [21 + (7 * voice + step) % 88 for voice in range(1 + step % 4)]
            for step in seq
        ]
        for seq in (range(30), range(11))
    ]
    for split in SPLITS
}
LONGER = {
    split: [[sorted(set(step)) for step in sequence] for sequence in sequences]
    for split, sequences in LONGER.items()
}


def numpy_pickle(protocol):
    """As NumPy integers, as the upstream files, which Python 2 wrote in protocol 2."""
    splits = {
        split: [[tuple(map(np.int64, step)) for step in seq] for seq in sequences]
        for split, sequences in TUNES.items()
    }
    return pickle.dumps(splits, protocol)


PYTHON2 = (
    b"\x80\x02}q\x01("
    + b"".join(
        b"U" + bytes([len(split)]) + split + b"](](("
        b"cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\x02i8K\x00K\x01\x87R"
        b"(K\x03U\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        b"U\x08\x3c\x00\x00\x00\x00\x00\x00\x00\x86Rtee"
        for split in (b"train", b"valid", b"test")
    )
    + b"u."
)


@functools.cache
def pickles():
    files = {f"lists, protocol {n}": pickle.dumps(LONGER, n) for n in (0, 1, 2, 4, 5)}
    files |= {f"numpy, protocol {n}": numpy_pickle(n) for n in (3, 4, 5)}
    return {**files, "by Python 2": PYTHON2}


def spoil_pickle(rng, content):
    return replace_token(rng, content, TOKENS)


def packed(files):
    return {name: lzma.compress(content, preset=0) for name, content in files.items()}


def spoil_packed_pickle(rng, content):
    inner = lzma.decompress(content)
    spoilt = (spoil_pickle if rng.random() < 0.5 else corrupt)(rng, inner)
    return lzma.compress(spoilt, preset=0)


def hostile_xz():
    # Unpacked, one is read as the other.
    names = ("os.system", "a deep tuple as a key", "a billion steps", "nothing")
    files = packed({name: hostile_pickles()[name] for name in names})
    files["a bomb"] = lzma.compress(bytes(1 << 27), preset=0)
    files["raw LZMA"] = lzma.compress(PYTHON2, format=lzma.FORMAT_ALONE)
    huge = bytearray(files["raw LZMA"])
    huge[1:5] = b"\xff\xff\xff\xff"
    files["a dictionary of 4 GB"] = bytes(huge)
    return files


def mat_of(splits, **options):
    cells = {}
    for split, sequences in splits.items():
        cell = np.empty((1, len(sequences)), object)
        cell[0, :] = layouts.rolls_of(sequences)
        cells[f"{split}data"] = cell
    file = io.BytesIO()
    scipy.io.savemat(file, cells, **options)
    return file.getvalue()


@functools.cache
def mats():
    return {
        "plain": mat_of(TUNES),
        "packed": mat_of(TUNES, do_compression=True),
        "longer": mat_of(LONGER),
    }


HEADER = 128
COMPRESSED = 15


def elements_of(content):
    """The elements of a MATLAB file, each unpacked where it was packed."""
    elements, start = [], HEADER
    while start < len(content):
        kind, size = np.frombuffer(content, "<u4", 2, start).tolist()
        body = content[start + 8 : start + 8 + size]
        elements.append(zlib.decompress(body) if kind == COMPRESSED else body)
        start += 8 + size
    return elements


def packed_element(element):
    body = zlib.compress(element)
    return np.array([COMPRESSED, len(body)], "<u4").tobytes() + body


def spoil_mat(rng: random.Random, content: bytes) -> bytes:
    """Spoils what is packed, and packs it again."""
    packed = mats()["packed"]
    elements = elements_of(packed)
    chosen = rng.randrange(len(elements))
    elements[chosen] = corrupt(rng, elements[chosen])
    return packed[:HEADER] + b"".join(map(packed_element, elements))


def matrix(kind, dims, body=b"", name=b"testdata"):
    """An element of a MATLAB file: a matrix of a class, of any size declared."""

    def element(number, content):
        padding = bytes(-len(content) % 8)
        return np.array([number, len(content)], "<u4").tobytes() + content + padding

    flags = element(6, np.array([kind, 0], "<u4").tobytes())
    sizes = element(5, np.array(dims, "<i4").tobytes())
    return element(14, flags + sizes + element(1, name) + body)


def hostile_mats():
    whole = mats()["plain"]
    head = whole[:HEADER]
    cell, struct, number, text, sparse = 1, 2, 9, 4, 5
    inside = matrix(cell, (30000, 30000), name=b"")
    files = {
        "a cell of 900 million": head + matrix(cell, (30000, 30000)),
        "a cell of 10^18": head + matrix(cell, (2**31 - 1, 2**31 - 1)),
        "a cell in a cell": head + matrix(cell, (1, 1), inside),
        "a cell of negative size": head + matrix(cell, (-1, 5)),
        "a cell of no size": head + matrix(cell, (0, 2**31 - 1)),
        "numbers": head + matrix(number, (2**31 - 1, 2**31 - 1)),
        "structs": head + matrix(struct, (30000, 30000)),
        "text": head + matrix(text, (30000, 30000)),
        "sparse": head + matrix(sparse, (2**31 - 1, 2**31 - 1)),
        "100 axes": head + matrix(cell, (1,) * 100),
        "no axes": head + matrix(cell, ()),
        "a bomb": head + packed_element(matrix(number, (1 << 27, 1)) + bytes(1 << 27)),
        "a header alone": head,
        "version 7.3": head[:124] + b"\x00\x02IM" + b"\x89HDF\r\n\x1a\n",
        "version 4": np.array([0, 2**31 - 1, 2**31 - 1, 0, 9], "<i4").tobytes()
        + b"testdata\0",
        "big-endian": head[:124] + b"\x01\x00MI" + whole[HEADER:],
    }
    nested = b""
    for _ in range(3000):
        nested = matrix(cell, (1, 1), nested, name=b"")
    files["cells in cells in cells"] = head + nested
    return files


READERS = {
    "music .npz": Reader(
        suffix=".npz",
        read=lambda path: read(path, "jsb_chorales"),
        check=check_splits,
        whole=lambda: {"tunes": layouts.npz(TUNES), "longer": layouts.npz(LONGER)},
        hostile=lambda: hostile_npz(layouts.npz(TUNES)),
        spoil=spoil_member,
    ),
    "music .mat": Reader(
        suffix=".mat",
        read=lambda path: read(path, "jsb_chorales"),
        check=check_splits,
        whole=mats,
        hostile=hostile_mats,
        spoil=spoil_mat,
    ),
    "music .pickle": Reader(
        suffix=".pickle",
        read=lambda path: read(path, "jsb_chorales"),
        check=check_splits,
        whole=pickles,
        hostile=hostile_pickles,
        spoil=spoil_pickle,
        few=150,
        many=4000,
    ),
    "music .pickle.xz": Reader(
        suffix=".pickle.xz",
        read=lambda path: read(path, "jsb_chorales"),
        check=check_splits,
        whole=lambda: packed(pickles()),
        hostile=hostile_xz,
        spoil=spoil_packed_pickle,
        few=30,
        many=1500,
    ),
}
