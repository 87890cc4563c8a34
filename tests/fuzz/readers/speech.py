"""The layouts of recorded speech."""

import functools
import io

import numpy as np
import soundfile

from keras_gated.datasets.speech import _archives, _find, _recordings
from keras_gated.datasets.speech.wav_files import read_wav_folder
from tests.datasets.speech import archives
from tests.fuzz.reader import Reader, demand
from tests.fuzz.readers.zips import hostile_npz, npz_of, spoil_member, zip_of

RATE = 8000


@functools.cache
def recordings():
    rng = np.random.default_rng(0)
    lengths = {"0_jackson_0": 40, "0_jackson_1": 90, "digits/1": 30}
    return {
        name: rng.integers(-9999, 9999, length).astype("<i2")
        for name, length in lengths.items()
    }


def check_recordings(found):
    for recording in found:
        demand(recording.dtype == np.int16, f"samples of {recording.dtype}")
        demand(recording.ndim == 1, f"shape {recording.shape}")


def npz():
    parts = list(recordings().values())
    return npz_of(
        samples=np.concatenate(parts),
        lengths=np.array([len(part) for part in parts], np.int32),
        sample_rate=np.int32(RATE),
    )


def read_npz(path):
    try:
        return _find.read_canonical(path, "fsdd")
    except ValueError as error:
        # Nothing was wrong but that these are not the recordings of the web.
        if "differ from the published ones" in str(error):
            return _recordings.read_npz(path)
        raise


def zips():
    return {"stored": archives.github_zip(recordings())}


def hostile_zips():
    root = "free-spoken-digit-dataset/recordings"
    files = hostile_npz(zip_of({f"{root}/0.wav": archives.wav([1, 2, 3])}))
    files["paths out of the folder"] = zip_of(
        {f"../../canary/recordings/{n}.wav": archives.wav([n]) for n in range(3)}
    )
    files["a bomb of sound"] = zip_of({f"{root}/0.wav": wav_of(data=bytes(1 << 27))})
    return files


def wav_of(
    kind=1, channels=1, rate=RATE, width=2, data=b"\1\2" * 50, declared=None, size=None
):
    """A WAV file whose header may say anything."""
    declared = len(data) if declared is None else declared
    size = 36 + len(data) if size is None else size
    frame = channels * width % 65536
    return (
        b"RIFF"
        + np.uint32(size).tobytes()
        + b"WAVEfmt \x10\0\0\0"
        + np.array([kind, channels], "<u2").tobytes()
        + np.array([rate, rate * frame % 2**32], "<u4").tobytes()
        + np.array([frame, 8 * width % 65536], "<u2").tobytes()
        + b"data"
        + np.uint32(declared).tobytes()
        + data
    )


def hostile_wavs():
    most = 2**32 - 1
    floats = np.array([np.nan, np.inf, -np.inf, 3e38, -3e38, 1e-40] * 9, "<f4")
    files = {
        f"rate {rate}": wav_of(rate=rate)
        for rate in (0, 1, 7, 999, 7919, 44101, 2**24 - 3, 2**31 - 1, most)
    }
    files |= {
        f"{channels} channels": wav_of(channels=channels)
        for channels in (0, 3, 1024, 65535)
    }
    files |= {f"width {width}": wav_of(width=width) for width in (0, 1, 3, 9, 255)}
    files |= {
        f"kind {kind}": wav_of(kind=kind) for kind in (0, 2, 6, 17, 49, 85, 65534)
    }
    files |= {
        "more data than there is": wav_of(declared=most),
        "no data": wav_of(data=b""),
        "a size of nothing": wav_of(size=0, declared=0),
        "half a sample": wav_of(data=b"\1\2\3"),
        "numbers that are none": wav_of(kind=3, width=4, data=floats.tobytes()),
        "large numbers": wav_of(kind=3, width=4, data=floats[3:5].tobytes() * 90),
        "header alone": wav_of(data=b"")[:44],
        "nothing": b"",
        "data before its format": b"RIFF\x10\0\0\0WAVEdata\x04\0\0\0\1\2\3\4",
        "chunks of no size": b"RIFF\xff\xff\0\0WAVE" + b"junk\0\0\0\0" * 5000,
        "a chunk of 4 GB": b"RIFF\xff\xff\xff\xffWAVEjunk\xff\xff\xff\xff",
        "big-endian": b"RIFX" + wav_of()[4:],
    }
    for kind in ("FLAC", "OGG", "AIFF", "CAF", "RF64", "W64", "AU", "RAW"):
        if kind == "RAW":
            continue
        file = io.BytesIO()
        soundfile.write(file, np.zeros(100), RATE, format=kind)
        files[f"{kind} by another name"] = file.getvalue()
    flac = bytearray(files["FLAC by another name"])
    # The number of samples, 36 bits, ends at byte 25.
    flac[21] |= 0x0F
    flac[22:26] = b"\xff\xff\xff\xff"
    files["FLAC of 2^36 samples"] = bytes(flac)
    flac[21:26] = b"\xf1\0\0\0\0"
    files["FLAC of 2^32 samples"] = bytes(flac)
    return files


@functools.cache
def wavs():
    files = {"by hand": wav_of(data=bytes(recordings()["digits/1"]))}
    for subtype in (
        "PCM_16",
        "PCM_U8",
        "PCM_24",
        "FLOAT",
        "ULAW",
        "IMA_ADPCM",
        "GSM610",
    ):
        file = io.BytesIO()
        soundfile.write(file, np.sin(np.arange(320)), RATE, subtype, format="WAV")
        files[subtype] = file.getvalue()
    file = io.BytesIO()
    soundfile.write(file, np.ones((90, 3)) / 2, 22050, "PCM_16", format="WAVEX")
    files["three channels"] = file.getvalue()
    return files


def check_samples(found):
    demand(len(found) == 1, "another number of recordings")
    for samples in found:
        demand(samples.dtype == np.float32, f"samples of {samples.dtype}")
        demand(samples.ndim == 1 and len(samples) > 0, f"shape {samples.shape}")
        demand(np.isfinite(samples).all(), "samples that are not finite")


READERS = {
    "speech .npz": Reader(
        suffix=".npz",
        read=read_npz,
        check=check_recordings,
        whole=lambda: {"whole": npz()},
        hostile=lambda: hostile_npz(npz()),
        spoil=spoil_member,
    ),
    "speech .zip": Reader(
        suffix=".zip",
        read=_archives.read_zip,
        check=check_recordings,
        whole=zips,
        hostile=hostile_zips,
        spoil=spoil_member,
        names="not a readable zip archive",
    ),
    "folder of .wav": Reader(
        suffix=".wav",
        read=lambda path: read_wav_folder(path.parent, RATE),
        check=check_samples,
        whole=wavs,
        hostile=hostile_wavs,
    ),
}
