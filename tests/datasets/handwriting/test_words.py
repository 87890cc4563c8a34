"""Strokes with fewer points, letters beside each other, words of one person."""

import numpy as np
import pytest

from keras_gated.datasets.handwriting._words import (
    SHARES,
    compose_splits,
    resample,
    write,
)


def stroke(*points):
    return np.array(points, np.int16)


def way(points):
    return np.hypot(*np.diff(points.astype(float), axis=0).T)


def test_points_lie_at_equal_distances_along_a_line():
    crowded = stroke(*[(x**2, 0) for x in range(31)])
    thin = resample(crowded, spacing=10)
    np.testing.assert_array_equal(thin[:, 0], np.arange(0, 901, 100))
    assert thin.dtype == np.int16 and not thin[:, 1].any()


def test_points_follow_a_bend():
    corner = stroke((0, 0), (200, 0), (200, -100))
    expected = [(0, 0), (100, 0), (200, 0), (200, -100)]
    np.testing.assert_array_equal(resample(corner, spacing=10), expected)


def test_spacing_is_met_and_the_ends_stay():
    angles = np.linspace(0, 5, 400)
    circle = np.round(400 * np.stack([np.cos(angles), np.sin(angles)], 1))
    circle = circle.astype(np.int16)
    for spacing in (4, 10, 25):
        thin = resample(circle, spacing)
        np.testing.assert_array_equal(thin[[0, -1]], circle[[0, -1]])
        # A chord is a little shorter than its arc; a point is off by half a tenth.
        assert np.all(np.abs(way(thin) / 10 - spacing) < 0.1 * spacing)
        assert np.all(np.abs(np.hypot(*thin.T) - 400) < 1.5)


@pytest.mark.parametrize("pause", [1, 2, 5])
def test_a_pen_that_waits_changes_nothing(pause):
    moving = stroke((0, 0), (300, 0), (300, 200))
    waiting = np.repeat(moving, pause, axis=0)
    np.testing.assert_array_equal(resample(waiting, 7), resample(moving, 7))


def test_a_dot_is_one_point_and_a_short_stroke_its_ends():
    dot = stroke((7, -9), (7, -9), (7, -9))
    np.testing.assert_array_equal(resample(dot, 10), [(7, -9)])
    np.testing.assert_array_equal(resample(dot[:1], 10), [(7, -9)])
    short = stroke((0, 0), (3, 0), (9, 0))
    np.testing.assert_array_equal(resample(short, 10), [(0, 0), (9, 0)])


def test_letters_stand_beside_each_other():
    bar = [stroke((500, 0), (500, -400))]
    tee = [stroke((300, -10), (500, -10)), stroke((400, 0), (400, -300))]
    points = write([bar, tee, bar])
    assert points.dtype == np.float32
    expected = [
        (0, 0, 0),
        (0, -40, 1),
        (10, -1, 0),
        (30, -1, 1),
        (20, 0, 0),
        (20, -30, 1),
        (40, 0, 0),
        (40, -40, 1),
    ]
    np.testing.assert_array_equal(points, expected)


def writers(count=20):
    """People whose letter number n goes n pixels up, at a place of their own."""
    return [
        {
            letter: [stroke((person, 0), (person, 10 * number))]
            for number, letter in enumerate("abcdefghijklmnopqrstuvwxyz", 1)
        }
        for person in range(count)
    ]


WORDS = {"train": 140, "valid": 31, "test": 7}


def compose(seed=0, words=WORDS, lengths=(3, 7)):
    return compose_splits(writers(), words, lengths, 1000.0, seed)


def test_splits_share_no_person_and_their_people_take_turns():
    splits = compose()
    people = {split: [word.writer for word in splits[split]] for split in splits}
    assert {split: len(people[split]) for split in splits} == WORDS
    assert {split: len(set(people[split])) for split in splits} == SHARES
    assert len(set().union(*map(set, people.values()))) == 20
    for numbers in people.values():
        counts = np.unique(numbers, return_counts=True)[1]
        assert counts.max() - counts.min() <= 1


def test_a_word_is_made_of_the_letters_it_says():
    for words in compose().values():
        for word in words:
            heights = word.points[1::2, 1].tolist()
            assert "".join(chr(ord("a") - 1 + round(h)) for h in heights) == word.text


def test_letters_and_lengths_are_equally_likely():
    splits = compose(words={"train": 14000, "valid": 1, "test": 1})
    lengths = [len(word.text) for word in splits["train"]]
    counts = np.bincount(lengths)[3:]
    assert len(counts) == 5
    # Six standard deviations of a binomial count.
    np.testing.assert_allclose(counts, 2800, atol=6 * np.sqrt(14000 * 0.2 * 0.8))
    letters = np.unique(
        list("".join(word.text for word in splits["train"])), return_counts=True
    )[1]
    assert len(letters) == 26
    share = sum(lengths) / 26
    np.testing.assert_allclose(letters, share, atol=6 * np.sqrt(share))


def test_the_seed_decides_people_and_words():
    first, again, other = (
        [(word.text, word.writer) for words in compose(seed).values() for word in words]
        for seed in (3, 3, 4)
    )
    assert first == again != other


def test_words_of_one_length():
    for words in compose(lengths=(1, 1)).values():
        assert {len(word.text) for word in words} == {1}
