"""The longest common run, beside a search through all pairs of places."""

import numpy as np
import pytest

from keras_gated.datasets import tunes


def tune(body):
    return tunes.Tune(["M:2/4", "K:Cmaj", *body])


def longest(first, second):
    best = 0
    for start in range(len(first)):
        for other in range(len(second)):
            length = 0
            while (
                start + length < len(first)
                and other + length < len(second)
                and first[start + length] == second[other + length]
            ):
                length += 1
            best = max(best, length)
    return best


@pytest.mark.parametrize("symbols", [1, 2, 3, 20])
def test_runs_are_those_of_a_search(symbols):
    rng = np.random.default_rng(symbols)
    draw = lambda: list(map(str, rng.integers(symbols, size=rng.integers(1, 40))))  # noqa: E731
    training = [draw() for _ in range(8)]
    samples = [draw() for _ in range(12)] + [training[3], training[4][:5]]
    runs = tunes.copied_runs(list(map(tune, samples)), list(map(tune, training)))
    assert runs.tolist() == [
        max(longest(sample, known) for known in training) for sample in samples
    ]


def test_a_run_does_not_go_on_in_the_next_tune():
    known = [tune("ab"), tune("cd")]
    assert tunes.copied_runs([tune("abcd")], known).tolist() == [2]
    assert tunes.copied_runs([tune("xa"), tune("bc")], known).tolist() == [1, 1]


def test_the_header_does_not_count():
    assert tunes.copied_runs([tune("x")], [tune("y")]).tolist() == [0]


def test_samples_are_not_compared_with_each_other():
    assert tunes.copied_runs([tune("abc"), tune("abc")], [tune("b")]).tolist() == [1, 1]


def test_empty_ones():
    assert tunes.copied_runs([tune(""), tune("a")], [tune("a")]).tolist() == [0, 1]
    assert tunes.copied_runs([], [tune("a")]).tolist() == []
    with pytest.raises(ValueError, match="at least one training tune"):
        tunes.copied_runs([tune("a")], [])
