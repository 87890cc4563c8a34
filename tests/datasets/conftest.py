"""Fixtures of the data tests: a web server, and a machine without data."""

import threading

import pytest

from tests.datasets.web import WebServer


@pytest.fixture
def web(monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with WebServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield server
        server.closing.set()
        server.shutdown()
        thread.join()


@pytest.fixture
def no_data(monkeypatch, tmp_path):
    """A machine without any data set: an empty cache and no data folder."""
    monkeypatch.delenv("KERAS_GATED_DATA", raising=False)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras" / "datasets" / "keras_gated" / "music"
