"""The named sources: what their files are called, hash to, and where they lie."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from keras_gated.datasets._download import RemoteFile
from keras_gated.datasets.speech._archives import read_deb, read_zip
from keras_gated.datasets.speech._recordings import Recording


@dataclass(frozen=True)
class Entry:
    """One named source.

    Args:
        file_name: Name under which it is found on disk.
        fingerprint: SHA-256 of the recordings in order, whatever file they come in.
        archives: Where it is downloaded from, best first.
        read_archive: Reads the recordings from such an archive.
    """

    file_name: str
    fingerprint: str
    archives: tuple[RemoteFile, ...]
    read_archive: Callable[[Path], list[Recording]]


_DEB = "asterisk-core-sounds-en-wav_1.6.1-1_all.deb"
_DEB_SHA256 = "2be3ea287d83299d143815fa804f11179a75b7affd4a758b98b55f5afc18a35d"

CATALOGUE = {
    "fsdd": Entry(
        file_name="fsdd_8khz.npz",
        fingerprint="1b91b3ac7830b644267c1c20c13ebe62fbf602ec552a090b3970fd9e99f20175",
        archives=(
            RemoteFile(
                "https://codeload.github.com/Jakobovski/free-spoken-digit-dataset/zip/"
                "26eb9aaf76e81b692f806f9140c2d2777410d7a1",
                "free-spoken-digit-dataset.zip",
                # GitHub packs the archive anew when asked: the bytes may change.
                sha256=None,
            ),
        ),
        read_archive=read_zip,
    ),
    "asterisk": Entry(
        file_name="asterisk_en_allison_8khz.npz",
        fingerprint="712f6c28dc0a11db2b2840296e37412cba90fbce3ca49aa854b86f4370c35804",
        archives=(
            RemoteFile(
                "https://deb.debian.org/debian/pool/main/a/asterisk-core-sounds/"
                + _DEB,
                _DEB,
                _DEB_SHA256,
            ),
            # Debian's archive of every file it ever had, by SHA-1.
            RemoteFile(
                "https://snapshot.debian.org/file/"
                "09697db658b2f81a74c0a9e63e57e565e270a3f4",
                _DEB,
                _DEB_SHA256,
            ),
        ),
        read_archive=read_deb,
    ),
}
