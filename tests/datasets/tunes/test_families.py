"""Kin are found beside a comparison of all pairs by sets."""

import numpy as np
import pytest

from keras_gated.datasets import tunes

SCALE = ["C", "^C", "D", "_E", "E", "F", "^F", "G", "_A", "A", "_B", "B"]


def tune(steps):
    """A tune of MIDI pitches from 48 to 95, a bar line behind each note."""
    tokens = []
    for pitch in steps:
        octave, name = divmod(int(pitch), 12)
        mark = {4: ",", 5: "", 6: "", 7: "'"}[octave]
        note = SCALE[name]
        note = note.lower() if octave > 5 else note
        tokens += [("=" if len(note) == 1 else "") + note + mark, "|"]
    return tunes.Tune(["M:2/4", "K:Cmaj", *tokens])


def by_sets(melodies, length, similarity):
    sets = []
    for melody in melodies:
        steps = np.diff(melody)
        sets.append(
            {
                tuple(steps[n : n + length].tolist())
                for n in range(len(steps) - length + 1)
            }
        )
    label = list(range(len(melodies)))
    for second in range(len(sets)):
        for first in range(second):
            smaller = min(len(sets[first]), len(sets[second]))
            shared = len(sets[first] & sets[second])
            same = np.array_equal(np.diff(melodies[first]), np.diff(melodies[second]))
            if same or (shared and shared >= similarity * smaller):
                old, new = sorted((label[first], label[second]), reverse=True)
                label = [new if entry == old else entry for entry in label]
    return label


@pytest.mark.parametrize("similarity", [0.2, 0.5, 1.0])
@pytest.mark.parametrize("length", [1, 3, 8])
def test_families_are_those_of_all_pairs(length, similarity):
    rng = np.random.default_rng(length)
    melodies = [rng.integers(60, 66, rng.integers(1, 30)) for _ in range(25)]
    melodies += [melodies[3] + 5, melodies[4][:12], melodies[0][:2] - 7]
    found = tunes.families(list(map(tune, melodies)), length, similarity)
    assert found.tolist() == by_sets(melodies, length, similarity)


def test_a_tune_is_of_one_family_with_its_transpositions_and_variants():
    rng = np.random.default_rng(5)
    melody = rng.integers(60, 72, 40)
    variant = melody.copy()
    variant[20] += 1
    stranger = rng.integers(60, 72, 40)
    group = [melody, stranger, melody + 7, variant - 5, melody[:15] + 1]
    assert tunes.families(list(map(tune, group))).tolist() == [0, 1, 0, 0, 0]


def test_rhythm_and_repeats_do_not_count():
    written = ("M:2/4 K:Cmaj C D E 2 | G 4 :|", "M:3/4 K:Dmaj D 2 E > F | A 6 |]")
    alike = [tunes.Tune(tokens.split()) for tokens in written]
    assert tunes.families(alike).tolist() == [0, 0]


def test_no_tunes():
    assert tunes.families([]).tolist() == []
    assert tunes.count_duplicates([]) == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shingle": 0}, "shingle must be from 1 to 10, received 0"),
        ({"shingle": 11}, "shingle must be from 1 to 10, received 11"),
        ({"similarity": 0}, r"similarity must be in \(0, 1\], received 0"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        tunes.families([], **arguments)
