"""What a server on the web answers."""

import hashlib
import random
import socket
import tempfile
import threading
from pathlib import Path

from keras_gated.datasets._download import DownloadError, RemoteFile, fetch_first
from tests.fuzz.corruptions import replace_token
from tests.fuzz.reader import Reader, demand

BODY = bytes(range(256)) * 4
SECONDS = 600.0
"""For an answer that comes at once, and whose end is the end of the connection."""

TOKENS = (
    b"HTTP/1.1",
    b"HTTP/0.9",
    b"200 OK",
    b"301 Moved",
    b"302 Found",
    b"304 Not Modified",
    b"404 Not Found",
    b"99999 Odd",
    b"Content-Length",
    b"Transfer-Encoding",
    b"Content-Encoding",
    b"Location",
    b"1024",
    b"-1",
    b"99999999999999999999",
    b"chunked",
    b"gzip",
    b"/elsewhere",
    b"file:///etc/passwd",
    b"ftp://127.0.0.1/",
    b"http://[",
    b"http://" + b"a" * 80 + b"/",
    b"http://127.0.0.1:99999/",
    b"http://127.0.0.1:0x/",
    b"//",
    b"\xff\xfe",
    b"\r\n",
    b":",
)


def answer(status=b"200 OK", body=BODY, **headers):
    lines = [b"HTTP/1.1 " + status, b"Connection: close"]
    for name, value in headers.items():
        lines.append(name.replace("_", "-").encode() + b": " + value)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def answers():
    return {
        "whole": answer(Content_Length=b"1024"),
        "in chunks": answer(
            Transfer_Encoding=b"chunked", body=b"400\r\n" + BODY + b"\r\n0\r\n\r\n"
        ),
    }


def hostile_answers():
    targets = [token for token in TOKENS if b"/" in token]
    redirects = {
        f"to {number}": answer(b"302 Found", Location=target)
        for number, target in enumerate(targets)
    }
    return {
        **redirects,
        "to nowhere": answer(b"302 Found"),
        "a chunk of 2^64": answer(
            Transfer_Encoding=b"chunked", body=b"ffffffffffffffff\r\n" + BODY
        ),
        "a chunk of negative size": answer(
            Transfer_Encoding=b"chunked", body=b"-5\r\n" + BODY
        ),
        "many headers": b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 5000 + b"\r\n",
        "a long header": b"HTTP/1.1 200 OK\r\na: " + b"b" * 100_000 + b"\r\n\r\n",
        "more than announced": answer(Content_Length=b"1024", body=BODY * 90),
        "other digits": answer(Content_Length="١٠٢٤".encode()),
        "nothing": b"",
        "many answers to come": b"HTTP/1.1 100 Continue\r\n\r\n" * 3000,
        "other bytes": answer(Content_Length=b"1024", body=BODY[::-1]),
    }


def serve(server, content):
    """Answers whoever asks, until the socket is closed."""
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection:
            connection.settimeout(SECONDS)
            try:
                connection.recv(4096)
                connection.sendall(content)
            except OSError:
                continue


def fetch(path):
    content = path.read_bytes()
    server = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve, args=(server, content))
    thread.start()
    url = f"http://127.0.0.1:{server.getsockname()[1]}/data.bin"
    source = RemoteFile(url, "data.bin", hashlib.sha256(BODY).hexdigest())
    try:
        with tempfile.TemporaryDirectory() as folder:
            try:
                return fetch_first([source], Path(folder), SECONDS).read_bytes()
            finally:
                left = list(Path(folder).iterdir())
                demand([e.name for e in left] in ([], ["data.bin"]), f"{left}")
    finally:
        server.shutdown(socket.SHUT_RDWR)
        server.close()
        thread.join()


def check(found):
    demand(found == BODY, "other bytes")


def spoil_answer(rng: random.Random, content: bytes) -> bytes:
    for _ in range(rng.randint(1, 3)):
        content = replace_token(rng, content, TOKENS)
    return content


READERS = {
    "answer of a server": Reader(
        suffix=".http",
        read=fetch,
        check=check,
        whole=answers,
        hostile=hostile_answers,
        spoil=spoil_answer,
        refusals=(DownloadError,),
        names="no source delivered the file",
        writes=True,
        few=50,
        many=1000,
    )
}
