"""The n-gram models of Karpathy et al. 2015, as KenLM makes them of the same text."""

import lzma

import numpy as np
import pytest

from reproduce.ngrams import KneserNey

KENLM = {
    "rows": [2.402, 1.929, 1.520, 1.309, 1.227, 1.198, 1.189, 1.189, 1.190, 1.191],
    "tail": [2.393, 1.933, 1.541, 1.337, 1.265, 1.241, 1.239, np.nan, 1.243, 1.244],
}
"""Nats per symbol with 1 to 9 and 20 symbols of context, by its program `lmplz` with
`--discount_fallback`, a line for each row, whose end is predicted too."""

CONTEXTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 20]
TOLERANCE = 0.002


def rows_of(text, count):
    """The first 80 % of each of `count` rows, and the last 10 %, with their ends."""
    length = text.size // count
    end = np.array([text.max() + 1])
    rows = [text[row * length : (row + 1) * length] for row in range(count)]
    return [
        [np.append(row[begin:stop], end) for row in rows]
        for begin, stop in ((0, int(0.8 * length)), (int(0.9 * length), length))
    ]


WHOLE = pytest.mark.exhaustive


@pytest.mark.parametrize(
    ("split", "count", "order"),
    [
        ("rows", 100, 4),
        pytest.param("rows", 100, 21, marks=WHOLE),
        pytest.param("tail", 1, 21, marks=WHOLE),
    ],
)
def test_nats_are_those_of_kenlm(data_dir, split, count, order):
    packed = (data_dir / "text" / "warpeace_input.txt.xz").read_bytes()
    raw = lzma.decompress(packed)[:-4]
    text = np.unique(np.frombuffer(raw, np.uint8), return_inverse=True)[1]
    train, test = rows_of(text, count)
    model = KneserNey(train, int(text.max()) + 2, order)
    nats = -model.log_probabilities(test).mean(axis=1)
    for context, expected in zip(CONTEXTS, KENLM[split], strict=True):
        if context < order and not np.isnan(expected):
            assert nats[context] == pytest.approx(expected, abs=TOLERANCE), context
