import io
import zipfile

import numpy as np
import pytest

from keras_gated.datasets.speech import _archives
from keras_gated.datasets.speech._archives import read_deb, read_zip
from tests.datasets.speech import archives
from tests.datasets.speech.archives import debian_package, github_zip, wav

RECORDINGS = {"a-1": np.array([1, -2, 3]), "a": np.array([4]), "b/a": np.arange(5)}
FIRST_TO_LAST = ("a-1", "a", "b/a")
"""With `.wav` behind it, `a` comes after `a-1`."""


def write(folder, content):
    path = folder / "archive"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("read", "pack"), [(read_zip, github_zip), (read_deb, debian_package)]
)
def test_reads_speech_alone_in_the_order_of_file_names(tmp_path, read, pack):
    named = {name: RECORDINGS[name] for name in ("b/a", "a", "a-1")}
    if read is read_zip:
        named["c"] = named.pop("b/a")
    found = read(write(tmp_path, pack(named)))
    assert len(found) == 3
    for samples, name in zip(found, FIRST_TO_LAST, strict=True):
        assert samples.dtype == np.int16
        np.testing.assert_array_equal(samples, RECORDINGS[name])


@pytest.mark.parametrize("cut", [0, 10, 200, -5])
def test_names_a_zip_that_is_cut_off(tmp_path, cut):
    with pytest.raises(ValueError, match="not a readable zip archive"):
        read_zip(write(tmp_path, github_zip(RECORDINGS)[:cut]))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no wav", "not a readable zip archive"),
        (b"", "not a readable zip archive"),
        (wav([1, 2], channels=2), r"x\.wav has 2 channels of 2 bytes at 8000 Hz"),
        (wav([1, 2], rate=16000), "1 channels of 2 bytes at 16000 Hz, not 1 channel"),
    ],
)
def test_says_which_recording_is_wrong(tmp_path, content, reason):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("root/recordings/x.wav", content)
    with pytest.raises(ValueError, match=reason):
        read_zip(write(tmp_path, file.getvalue()))


def test_refuses_a_zip_that_unpacks_to_too_much(tmp_path, monkeypatch):
    monkeypatch.setattr(_archives, "_MAX_BYTES", 10)
    path = write(tmp_path, archives.github_zip(RECORDINGS))
    with pytest.raises(ValueError, match=r"unpacks to \d+ bytes, at most 10"):
        read_zip(path)
