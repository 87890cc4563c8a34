import pytest


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder in which anything that a hostile file does would leave a trace."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
