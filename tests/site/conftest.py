"""The built documentation, a server for it, and Debian's Chromium to look at it."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests import needs

ROOT = Path(__file__).resolve().parents[2]
LONG_MILLISECONDS = 600_000
"""Against a browser that hangs; one that only is slow is waited for."""


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of the documentation as `mkdocs build --strict` makes it."""
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
    built = subprocess.run(
        [*command, "--site-dir", folder], cwd=ROOT, capture_output=True, text=True
    )
    assert built.returncode == 0, built.stderr
    return folder


@pytest.fixture(scope="session")
def address(site):
    """Where the documentation is served while the tests run."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def browser():
    """Chromium without a window: `KERAS_GATED_CHROMIUM`, or the one on the path."""
    program = os.environ.get("KERAS_GATED_CHROMIUM") or shutil.which("chromium")
    if program is None:
        needs.missing("there is no Chromium; .ci/chromium installs it on Debian")
    api = needs.package("playwright.sync_api")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--autoplay-policy=no-user-gesture-required"],
            timeout=LONG_MILLISECONDS,
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_default_timeout(LONG_MILLISECONDS)
    page.complaints = []
    page.on(
        "console",
        lambda message: (
            message.type == "error" and page.complaints.append(message.text)
        ),
    )
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("requestfailed", lambda request: complain_of(request, page))
    yield page
    page.close()


def complain_of(request, page):
    # The next page may come before the last one has loaded its search.
    if request.failure != "net::ERR_ABORTED":
        page.complaints.append(f"lost {request.url}")
