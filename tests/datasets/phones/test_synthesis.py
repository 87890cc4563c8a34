"""More speech: what a synthesiser prints, and, where it is there, what it says."""

import shutil
import sys

import numpy as np
import pytest

from keras_gated.datasets import phones

needs_flite = pytest.mark.skipif(
    shutil.which("flite") is None, reason="flite is missing"
)

NAMES = ("hh", "m", "pau")

STAND_IN = """#!{python}
import sys, wave
*_, voice, _, _, text, path = sys.argv
if text == "mute":
    sys.exit("cannot")
if text:
    print({segments!r}.replace("VOICE", voice))
with wave.open(path, "wb") as file:
    file.setnchannels(1), file.setsampwidth(2), file.setframerate(16000)
    file.writeframes(bytes(2 * 1600))
"""


@pytest.fixture
def stand_in(tmp_path):
    """A program that takes flite's arguments and prints some segments."""

    def make(segments):
        path = tmp_path / "flite"
        path.write_text(STAND_IN.format(python=sys.executable, segments=segments))
        path.chmod(0o755)
        return str(path)

    return make


def test_a_frame_has_the_phone_at_its_middle(stand_in):
    # Eight frames, whose middles are 12.5, 22.5 ... 82.5 ms.
    program = stand_in("pau:0.0225 m:0.042 hh:0.043 pau:0.1 ")
    (said,) = phones.synthesise(["Hm."], "slt", NAMES, program)
    assert said.phones.tolist() == [2, 1, 1, 0, 2, 2, 2, 2]
    assert said.frames.shape == (8, 40) and (said.voice, said.text) == ("slt", "Hm.")


@pytest.mark.parametrize(
    ("text", "segments", "message"),
    [
        ("mute", "pau:0.1", "does not say 'mute' as slt: cannot"),
        ("", "pau:0.1", "does not say '' as slt: it gives no phones"),
        ("Hm.", "zz:0.1", "flite says 'zz', which is none of hh, m, pau"),
    ],
)
def test_what_is_not_said_is_told(stand_in, text, segments, message):
    with pytest.raises(ValueError, match=message):
        phones.synthesise([text], "slt", NAMES, stand_in(segments))


def test_bad_arguments(tmp_path):
    with pytest.raises(ValueError, match="among awb, rms, slt"):
        phones.synthesise(["Hm."], "kal", NAMES)
    with pytest.raises(FileNotFoundError, match="of the package flite"):
        phones.synthesise(["Hm."], "slt", NAMES, str(tmp_path / "none"))


@needs_flite
def test_flite_says_the_published_sentences(data_dir):
    data = phones.load("flite", data_dir=data_dir)
    for published in (data.valid[0], data.valid[30], data.test[100]):
        (said,) = phones.synthesise([published.text], published.voice, data.phone_names)
        np.testing.assert_array_equal(said.frames, published.frames)
        np.testing.assert_array_equal(said.phones, published.phones)
