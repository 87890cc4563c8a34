import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from keras_gated.datasets import tunes


def tune(body, key="Cmaj"):
    return tunes.Tune(["M:2/4", f"K:{key}", *body.split()])


def nonzero(counts, shift=0):
    return {int(n) - shift: int(counts[n]) for n in np.flatnonzero(counts)}


def test_counts():
    example = tune("[ C E ] 2 ^G z C | C c :|", key="Amin")
    assert nonzero(tunes.count_pitches(example)) == {60: 2, 64: 1, 68: 1, 72: 1}
    assert nonzero(tunes.count_degrees(example)) == {3: 3, 7: 1, 11: 1}
    assert nonzero(tunes.count_intervals(example), 24) == {4: 1, -8: 1, 0: 1, 12: 1}
    wide = tunes.count_intervals(tune("C, c'"))
    assert nonzero(wide, 24) == {24: 1}
    assert tunes.count_intervals(tune("C")).sum() == 0
    for key, degree in (("F#min", 0), ("Bbmaj", 8), ("Gmix", 11)):
        assert nonzero(tunes.count_degrees(tune("^F", key))) == {degree: 1}


def test_the_distance_is_that_of_scipy():
    rng = np.random.default_rng(0)
    first, second = rng.integers(0, 9, (2, 30, 7)) * rng.integers(0, 2, (2, 30, 7))
    first[:, 0] += 1
    second[:, 1] += 1
    theirs = jensenshannon(first, second, base=2, axis=1)
    np.testing.assert_allclose(
        tunes.jensen_shannon(first, second), theirs, rtol=1e-7, atol=1e-7
    )
    assert tunes.jensen_shannon([1, 0], [1, 1]) == pytest.approx(
        np.sqrt((np.log2(4 / 3) + np.log2(2 / 3) / 2 + 1 / 2) / 2)
    )


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        ([0, 0], [1, 1], "not all 0"),
        ([-1, 2], [1, 1], "at least 0"),
        ([np.nan, 2], [1, 1], "not all 0"),
        ([1, 2], [1, 1, 1], "received 2 and 3"),
        (1, [1], "shape"),
    ],
)
def test_what_has_no_distance(first, second, message):
    with pytest.raises(ValueError, match=message):
        tunes.jensen_shannon(first, second)


def test_the_interval_of_a_comparison():
    low = [tune("C D C D"), tune("C D E D")]
    high = [tune("c d c d"), tune("c d e d"), tune("C D C D")]
    distance = tunes.compare_counts(low, high, tunes.count_pitches)
    assert 0 < distance.low < distance.value < distance.high == 1
    assert distance == tunes.compare_counts(low, high, tunes.count_pitches, seed=0)
    assert distance.value == tunes.jensen_shannon(
        sum(map(tunes.count_pitches, low)), sum(map(tunes.count_pitches, high))
    )


def test_tunes_are_drawn_not_notes():
    """Tunes that are all alike leave nothing to chance."""
    same, other = [tune("C D E C")] * 5, [tune("C E D C")] * 5
    value, low, high = tunes.compare_counts(same, other)
    assert value == pytest.approx(low) == pytest.approx(high)


@pytest.mark.parametrize("given", [([], [1], 5), ([1], [], 5), ([1], [1], 0)])
def test_nothing_to_compare(given):
    with pytest.raises(ValueError, match="compare_counts needs tunes on both sides"):
        tunes.compare_counts(given[0], given[1], resamples=given[2])


def test_tunes_with_nothing_to_count():
    """A set of two tunes, one of them silent: a quarter of the draws have no note."""
    silent, sound = tune("z 4 |"), tune("D F D F")
    low = [tune("d f d f")]
    found = tunes.compare_counts([silent, sound], low, tunes.count_pitches)
    assert found == (1.0, 1.0, 1.0)
    assert np.isnan(tunes.compare_counts([silent] * 2, low, tunes.count_pitches)).all()
    # Of one draw, which has nothing.
    seeds = [
        tunes.compare_counts([silent, sound], low, tunes.count_pitches, 1, seed)
        for seed in range(20)
    ]
    assert {np.isnan(one.low) for one in seeds} == {False, True}
    assert {one.value for one in seeds} == {1.0}
