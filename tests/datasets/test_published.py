"""Which file of a published set is taken, and which is refused unread."""

import hashlib
import pickle

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, handwriting, phones, text
from keras_gated.datasets._download import RemoteFile
from keras_gated.datasets._published import PublishedSet
from keras_gated.datasets.handwriting._catalogue import CATALOGUE as HANDWRITING
from keras_gated.datasets.phones._catalogue import CATALOGUE as PHONES
from keras_gated.datasets.text._catalogue import CATALOGUE as TEXT_ENTRIES
from tests.datasets.web import sends
from tests.fuzz.readers.zips import hostile_npz, npz_of

CONTENT = b"the published bytes"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
TEXTS = {name: entry.published for name, entry in TEXT_ENTRIES.items()}
SETS = {**HANDWRITING, **PHONES, **TEXTS}


def made_up(*sources):
    return PublishedSet(
        title="set of numbers",
        kind="numbers",
        files={"best.bin": SHA256, "other.bin": SHA256},
        sources=sources,
        origin="Ask a mathematician.",
    )


def put(folder, name="best.bin", content=CONTENT):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    return folder / name


@pytest.fixture
def cache(no_data):
    return no_data.with_name("numbers")


def test_looks_in_data_dir_then_environment_then_cache(cache, tmp_path, monkeypatch):
    argument = put(tmp_path / "argument")
    environment = put(tmp_path / "environment" / "numbers", "other.bin")
    cached = put(cache)
    monkeypatch.setenv("KERAS_GATED_DATA", str(tmp_path / "environment"))
    assert made_up().find(tmp_path / "argument", download=False) == argument
    assert made_up().find(None, download=False) == environment
    environment.unlink()
    assert made_up().find(None, download=False) == cached


def test_the_folder_itself_comes_before_its_subfolder_and_the_best_file_first(tmp_path):
    for folder in (tmp_path / "numbers", tmp_path):
        for name in ("other.bin", "best.bin"):
            path = put(folder, name)
            assert made_up().find(tmp_path, download=False) == path


@pytest.mark.parametrize("exists", [True, False])
def test_data_dir_without_the_set_is_an_error(tmp_path, exists):
    folder = tmp_path / "mine"
    if exists:
        folder.mkdir()
    with pytest.raises(DatasetNotFoundError) as error:
        made_up().find(folder, download=True)
    message = str(error.value)
    assert f"data_dir {folder}" in message and "best.bin or other.bin" in message
    assert ("no folder" in message) != exists
    assert "subfolder numbers" in message and "Ask a mathematician" in message


def test_nothing_found_names_every_place(cache, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_DATA", str(tmp_path / "environment"))
    with pytest.raises(DatasetNotFoundError) as error:
        made_up(RemoteFile("https://x", "best.bin", SHA256)).find(None, download=False)
    message = str(error.value)
    assert f"KERAS_GATED_DATA = {tmp_path / 'environment'}" in message
    assert str(cache) in message and "Ask a mathematician" in message
    assert "download=True" in message
    with pytest.raises(DatasetNotFoundError) as error:
        made_up().find(None, download=True)
    assert "download=True" not in str(error.value)


def test_downloads_once_into_the_cache(cache, web):
    url = web.serve("/file", sends(CONTENT))
    published = made_up(RemoteFile(url, "other.bin", SHA256))
    with pytest.raises(DatasetNotFoundError):
        published.find(None, download=False)
    assert web.requests == []
    for _ in range(2):
        assert published.find(None, download=True) == cache / "other.bin"
    assert web.requests == ["/file"]


def test_a_failed_download_names_the_address(cache, web):
    url = web.serve("/file", sends(b"other bytes"))
    with pytest.raises(DatasetNotFoundError, match=f"{url}: SHA-256 is"):
        made_up(RemoteFile(url, "best.bin", SHA256)).find(None, download=True)
    assert not list(cache.glob("*"))


def test_reads_the_published_bytes_and_no_others(tmp_path):
    assert made_up().read(put(tmp_path)) == CONTENT
    for content in (b"", CONTENT[:-1], CONTENT + b"\0"):
        path = put(tmp_path, content=content)
        with pytest.raises(ValueError) as error:
            made_up().read(path)
        message = str(error.value)
        assert f"{path} cannot be read as the set of numbers" in message
        assert SHA256 in message and "Ask a mathematician" in message


class Trace:
    """Leaves a file where it is unpickled."""

    def __reduce__(self):
        return exec, ("open('trace', 'w')",)


HOSTILE = {
    **hostile_npz(npz_of(xy=np.zeros((9, 2), np.int16), time_ms=np.arange(9))),
    "objects in an array": npz_of(xy=np.array([Trace()], dtype=object)),
    "another dtype": npz_of(features=np.zeros((9, 40))),
    "another shape": npz_of(features=np.zeros(9, np.uint8)),
    "a pickle that writes": pickle.dumps(Trace()),
}
LOADERS = [
    (loader, source, name)
    for loader, catalogue in (
        (phones.load, PHONES),
        (handwriting.load, HANDWRITING),
        (text.load, TEXTS),
    )
    for source, published in catalogue.items()
    for name in published.files
]


@pytest.mark.parametrize(
    ("load", "source", "name"), LOADERS, ids=[name for _, _, name in LOADERS]
)
def test_hostile_files_are_refused_unopened(tmp_path, monkeypatch, load, source, name):
    def explode(*arguments, **options):
        raise AssertionError("it was opened")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("numpy.load", explode)
    monkeypatch.setattr("zipfile.ZipFile", explode)
    monkeypatch.setattr("lzma.decompress", explode)
    for content in HOSTILE.values():
        path = put(tmp_path, name, content)
        with pytest.raises(ValueError, match=f"{name} cannot be read as .*SHA-256"):
            load(source, data_dir=tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("source", SETS)
def test_addresses_and_hashes_are_pinned(source):
    published = SETS[source]
    assert all(len(digest) == 64 for digest in published.files.values())
    for remote in published.sources:
        assert remote.url.startswith("https://")
        assert published.files[remote.file_name] == remote.sha256
