"""The archives in which the named sources are published."""

import io
import tarfile
import wave
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO

import numpy as np

from keras_gated._archives import check_members
from keras_gated.datasets.speech._recordings import SAMPLE_RATE, Recording

_MAX_BYTES = 1 << 26
_CORRUPT = (
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    wave.Error,
    zipfile.BadZipFile,
    zlib.error,
)
_AR_MAGIC = b"!<arch>\n"
_AR_HEADER = 60


def read_deb(path: Path) -> list[Recording]:
    """Reads the prompts that hold speech from a Debian package of Asterisk's sounds.

    Only its published bytes come here: nothing about the package is checked.
    """
    data = io.BytesIO(_ar_member(path.read_bytes(), b"data.tar.xz"))
    with tarfile.open(fileobj=data, mode="r:xz") as tar:
        recordings = {
            member.name: _read_wav(member.name, file)
            for member in tar
            if _holds_speech(PurePosixPath(member.name))
            and (file := tar.extractfile(member))
        }
    return [recordings[name] for name in sorted(recordings)]


def read_zip(path: Path) -> list[Recording]:
    """Reads `*/recordings/*.wav` from a zip archive, in the order of file names.

    Raises:
        ValueError: Where the file is no such archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = sorted(
                (
                    member
                    for member in archive.infolist()
                    if PurePosixPath(member.filename).match("*/recordings/*.wav")
                ),
                key=lambda member: member.filename,
            )
            check_members(members, _MAX_BYTES)
            recordings = []
            for member in members:
                with archive.open(member) as file:
                    recordings.append(_read_wav(member.filename, file))
            return recordings
    except _CORRUPT as error:
        raise ValueError(f"not a readable zip archive: {error}") from error


def _ar_member(archive: bytes, name: bytes) -> bytes:
    """Returns the content of the member `name` of an `ar` archive.

    A member is a header of 60 bytes, with its name in the first 16 and its size in
    decimal digits in bytes 48 to 57, then its content, padded to an even length.
    """
    start = len(_AR_MAGIC)
    while archive[start : start + 16].rstrip(b" /") != name:
        start += _AR_HEADER + _padded(_ar_size(archive, start))
    content = start + _AR_HEADER
    return archive[content : content + _ar_size(archive, start)]


def _ar_size(archive: bytes, start: int) -> int:
    return int(archive[start + 48 : start + 58])


def _padded(size: int) -> int:
    return size + size % 2


def _holds_speech(path: PurePosixPath) -> bool:
    return (
        path.suffix == ".wav"
        and path.parent.name != "silence"
        and path.stem not in ("beep", "beeperr", "ascending-2tone", "descending-2tone")
    )


def _read_wav(name: str, file: IO[bytes]) -> Recording:
    with wave.open(file) as wav:
        found = wav.getnchannels(), wav.getsampwidth(), wav.getframerate()
        if found != (1, 2, SAMPLE_RATE):
            raise ValueError(
                f"{name} has {found[0]} channels of {found[1]} bytes at {found[2]} Hz, "
                f"not 1 channel of 2 bytes at {SAMPLE_RATE} Hz"
            )
        samples = wav.readframes(wav.getnframes())
    return np.frombuffer(samples, "<i2").astype(np.int16)
