import contextlib
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time

import pytest

from keras_gated.datasets._download import DownloadError, RemoteFile, fetch_first
from tests.datasets.web import (
    redirects_to,
    sends,
    sends_unannounced,
    stalls_after,
)

CONTENT = random.Random(0).randbytes(300_000)
HALF = CONTENT[: len(CONTENT) // 2]
LONG_SECONDS = 600
"""For what a slow machine takes; no test waits so long for anything that comes."""

FETCH = """
import pathlib, sys
from keras_gated.datasets._download import RemoteFile, fetch_first
url, folder, sha256, timeout = sys.argv[1:]
source = RemoteFile(url, "file.bin", sha256)
fetch_first([source], pathlib.Path(folder), float(timeout))
"""


def remote(url, file_name="file.bin"):
    return RemoteFile(url, file_name, hashlib.sha256(CONTENT).hexdigest())


def fetch_in_process(url, folder):
    file = remote(url)
    return subprocess.Popen(
        [sys.executable, "-c", FETCH, url, str(folder), file.sha256, str(LONG_SECONDS)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def files(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("send", [sends, sends_unannounced])
def test_downloads_the_whole_file(web, tmp_path, capsys, send):
    url = web.serve("/file", send(CONTENT))
    path = fetch_first([remote(url)], tmp_path / "new" / "folder")
    assert path.read_bytes() == CONTENT
    assert files(path.parent) == ["file.bin"]
    printed = capsys.readouterr()
    assert f"Downloading {url}" in printed.out
    if send is sends:
        assert "300k/300k" in printed.err


def test_file_is_readable_to_others_as_the_umask_says(web, tmp_path):
    path = fetch_first([remote(web.serve("/file", sends(CONTENT)))], tmp_path)
    (tmp_path / "plain").touch()
    assert path.stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_follows_a_redirect_to_the_web(web, tmp_path):
    web.serve("/file", sends(CONTENT))
    url = web.serve("/moved", redirects_to(web.url("/file")))
    assert fetch_first([remote(url)], tmp_path).read_bytes() == CONTENT


def test_second_call_succeeds_after_an_interruption(web, tmp_path):
    url = web.serve("/file", sends(HALF, announced=len(CONTENT)))
    with pytest.raises(DownloadError, match="150000 bytes read, 150000 more expected"):
        fetch_first([remote(url)], tmp_path)
    assert files(tmp_path) == []
    web.serve("/file", sends(CONTENT))
    assert fetch_first([remote(url)], tmp_path).read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (None, "404"),
        (sends(HALF), "SHA-256 is"),
        (sends(HALF, announced=len(CONTENT)), "150000 bytes read"),
        (sends_unannounced(HALF), "SHA-256 is"),
        (sends_unannounced(CONTENT + b"more"), "SHA-256 is"),
        (sends(b"x" + CONTENT[1:]), "SHA-256 is"),
        (redirects_to("file:///etc/hostname"), "No connection adapters"),
        (redirects_to("ftp://127.0.0.1/file"), "No connection adapters"),
        (lambda request: request.connection.close(), "closed|reset|Remote end"),
    ],
)
def test_falls_to_the_second_source(web, tmp_path, answer, reason):
    first = web.url("/first")
    if answer is not None:
        web.serve("/first", answer)
    with pytest.raises(DownloadError, match=f"(?s)first: .*({reason}).*second: .*404"):
        fetch_first([remote(first), remote(web.url("/second"))], tmp_path, LONG_SECONDS)
    assert files(tmp_path) == []
    second = web.serve("/second", sends(CONTENT))
    path = fetch_first(
        [remote(first), remote(second, "second.bin")], tmp_path, LONG_SECONDS
    )
    assert path == tmp_path / "second.bin"
    assert path.read_bytes() == CONTENT
    assert files(tmp_path) == ["second.bin"]


def test_does_not_wait_for_a_server_that_stalls(web, tmp_path):
    """Longer where a slow machine takes the second server for another such one."""
    first = remote(web.serve("/first", stalls_after(HALF, len(CONTENT))))
    second = remote(web.serve("/second", sends(CONTENT)), "second.bin")
    with pytest.raises(DownloadError, match=r"first: .*timed out"):
        fetch_first([first], tmp_path, timeout=0.5)
    assert files(tmp_path) == []
    for timeout in (1, 10, 100):
        with contextlib.suppress(DownloadError):
            path = fetch_first([first, second], tmp_path, timeout)
            break
    assert path.read_bytes() == CONTENT
    assert files(tmp_path) == ["second.bin"]


def test_reports_a_server_that_is_not_there(tmp_path):
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1:9.*refused"):
        fetch_first([remote("http://127.0.0.1:9/file")], tmp_path)


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://host/x", "/etc/passwd"])
def test_refuses_anything_but_the_web(tmp_path, url):
    with pytest.raises(DownloadError, match=f"{url}: .*(adapters|Invalid URL)"):
        fetch_first([remote(url)], tmp_path)
    assert files(tmp_path) == []


def test_each_address_is_told_in_one_line(web, tmp_path):
    urls = [web.url(f"/{name * 60}") for name in "ab"]
    with pytest.raises(DownloadError) as error:
        fetch_first([remote(url) for url in urls], tmp_path)
    first, *lines = str(error.value).splitlines()
    assert first == "no source delivered the file:"
    assert [url in line for url, line in zip(urls, lines, strict=True)] == [True, True]


def test_names_what_downloads_where_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pooch", None)
    with pytest.raises(ImportError, match=r'pip install "keras_gated\[data\]"'):
        fetch_first([remote("https://127.0.0.1:9/file")], tmp_path)
    assert files(tmp_path) == []


def test_failed_download_keeps_the_old_file(web, tmp_path):
    (tmp_path / "file.bin").write_bytes(b"old")
    url = web.serve("/file", sends(HALF, announced=len(CONTENT)))
    with pytest.raises(DownloadError):
        fetch_first([remote(url)], tmp_path)
    assert (tmp_path / "file.bin").read_bytes() == b"old"


def test_killed_process_leaves_nothing_that_passes_for_the_file(web, tmp_path):
    url = web.serve("/file", stalls_after(HALF, len(CONTENT)))
    process = fetch_in_process(url, tmp_path)
    deadline = time.monotonic() + LONG_SECONDS
    while not any(path.stat().st_size > 0 for path in tmp_path.iterdir()):
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL

    (part,) = tmp_path.iterdir()
    assert part.name.startswith(".file.bin.") and part.suffix == ".part"
    os.utime(part, (0, 0))
    web.serve("/file", sends(CONTENT))
    assert fetch_first([remote(url)], tmp_path).read_bytes() == CONTENT
    assert files(tmp_path) == ["file.bin"]


def test_two_processes_download_the_same_file_at_once(web, tmp_path):
    both_are_here = threading.Barrier(2)

    def answer(request):
        both_are_here.wait(LONG_SECONDS)
        sends(CONTENT)(request)

    url = web.serve("/file", answer)
    processes = [fetch_in_process(url, tmp_path) for _ in range(2)]
    assert [process.wait(LONG_SECONDS) for process in processes] == [0, 0]
    assert (tmp_path / "file.bin").read_bytes() == CONTENT
    assert files(tmp_path) == ["file.bin"]


def test_part_of_a_running_download_is_left_alone(web, tmp_path):
    running = tmp_path / ".file.bin.0123.part"
    running.write_bytes(HALF)
    fetch_first([remote(web.serve("/file", sends(CONTENT)))], tmp_path)
    assert files(tmp_path) == [running.name, "file.bin"]


@pytest.mark.parametrize("target", ["http://[", f"http://{'a' * 80}/"])
def test_redirect_to_what_is_no_address_is_named(web, tmp_path, target):
    def redirect(request):
        request.send_response(302)
        request.send_header("Location", target)
        request.end_headers()

    url = web.serve("/file", redirect)
    with pytest.raises(DownloadError, match=f"{url}: "):
        fetch_first([remote(url)], tmp_path)
    assert files(tmp_path) == []
