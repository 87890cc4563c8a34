"""Downloads of files, checked by a SHA-256 known beforehand."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from keras_gated._extras import needing
from keras_gated._files import replacing

_CHUNK_BYTES = 1 << 16


class DownloadError(OSError):
    """No source delivered the file."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the web.

    Args:
        url: An `http` or `https` address.
        file_name: Its name on this machine.
        sha256: Its SHA-256, in hexadecimal; `None` for a server that packs the same
            content into other bytes at times. Then whoever fetches it checks what
            it holds.
    """

    url: str
    file_name: str
    sha256: str | None


def fetch_first(
    sources: Sequence[RemoteFile], folder: Path, timeout: float = 20.0
) -> Path:
    """Downloads the first of `sources` that can be had, and checks it.

    A file gets its name once it is whole, right and on disk.

    Args:
        sources: Addresses in the order in which they are tried.
        folder: Where the file goes; made if there is none.
        timeout: Seconds that a server may stay silent.

    Returns:
        The path of the downloaded file.

    Raises:
        DownloadError: Where no source delivers; names each address and its reason.
        ImportError: Where pooch is missing, which downloads.
    """
    with needing("downloads need pooch", "data"):
        from pooch import HTTPDownloader
        from requests import RequestException
    download = HTTPDownloader(
        progressbar=find_spec("tqdm") is not None,
        chunk_size=_CHUNK_BYTES,
        timeout=timeout,
    )
    reasons = []
    for source in sources:
        path = folder / source.file_name
        print(f"Downloading {source.url}")
        try:
            _fetch(source, path, download)
        except (RequestException, ValueError) as error:
            print(f"Not downloaded: {error}")
            reasons.append(f"{source.url}: {error}")
        else:
            return path
    raise DownloadError("no source delivered the file:\n  " + "\n  ".join(reasons))


def _fetch(source: RemoteFile, path: Path, download: Callable[..., None]) -> None:
    with replacing(path) as file:
        download(source.url, file, None)
        file.seek(0)
        found = hashlib.sha256(file.read()).hexdigest()
        if source.sha256 not in (None, found):
            raise ValueError(f"SHA-256 is {found}, expected {source.sha256}")
