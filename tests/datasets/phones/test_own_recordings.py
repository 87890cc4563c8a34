import numpy as np
import pytest

from keras_gated.datasets import phones
from tests import needs

soundfile = needs.package("soundfile")


def noise(seconds, rate=16_000, seed=0):
    return np.random.default_rng(seed).uniform(-0.5, 0.5, int(seconds * rate))


def write(folder, name, seconds=0.1, transcript="a b", rate=16_000):
    path = folder / f"{name}.wav"
    path.parent.mkdir(exist_ok=True)
    soundfile.write(path, noise(seconds, rate), rate)
    if transcript is not None:
        path.with_suffix(".txt").write_text(transcript, "utf-8")
    return path


def test_reads_recordings_with_their_transcripts(tmp_path):
    paths = [write(tmp_path, "b/two", 0.2, "b a\n"), write(tmp_path, "a")]
    found = phones.read_folder(tmp_path)
    assert [r.path for r in found] == paths[::-1]
    assert [r.transcript for r in found] == ["a b", "b a"]
    samples, rate = soundfile.read(paths[0], dtype="float32")
    np.testing.assert_array_equal(found[1].frames, phones.log_mel(samples, rate))


def test_other_rates_are_converted(tmp_path):
    needs.package("scipy")
    write(tmp_path, "a", 0.2, rate=8000)
    (found,) = phones.read_folder(tmp_path)
    assert found.frames.shape == (18, 40)
    (found,) = phones.read_folder(tmp_path, sample_rate=8000)
    assert found.frames.shape == (18, 40)


def test_a_mark_of_the_order_of_bytes_is_no_phone(tmp_path):
    write(tmp_path, "a", transcript="\ufeffa b")
    (found,) = phones.read_folder(tmp_path)
    assert found.transcript == "a b"


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(ValueError, match="holds no WAV file"):
        phones.read_folder(tmp_path)
    write(tmp_path, "a", transcript=None)
    with pytest.raises(ValueError, match=r"a\.wav has no transcript: a\.txt is not"):
        phones.read_folder(tmp_path)
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ValueError, match=r"a\.txt is no text in UTF-8"):
        phones.read_folder(tmp_path)
    write(tmp_path, "a", seconds=0.02)
    with pytest.raises(ValueError, match=r"a\.wav: A frame needs 25 ms"):
        phones.read_folder(tmp_path)


@pytest.mark.parametrize("size", [1, 7, 160, 399, 1000])
@pytest.mark.parametrize("kind", ["int16", "float32"])
def test_a_stream_has_the_frames_of_the_whole(size, kind):
    samples = noise(0.13) * (32767 if kind == "int16" else 1)
    samples = samples.astype(kind)
    stream = phones.LogMelStream(16_000)
    for _ in range(2):
        pieces = [
            stream.push(samples[start : start + size])
            for start in range(0, len(samples), size)
        ]
        np.testing.assert_array_equal(
            np.concatenate(pieces), phones.log_mel(samples, 16_000)
        )
        stream.reset()


def test_a_stream_refuses_another_type():
    stream = phones.LogMelStream(16_000)
    stream.push(np.zeros(10, "int16"))
    with pytest.raises(ValueError, match="Received float64"):
        stream.push(np.zeros(10))


@pytest.mark.parametrize(
    "samples", [np.zeros((3, 2)), 1.5, [np.nan] * 3, None, np.zeros(3, "int32")]
)
def test_a_stream_refuses_what_is_no_sound_at_once(samples):
    with pytest.raises(ValueError, match="log_mel needs"):
        phones.LogMelStream(16_000).push(samples)
    for rate in (0, 10, 16_000.0, None):
        with pytest.raises(ValueError, match=f"an integer. Received {rate}"):
            phones.LogMelStream(rate)


def test_a_folder_may_be_called_like_a_file(tmp_path):
    (tmp_path / "x.wav").mkdir()
    with pytest.raises(ValueError, match="holds no WAV file"):
        phones.read_folder(tmp_path)
    write(tmp_path, "x.wav/a")
    assert len(phones.read_folder(tmp_path)) == 1
