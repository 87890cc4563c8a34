import sys

import numpy as np
import pytest

from keras_gated.datasets import speech
from keras_gated.datasets.speech import read_wav
from keras_gated.datasets.speech.wav_files import read_wav_folder
from tests import needs

soundfile = needs.package("soundfile")


def noise(size=4000, seed=0):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, size)


def tone(rate, seconds=1.0):
    """A mixture of tones far below half of 8 kHz."""
    times = np.arange(int(rate * seconds)) / rate
    return 0.3 * np.sin(2 * np.pi * 440 * times) + 0.2 * np.cos(2 * np.pi * 970 * times)


def test_reads_every_kind_of_wav_in_the_order_of_names(tmp_path):
    samples = noise()
    (tmp_path / "b").mkdir()
    soundfile.write(tmp_path / "b" / "deep.wav", samples, 8000, "PCM_16")
    soundfile.write(tmp_path / "a.WAV", -samples, 8000, "FLOAT")
    soundfile.write(tmp_path / "c.wav", samples / 2, 8000, "PCM_24")
    (tmp_path / "notes.txt").write_text("no sound")
    upper, deep, last = read_wav_folder(tmp_path, 8000)
    for found, expected in ((upper, -samples), (deep, samples), (last, samples / 2)):
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=2**-15)


def test_averages_channels(tmp_path):
    left, right = noise(), noise(seed=1)
    stereo = np.stack([left, right], axis=1)
    soundfile.write(tmp_path / "stereo.wav", stereo, 8000, "FLOAT")
    (found,) = read_wav_folder(tmp_path, 8000)
    np.testing.assert_allclose(found, (left + right) / 2, atol=1e-6)


@pytest.mark.parametrize("rate", [16000, 44100, 4000])
def test_converts_the_sample_rate(tmp_path, rate):
    needs.package("scipy")
    soundfile.write(tmp_path / "tone.wav", tone(rate), rate, "FLOAT")
    (found,) = read_wav_folder(tmp_path, 8000)
    assert found.dtype == np.float32 and found.shape == (8000,)
    # Away from the ends, where the filter has samples on both sides.
    np.testing.assert_allclose(found[200:-200], tone(8000)[200:-200], atol=5e-3)


@pytest.mark.parametrize("in_a_folder", [False, True])
def test_one_recording_is_cut_by_time(tmp_path, in_a_folder):
    path = tmp_path / "my sound" / "tune.wav"
    path.parent.mkdir()
    samples = noise(4010)
    soundfile.write(path, samples, 8000, "FLOAT")
    source = path.parent if in_a_folder else path
    data = speech.load(source, length=100)
    assert data.name == ("my sound" if in_a_folder else "tune")
    assert data.source == str(source)
    assert [len(data.train), len(data.valid), len(data.test)] == [32, 4, 4]
    rows = np.concatenate([data.train, data.valid, data.test]) * data.std + data.mean
    np.testing.assert_allclose(rows.ravel(), samples[:4000], atol=1e-6)
    assert data.mean == pytest.approx(samples[:3200].mean(), abs=1e-6)


def test_a_recording_too_short_says_what_would_do(tmp_path):
    soundfile.write(tmp_path / "a.wav", noise(2405), 8000)
    with pytest.raises(ValueError, match=r"a\.wav, in windows of 500 .* length=400$"):
        speech.load(tmp_path / "a.wav")
    assert len(speech.load(tmp_path / "a.wav", length=400).train) == 4
    with pytest.raises(ValueError, match=r"9 windows .* sequences=8$"):
        speech.load(tmp_path / "a.wav", sequences=9, length=300)


def test_a_file_that_is_no_wav_is_named(tmp_path):
    (tmp_path / "a.wav").write_text("no sound")
    with pytest.raises(ValueError, match=r"a\.wav cannot be read as a WAV file"):
        speech.load(tmp_path / "a.wav")


