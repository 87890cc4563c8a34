import hashlib
import lzma
import shutil
from dataclasses import replace

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, music
from keras_gated.datasets.music import _find
from keras_gated.datasets.music._catalogue import CATALOGUE
from tests.datasets.web import sends

UPSTREAM_NAMES = {
    "jsb_chorales": ("JSB_Chorales.mat", "jsb_chorales.pickle", "JSB Chorales.pickle"),
    "nottingham": ("Nottingham.mat", "nottingham.pickle.xz", "Nottingham.pickle"),
    "musedata": ("MuseData.mat", "muse_data.pickle.xz", "MuseData.pickle"),
    "piano_midi_de": (
        "Piano_midi.mat",
        "piano_midi.pickle.xz",
        "Piano-midi.de.pickle",
    ),
}


def original(data_dir, file_name):
    """The bytes of an upstream file, which may lie packed on disk."""
    path = data_dir / "music" / "original" / file_name
    if path.exists():
        return path.read_bytes()
    with lzma.open(path.with_name(f"{path.name}.xz")) as file:
        return file.read()


@pytest.fixture
def mirror(web, data_dir, monkeypatch):
    """Both mirrors of every data set, on this machine, with the real files."""

    def serve(name, *served):
        sources = []
        for source in CATALOGUE[name].sources:
            path = f"/{source.file_name}"
            if source.file_name in served:
                web.serve(path, sends(original(data_dir, source.file_name)))
            sources.append(replace(source, url=web.url(path)))
        entry = replace(CATALOGUE[name], sources=tuple(sources))
        monkeypatch.setitem(CATALOGUE, name, entry)
        return web

    return serve


@pytest.mark.parametrize("subfolder", ["", "music", "original", "music/original"])
def test_looks_into_subfolders(tmp_path, data_dir, subfolder):
    folder = tmp_path / subfolder
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(data_dir / "music" / "jsb_chorales.npz", folder)
    assert len(music.load("jsb_chorales", tmp_path).test) == 77


@pytest.mark.parametrize(
    ("name", "file_name"),
    [(name, file) for name, files in UPSTREAM_NAMES.items() for file in files],
)
def test_finds_every_upstream_name(tmp_path, name, file_name):
    (tmp_path / file_name).touch()
    assert _find.find(name, tmp_path, download=False) == tmp_path / file_name


def test_prefers_npz(tmp_path):
    for file_name in (*UPSTREAM_NAMES["musedata"], "musedata.npz"):
        (tmp_path / file_name).touch()
    path = _find.find("musedata", str(tmp_path), download=False)
    assert path == tmp_path / "musedata.npz"


@pytest.mark.parametrize("exists", [True, False])
def test_data_dir_without_the_set_is_an_error(tmp_path, monkeypatch, data_dir, exists):
    monkeypatch.setenv("KERAS_GATED_DATA", str(data_dir))
    folder = tmp_path / "mine"
    if exists:
        folder.mkdir()
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("piano_midi_de", folder)
    assert isinstance(error.value, ValueError)
    assert isinstance(error.value, FileNotFoundError)
    message = str(error.value)
    assert str(folder) in message and "data set piano_midi_de" in message
    assert ("no folder" in message) != exists
    for file_name in ("piano_midi_de.npz", *UPSTREAM_NAMES["piano_midi_de"]):
        assert file_name in message
    assert "leave `data_dir` out" in message


def test_looks_in_data_dir_then_environment_then_cache(
    no_data, tmp_path, monkeypatch, data_dir
):
    folders = [tmp_path / "argument", tmp_path / "environment", no_data]
    for folder in folders:
        folder.mkdir(parents=True)
        shutil.copy(data_dir / "music" / "jsb_chorales.npz", folder)
    monkeypatch.setenv("KERAS_GATED_DATA", str(folders[1]))
    found = [music.load("jsb_chorales", folders[0], download=False)]
    for folder in folders[1:]:
        found.append(music.load("jsb_chorales", download=False))
        (folder / "jsb_chorales.npz").unlink()
    expected = [str(folder / "jsb_chorales.npz") for folder in folders]
    assert [dataset.source for dataset in found] == expected


def test_nothing_found_names_every_place(no_data, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_DATA", str(tmp_path / "environment"))
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("nottingham", download=False)
    message = str(error.value)
    assert f"KERAS_GATED_DATA = {tmp_path / 'environment'}" in message
    assert str(no_data) in message
    assert "Nottingham.mat" in message
    assert "download=True" in message


def test_failed_download_names_every_place_and_address(no_data, mirror):
    web = mirror("nottingham")
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("nottingham")
    message = str(error.value)
    assert str(no_data) in message
    for path in ("/Nottingham.mat", "/nottingham.pickle"):
        assert f"{web.url(path)}: 404 Client Error" in message
    assert list(no_data.iterdir()) == []


@pytest.mark.parametrize("name", music.NAMES)
def test_downloads_once(no_data, mirror, data_dir, name):
    matlab = UPSTREAM_NAMES[name][0]
    web = mirror(name, matlab)
    downloaded = music.load(name)
    assert downloaded.source == str(no_data / matlab)
    assert music.load(name).source == downloaded.source
    assert web.requests == [f"/{matlab}"]
    for roll, reference in zip(
        downloaded.test, music.load(name, data_dir).test, strict=True
    ):
        np.testing.assert_array_equal(roll, reference)


def test_falls_to_the_second_mirror(no_data, mirror):
    web = mirror("jsb_chorales", "jsb_chorales.pickle")
    downloaded = music.load("jsb_chorales")
    assert downloaded.source == str(no_data / "jsb_chorales.pickle")
    assert web.requests == ["/JSB_Chorales.mat", "/jsb_chorales.pickle"]


def test_unwritable_cache_is_named(tmp_path, no_data, mirror, monkeypatch):
    mirror("jsb_chorales", "JSB_Chorales.mat")
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(DatasetNotFoundError, match=r"to save in .*Not a directory"):
        music.load("jsb_chorales")


@pytest.mark.parametrize("name", music.NAMES)
def test_pinned_files_are_the_upstream_ones(data_dir, name):
    for source in CATALOGUE[name].sources:
        content = original(data_dir, source.file_name)
        assert source.sha256 == hashlib.sha256(content).hexdigest()
        assert source.url.startswith("https://raw.githubusercontent.com/")
        assert CATALOGUE[name].files[source.file_name] == source.sha256
