"""Downloads of files, checked by a size and a SHA-256 known beforehand."""

import hashlib
import http.client
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras

from keras_gated._files import replacing

_CHUNK_BYTES = 1 << 16


class DownloadError(OSError):
    """No source delivered the file."""


class _WrongContentError(Exception):
    """The bytes that came are not those of the file."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the web.

    Args:
        url: An `http` or `https` address.
        file_name: Its name on this machine.
        size: Its length in bytes, or the most bytes accepted if `sha256` is `None`.
        sha256: Its SHA-256, in hexadecimal; `None` for a server that packs the same
            content into other bytes at times. Then whoever fetches it checks what
            it holds.
    """

    url: str
    file_name: str
    size: int
    sha256: str | None


def fetch_first(
    sources: Sequence[RemoteFile], folder: Path, timeout: float = 20.0
) -> Path:
    """Downloads the first of `sources` that can be had, and checks it.

    Args:
        sources: Addresses in the order in which they are tried.
        folder: Where the file goes; made if there is none.
        timeout: Seconds that a server may stay silent.

    Returns:
        The path of the downloaded file.

    Raises:
        DownloadError: Where no source delivers; lists each address and its reason.
    """
    reasons = []
    for source in sources:
        path = folder / source.file_name
        try:
            _fetch(source, path, timeout)
        except (
            _WrongContentError,
            ConnectionError,
            TimeoutError,
            http.client.HTTPException,
            ssl.SSLError,
            urllib.error.URLError,
        ) as error:
            reason = str(error) or type(error).__name__
            print(f"Not downloaded: {reason}")
            reasons.append(f"{source.url}: {reason}")
            if isinstance(error, urllib.error.HTTPError):
                error.close()
        else:
            return path
    raise DownloadError("no source delivered the file:\n  " + "\n  ".join(reasons))


def _fetch(source: RemoteFile, path: Path, timeout: float) -> None:
    if urllib.parse.urlsplit(source.url).scheme not in ("http", "https"):
        raise ValueError(f"{source.url}: needs an http or https address")
    try:
        _receive(source, path, timeout)
    except ValueError as error:
        # A redirect to what is no address, or a chunk of negative size.
        raise _WrongContentError(f"no valid answer: {error}") from error


def _receive(source: RemoteFile, path: Path, timeout: float) -> None:
    print(f"Downloading {source.url}")
    digest = hashlib.sha256()
    received = 0
    opener = _web_opener()
    with (
        replacing(path) as file,
        opener.open(source.url, timeout=timeout) as response,
    ):
        expected = _expected_bytes(source, response.headers.get("Content-Length"))
        progress = keras.utils.Progbar(expected, unit_name="byte")
        while chunk := response.read(_CHUNK_BYTES):
            file.write(chunk)
            digest.update(chunk)
            received += len(chunk)
            if received > source.size:
                raise _WrongContentError(f"more than the {source.size} bytes expected")
            progress.update(received)
        if expected is not None and received < expected:
            raise _WrongContentError(f"broke off after {received} of {expected} bytes")
        if source.sha256 not in (None, digest.hexdigest()):
            raise _WrongContentError(
                f"SHA-256 is {digest.hexdigest()}, expected {source.sha256}"
            )


def _expected_bytes(source: RemoteFile, announced: str | None) -> int | None:
    if source.sha256 is not None:
        if announced not in (None, str(source.size)):
            raise _WrongContentError(
                f"announces {announced} bytes, expected {source.size}"
            )
        return source.size
    if announced is None or not announced.isdecimal():
        return None
    if int(announced) > source.size:
        raise _WrongContentError(f"announces {announced} bytes, at most {source.size}")
    return int(announced)


def _web_opener() -> urllib.request.OpenerDirector:
    """An opener that no redirect can lead to a local file or another protocol."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.UnknownHandler,
        urllib.request.HTTPHandler,
        urllib.request.HTTPSHandler,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
    ):
        opener.add_handler(handler())
    return opener