def test_loads_a_folder(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    for seed in range(10):
        soundfile.write(folder / f"{seed}.wav", noise(seed=seed), 8000, "PCM_16")
    data = speech.load(folder, sequences=20, length=400, silence_rms=0.1)
    assert (data.name, data.source, data.sample_rate) == ("mine", str(folder), 8000)
    assert [len(data.train), len(data.valid), len(data.test)] == [16, 2, 2]
    assert data.std == pytest.approx(1 / np.sqrt(12), rel=0.05)
    again = speech.load(str(folder), sequences=20, length=400, silence_rms=0.1)
    assert again.fingerprint == data.fingerprint
    lower = speech.load(folder, 20, 200, sample_rate=4000)
    assert lower.sample_rate == 4000 and lower.train.shape == (16, 200)
    with pytest.raises(
        ValueError, match=f"{folder}, in windows .* 101 windows are want"
    ):
        speech.load(folder, 101, 400)


def test_equal_samples_cannot_be_scaled(tmp_path):
    for index in range(10):
        path = tmp_path / f"{index}.wav"
        soundfile.write(path, np.full(100, 0.25), 8000, "FLOAT")
    with pytest.raises(ValueError, match=r"all training samples equal 0\.25"):
        speech.load(tmp_path, sequences=10, length=100)


@pytest.mark.parametrize("content", [b"", b"no wav", b"RIFF\x00\x00\x00\x00WAVE"])
def test_names_a_broken_file(tmp_path, content):
    soundfile.write(tmp_path / "a.wav", noise(), 8000)
    (tmp_path / "b.wav").write_bytes(content)
    with pytest.raises(ValueError, match=r"b\.wav cannot be read as a WAV file"):
        speech.load(tmp_path)


def test_names_an_empty_recording(tmp_path):
    soundfile.write(tmp_path / "none.wav", np.zeros(0), 8000)
    with pytest.raises(ValueError, match=r"none\.wav holds no samples"):
        speech.load(tmp_path)


def test_names_a_recording_that_is_not_finite(tmp_path):
    soundfile.write(tmp_path / "nan.wav", np.array([0.0, np.nan]), 8000, "FLOAT")
    with pytest.raises(ValueError, match=r"nan\.wav has samples that are not finite"):
        speech.load(tmp_path)


def test_a_folder_without_wav_is_an_error(tmp_path):
    (tmp_path / "sound.mp3").touch()
    with pytest.raises(ValueError, match=f"{tmp_path} holds no WAV file"):
        speech.load(tmp_path)


@pytest.mark.parametrize("package", ["soundfile", "scipy.signal"])
def test_names_the_missing_package(tmp_path, monkeypatch, package):
    soundfile.write(tmp_path / "a.wav", noise(), 16000)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r'pip install "keras_gated\[speech\]"'):
        speech.load(tmp_path)


@pytest.mark.parametrize("rate", [1, 7, 999, 2**31 - 1])
def test_names_a_rate_that_would_fill_the_memory(tmp_path, rate):
    soundfile.write(tmp_path / "odd.wav", noise(), rate)
    with pytest.raises(ValueError, match=rf"odd\.wav has {rate} samples per second"):
        speech.load(tmp_path)


def test_names_a_file_of_another_format(tmp_path):
    with (tmp_path / "flac.wav").open("wb") as file:
        soundfile.write(file, noise(), 8000, format="FLAC")
    with pytest.raises(ValueError, match=r"flac\.wav is FLAC, not WAV"):
        speech.load(tmp_path)


CODECS = {
    "ULAW": 0.05,
    "ALAW": 0.05,
    "MS_ADPCM": 0.2,
    "GSM610": 0.5,
    "G721_32": 0.3,
    "PCM_U8": 0.01,
    "PCM_32": 1e-6,
    "DOUBLE": 1e-6,
}
"""What libsndfile writes, and by how much a tone may be off."""


