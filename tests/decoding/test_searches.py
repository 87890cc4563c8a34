"""The searches beside the sum over all paths, and beside the loss."""

import itertools

import numpy as np
import pytest
from keras import ops

from keras_gated.decoding import Decoded, GreedyStream, beam_search, greedy_search
from keras_gated.losses import CTCLoss
from tests.ctc_reference import log_softmax, reads_as

STEPS, CLASSES = 5, 3
LENGTHS = [5, 3, 1, 0]


@pytest.fixture
def logits():
    return np.random.default_rng(0).normal(scale=1.5, size=(4, STEPS, CLASSES))


def by_definition(logits):
    """The log-probability of every label that a path reads as."""
    log_p = log_softmax(logits)
    labels = {}
    for path in itertools.product(range(CLASSES), repeat=len(log_p)):
        label = tuple(reads_as(path))
        path_log_p = log_p[range(len(path)), path].sum()
        labels[label] = np.logaddexp(labels.get(label, -np.inf), path_log_p)
    return labels


def test_a_wide_beam_finds_every_label(logits):
    found = beam_search(logits, LENGTHS, beam_width=1000, top_paths=1000)
    for row, length, labels in zip(logits, LENGTHS, found, strict=True):
        expected = by_definition(row[:length]) if length else {(): 0.0}
        assert {label.symbols for label in labels} == set(expected)
        assert len(labels) == len(expected)
        for label in labels:
            assert label.log_prob == pytest.approx(expected[label.symbols], abs=1e-12)
        order = [label.log_prob for label in labels]
        assert order == sorted(order, reverse=True)


def test_a_narrow_beam_finds_less_but_nothing_that_is_not_there(logits):
    for width in (1, 2, 3):
        found = beam_search(logits, beam_width=width, top_paths=2)
        for row, labels in zip(logits, found, strict=True):
            assert 1 <= len(labels) <= min(width, 2)
            for label in labels:
                assert label.log_prob <= by_definition(row)[label.symbols] + 1e-12


def test_greedy_search_reads_the_most_probable_path(logits):
    found = greedy_search(logits, LENGTHS)
    for row, length, decoded in zip(logits, LENGTHS, found, strict=True):
        log_p = log_softmax(row[:length])
        paths = itertools.product(range(CLASSES), repeat=length)
        best = max(paths, key=lambda path: log_p[range(length), path].sum())
        assert decoded.symbols == tuple(reads_as(best))
        expected = log_p[range(length), best].sum()
        assert decoded.log_prob == pytest.approx(expected, abs=1e-12)
        assert decoded.log_prob <= 0


def test_both_and_the_loss_agree(logits):
    tensor = ops.convert_to_tensor(logits, "float32")
    (beam,), (greedy,) = beam_search(tensor[:1]), greedy_search(tensor[:1])
    nats = float(CTCLoss()(np.array([beam[0].symbols]), logits[:1]))
    assert nats == pytest.approx(-beam[0].log_prob, rel=1e-4)
    assert greedy.log_prob <= -float(CTCLoss()(np.array([greedy.symbols]), logits[:1]))


@pytest.mark.parametrize("blank", [1, 2])
def test_any_class_may_be_the_blank(logits, blank):
    order = [blank, *(c for c in range(CLASSES) if c != blank)]
    renamed = np.empty_like(logits)
    renamed[..., order] = logits
    for search in (greedy_search, lambda *a, **k: [r[0] for r in beam_search(*a, **k)]):
        for found, expected in zip(
            search(renamed, blank=blank), search(logits), strict=True
        ):
            assert found.symbols == tuple(order[symbol] for symbol in expected.symbols)
            assert found.log_prob == pytest.approx(expected.log_prob, abs=1e-12)


def test_classes_of_probability_0():
    logits = np.full((1, 4, 3), -np.inf)
    logits[0, range(4), [1, 1, 0, 1]] = 3.0
    expected = Decoded((1, 1), 0.0)
    assert greedy_search(logits) == [expected]
    assert beam_search(logits, top_paths=9) == [[expected]]


def test_padding_may_hold_anything(logits):
    spoilt = logits.copy()
    spoilt[1, 3:] = np.nan
    assert greedy_search(spoilt, LENGTHS) == greedy_search(logits, LENGTHS)
    assert beam_search(spoilt, LENGTHS) == beam_search(logits, LENGTHS)


def test_a_stream_reads_what_the_search_does(logits):
    for blank in (0, 2):
        stream = GreedyStream(blank)
        for row, found in zip(logits, greedy_search(logits, blank=blank), strict=True):
            symbols = [stream.step(frame) for frame in row]
            assert tuple(s for s in symbols if s is not None) == found.symbols
            stream.reset()
    framewise = GreedyStream(blank=None)
    assert [framewise.step(np.eye(3)[c]) for c in (0, 0, 2)] == [0, None, 2]


@pytest.mark.once
def test_bad_input(logits):
    for search in (greedy_search, beam_search):
        with pytest.raises(ValueError, match=r"logits\.shape=\(5, 3\) and blank=0"):
            search(logits[0])
        for blank in (3, -1, 1.0, True, None, "a"):
            with pytest.raises(ValueError, match=f"and blank={blank!r}"):
                search(logits, blank=blank)
        for none in (logits + 1j, np.full((1, 2, 3), "a"), [[[None, 1]]]):
            with pytest.raises(ValueError, match="needs logits that are numbers"):
                search(none)
        for lengths in (
            *([5], [6, 1, 1, 1], [-1, 1, 1, 1], [1.0] * 4, [True] * 4),
            *([np.nan, 1, 1, 1], ["a"] * 4, [], 5, [[1]] * 4),
        ):
            with pytest.raises(ValueError, match="integers from 0 to 5"):
                search(logits, lengths)
        for garbage in (np.nan, np.inf, [-np.inf] * 3):
            spoilt = logits.copy()
            spoilt[2, 3] = garbage
            with pytest.raises(ValueError, match="Frame 3 of sequence 2 has logits"):
                search(spoilt)
    for wrong in (0, 1.5, True, None, "a", np.nan):
        for name in ("beam_width", "top_paths"):
            with pytest.raises(ValueError, match="needs positive integers for beam_wi"):
                beam_search(logits, **{name: wrong})
    for blank in (3, -1, 1.0, True, "a"):
        with pytest.raises(ValueError, match=f"3 classes and blank={blank!r}"):
            GreedyStream(blank).step(logits[0, 0])
    for frame in (
        *(logits[0], [], [np.nan, 1], [np.inf, 1], [-np.inf] * 2, ["a"], [None], 5),
    ):
        with pytest.raises(ValueError, match="A step takes the logits of a frame"):
            GreedyStream().step(frame)


def test_nothing_reads_as_nothing():
    nothing = Decoded((), 0.0)
    for search, found in ((greedy_search, nothing), (beam_search, [nothing])):
        assert search(np.zeros((2, 0, 3))) == [found] * 2
        assert search(np.ones((2, 4, 3)), [0, 0]) == [found] * 2
        assert search(np.zeros((0, 4, 3))) == search(np.zeros((0, 4, 3)), []) == []
