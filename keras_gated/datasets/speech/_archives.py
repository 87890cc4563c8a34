"""The archives in which the named sources are published."""

import io
import lzma
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
    lzma.LZMAError,
    tarfile.TarError,
    wave.Error,
    zipfile.BadZipFile,
    zlib.error,
)
_AR_MAGIC = b"!<arch>\n"
_AR_HEADER = 60


def read_deb(path: Path) -> list[Recording]:
    """Reads the prompts that hold speech from a Debian package of Asterisk's sounds.

    Raises:
        ValueError: Where the file is no such package.
    """
    try:
        tar_file = _unpack_xz(_ar_member(path.read_bytes(), b"data.tar.xz"))
        with tarfile.open(fileobj=io.BytesIO(tar_file), mode="r:") as tar:
            recordings = {
                # A link has no content, or that of another file.
                member.name: _read_wav(
                    member.name, tar.extractfile(member) if member.isreg() else None
                )
                for member in tar
                if _holds_speech(PurePosixPath(member.name))
            }
    except _CORRUPT as error:
        raise ValueError(f"not a readable Debian package: {error}") from error
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


def _unpack_xz(packed: bytes) -> bytes:
    unpacker = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=2 * _MAX_BYTES)
    content = unpacker.decompress(packed, _MAX_BYTES + 1)
    if len(content) > _MAX_BYTES:
        raise ValueError(f"unpacks to more than {_MAX_BYTES} bytes")
    if not unpacker.eof:
        raise ValueError("its data.tar.xz breaks off")
    return content


def _ar_member(archive: bytes, name: bytes) -> bytes:
    """Returns the content of the member `name` of an `ar` archive.

    A member is a header of 60 bytes, with its name in the first 16 and its size in
    decimal digits in bytes 48 to 57, then its content, padded to an even length.
    """
    if not archive.startswith(_AR_MAGIC):
        raise ValueError("it does not start like an ar archive")
    start = len(_AR_MAGIC)
    while start + _AR_HEADER <= len(archive):
        content = start + _AR_HEADER
        size = int(archive[start + 48 : start + 58])
        if size < 0 or content + size > len(archive):
            raise ValueError(f"its member at byte {start} is not whole")
        if archive[start : start + 16].rstrip(b" /") == name:
            return archive[content : content + size]
        start = content + size + size % 2
    raise ValueError(f"it has no member {name.decode()}")


def _holds_speech(path: PurePosixPath) -> bool:
    return (
        path.suffix == ".wav"
        and path.parent.name != "silence"
        and path.stem not in ("beep", "beeperr", "ascending-2tone", "descending-2tone")
    )


def _read_wav(name: str, file: IO[bytes] | None) -> Recording:
    if file is None:
        raise ValueError(f"{name} is no file")
    with wave.open(file) as wav:
        found = wav.getnchannels(), wav.getsampwidth(), wav.getframerate()
        if found != (1, 2, SAMPLE_RATE):
            raise ValueError(
                f"{name} has {found[0]} channels of {found[1]} bytes at {found[2]} Hz, "
                f"not 1 channel of 2 bytes at {SAMPLE_RATE} Hz"
            )
        samples = wav.readframes(wav.getnframes())
    return np.frombuffer(samples, "<i2").astype(np.int16)