@pytest.mark.parametrize("codec", CODECS)
def test_codecs_give_as_many_samples_as_were_recorded(tmp_path, codec):
    samples = tone(8000, seconds=0.125)
    path = tmp_path / "tone.wav"
    soundfile.write(path, samples, 8000, codec)
    found = read_wav(path, 8000)
    assert found.shape == (1000,) and found.dtype == np.float32
    assert np.abs(found - samples)[200:].max() < CODECS[codec]


def rewritten_fact(path, frames):
    """Has the file say another number of samples."""
    content = bytearray(path.read_bytes())
    place = content.index(b"fact") + 8
    content[place : place + 4] = int(frames).to_bytes(4, "little")
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("codec", "says", "found"),
    [
        # Unknown when it was written; more than there is; less, without blocks.
        ("GSM610", 0, 1280),
        ("GSM610", 0xFFFFFFFF, 1280),
        ("GSM610", 5000, 1280),
        ("GSM610", 1001, 1001),
        ("IMA_ADPCM", 1000, 1000),
        ("ULAW", 5, 1000),
        ("FLOAT", 5, 1000),
    ],
)
def test_only_blocks_are_cut(tmp_path, codec, says, found):
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(8000, seconds=0.125), 8000, codec)
    rewritten_fact(path, says)
    assert len(read_wav(path, 8000)) == found


def test_a_compressed_file_of_two_channels_is_cut_as_well(tmp_path):
    path = tmp_path / "tone.wav"
    stereo = np.stack([tone(8000, 0.125)] * 2, axis=1)
    soundfile.write(path, stereo, 8000, "IMA_ADPCM")
    rewritten_fact(path, 1000)
    found = read_wav(path, 8000)
    assert found.shape == (1000,)
    assert np.abs(found - tone(8000, 0.125))[200:].max() < 0.2


def test_arguments_of_read_wav(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.wav is not a file"):
        read_wav(tmp_path / "none.wav", 8000)
    soundfile.write(tmp_path / "a.wav", noise(), 8000)
    for rate in (0, -1, 192_001, 10**12, 8000.0, True, None, "a"):
        message = f"sample_rate must be an integer from 1 to 192000, received {rate!r}"
        with pytest.raises(ValueError, match=message):
            read_wav(str(tmp_path / "a.wav"), rate)


def test_a_folder_may_be_called_like_a_file(tmp_path):
    (tmp_path / "x.wav").mkdir()
    with pytest.raises(FileNotFoundError, match=r"x\.wav is not a file"):
        read_wav(tmp_path / "x.wav", 8000)
    with pytest.raises(ValueError, match="holds no WAV file"):
        read_wav_folder(tmp_path, 8000)
    soundfile.write(tmp_path / "x.wav" / "a.wav", noise(), 8000)
    assert len(read_wav_folder(tmp_path, 8000)) == 1


@pytest.mark.parametrize(
    ("codec", "unit"),
    [("PCM_16", 1), ("PCM_24", 1), ("ULAW", 1), ("GSM610", 320), ("MS_ADPCM", 500)],
)
def test_of_a_file_that_ends_early_come_the_samples_that_are_there(
    tmp_path, codec, unit
):
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(8000), 8000, codec)
    whole, content = read_wav(path, 8000), path.read_bytes()
    for size in (len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        found = read_wav(path, 8000)
        share = size / len(content) * len(whole)
        assert share - 2 * unit - 60 < len(found) <= min(len(whole), share + 2 * unit)
        # Of a block that ends early a codec makes something.
        whole_blocks = len(found) - (unit if unit > 1 else 0)
        np.testing.assert_array_equal(found[:whole_blocks], whole[:whole_blocks])
    for size in (44, 30, 12, 4):
        path.write_bytes(content[:size])
        with pytest.raises(
            ValueError, match=r"tone\.wav (cannot be re|holds no sampl)"
        ):
            read_wav(path, 8000)
