"""The letters of Omniglot are the same, whatever file they come in."""

import io
import zipfile
from string import ascii_lowercase

import numpy as np

from keras_gated.datasets.handwriting._letters import read_npz, read_zip

FILE = "omniglot_strokes.npz"


def as_text(stroke):
    """A stroke as Omniglot writes it: `x,y,milliseconds`, and more digits."""
    return "".join(
        f"{x / 10 + 0.031},{y / 10 - 0.0141},{7 * i}\n"
        for i, (x, y) in enumerate(stroke.tolist())
    )


def packed(writers):
    file = io.BytesIO()
    root = "strokes_background_small1"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{root}/.DS_Store", b"\0\xff")
        archive.writestr(f"{root}/Greek/character01/0001_01.txt", "START\nBREAK\n")
        for person, letters in enumerate(writers, 1):
            for number, letter in enumerate(ascii_lowercase, 1):
                strokes = "".join(
                    f"{as_text(stroke)}BREAK\n" for stroke in letters[letter]
                )
                archive.writestr(
                    f"{root}/Latin/character{number:02}/"
                    f"{682 + number:04}_{person:02}.txt",
                    f"START\n{strokes}",
                )
    return file.getvalue()


def test_the_compact_file_has_the_alphabet_of_twenty_people(data_dir):
    writers = read_npz((data_dir / "handwriting" / FILE).read_bytes())
    assert len(writers) == 20
    for letters in writers:
        assert "".join(sorted(letters)) == ascii_lowercase
        for strokes in letters.values():
            for stroke in strokes:
                assert stroke.dtype == np.int16 and stroke.shape[1] == 2
                assert stroke[:, 0].min() >= 0 and stroke[:, 0].max() <= 1050
                assert stroke[:, 1].min() >= -1050 and stroke[:, 1].max() <= 0
    points = sum(
        len(stroke) for w in writers for strokes in w.values() for stroke in strokes
    )
    assert points == 55049


def test_an_archive_of_omniglot_gives_the_same_letters(data_dir):
    writers = read_npz((data_dir / "handwriting" / FILE).read_bytes())
    again = read_zip(packed(writers))
    assert len(again) == len(writers)
    for one, other in zip(writers, again, strict=True):
        assert sorted(one) == sorted(other)
        for letter in one:
            for stroke, same in zip(one[letter], other[letter], strict=True):
                assert same.dtype == np.int16
                np.testing.assert_array_equal(stroke, same)
