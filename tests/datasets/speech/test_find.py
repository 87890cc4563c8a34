import hashlib
import shutil
from dataclasses import replace

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, speech
from keras_gated.datasets.speech._catalogue import CATALOGUE
from keras_gated.datasets.speech._recordings import fingerprint
from tests.datasets.speech.archives import (
    debian_package,
    github_zip,
    recordings_of,
    wav,
)
from tests.datasets.web import sends, sends_unannounced

PACKERS = {"fsdd": github_zip, "asterisk": debian_package}
SMALL = {
    str(index): np.random.default_rng(index).integers(-9999, 9999, 500)
    for index in range(9)
}


@pytest.fixture
def mirror(web, monkeypatch):
    """A mirror of one source on this machine, which sends `content`."""

    def serve(name, content, answer=None, recordings=None):
        url = web.serve("/archive", answer or sends(content))
        (archive, *_) = CATALOGUE[name].archives
        if archive.sha256 is not None:
            digest = hashlib.sha256(content).hexdigest()
            archive = replace(archive, sha256=digest)
        entry = replace(CATALOGUE[name], archives=(replace(archive, url=url),))
        if recordings is not None:
            pinned = fingerprint([recordings[key] for key in sorted(recordings)])
            entry = replace(entry, fingerprint=pinned)
        monkeypatch.setitem(CATALOGUE, name, entry)
        return web

    return serve


def load(name, **arguments):
    return speech.load(name, sequences=8, length=500, **arguments)


@pytest.mark.parametrize("name", speech.SOURCES)
@pytest.mark.parametrize("subfolder", ["", "speech"])
def test_looks_into_the_subfolder(tmp_path, data_dir, name, subfolder):
    file_name = CATALOGUE[name].file_name
    (tmp_path / subfolder).mkdir(exist_ok=True)
    shutil.copy(data_dir / "speech" / file_name, tmp_path / subfolder)
    found = load(name, data_dir=tmp_path, download=False)
    assert found.source == str(tmp_path / subfolder / file_name)


@pytest.mark.parametrize("exists", [True, False])
def test_data_dir_without_the_source_is_an_error(
    tmp_path, monkeypatch, data_dir, exists
):
    monkeypatch.setenv("KERAS_GATED_DATA", str(data_dir))
    folder = tmp_path / "mine"
    if exists:
        folder.mkdir()
    with pytest.raises(DatasetNotFoundError) as error:
        load("fsdd", data_dir=folder)
    message = str(error.value)
    assert str(folder) in message and "fsdd_8khz.npz" in message
    assert ("no folder" in message) != exists
    assert "leave `data_dir` out" in message


def test_looks_in_data_dir_then_environment_then_cache(
    speech_cache, tmp_path, monkeypatch, data_dir
):
    folders = [tmp_path / "argument", tmp_path / "environment", speech_cache]
    for folder in folders:
        folder.mkdir(parents=True)
        shutil.copy(data_dir / "speech" / "fsdd_8khz.npz", folder)
    monkeypatch.setenv("KERAS_GATED_DATA", str(folders[1]))
    found = [load("fsdd", data_dir=folders[0], download=False)]
    for folder in folders[1:]:
        found.append(load("fsdd", download=False))
        (folder / "fsdd_8khz.npz").unlink()
    expected = [str(folder / "fsdd_8khz.npz") for folder in folders]
    assert [dataset.source for dataset in found] == expected


def test_nothing_found_names_every_place(speech_cache, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_GATED_DATA", str(tmp_path / "environment"))
    with pytest.raises(DatasetNotFoundError) as error:
        load("asterisk", download=False)
    message = str(error.value)
    assert f"KERAS_GATED_DATA = {tmp_path / 'environment'}" in message
    assert str(speech_cache) in message
    assert "asterisk_en_allison_8khz.npz" in message
    assert "download=True" in message


@pytest.mark.parametrize("name", speech.SOURCES)
def test_downloads_the_published_recordings_once(speech_cache, mirror, data_dir, name):
    file_name = CATALOGUE[name].file_name
    original = recordings_of(data_dir / "speech" / file_name)
    web = mirror(name, PACKERS[name](original))
    downloaded = load(name)
    assert downloaded.source == str(speech_cache / file_name)
    assert [path.name for path in speech_cache.iterdir()] == [file_name]
    again = load(name)
    assert web.requests == ["/archive"]
    reference = load(name, data_dir=data_dir)
    assert downloaded.fingerprint == again.fingerprint == reference.fingerprint
    np.testing.assert_array_equal(downloaded.train, reference.train)


@pytest.mark.parametrize("send", [sends, sends_unannounced])
@pytest.mark.parametrize("name", speech.SOURCES)
def test_downloads_with_or_without_an_announced_length(
    speech_cache, mirror, capsys, name, send
):
    content = PACKERS[name](SMALL)
    web = mirror(name, content, send(content), SMALL)
    assert load(name).train.shape == (6, 500)
    assert web.url("/archive") in capsys.readouterr().out


@pytest.mark.parametrize("name", speech.SOURCES)
def test_interrupted_download_leaves_no_file(speech_cache, mirror, name):
    content = PACKERS[name](SMALL)
    half = content[: len(content) // 2]
    mirror(name, content, sends(half, announced=len(content)), SMALL)
    reason = f"{len(half)} bytes read, {len(content) - len(half)} more expected"
    with pytest.raises(DatasetNotFoundError, match=reason):
        load(name)
    assert not speech_cache.exists()
    mirror(name, content, recordings=SMALL)
    assert load(name).train.shape == (6, 500)


def test_interrupted_download_of_unknown_length_leaves_no_file(speech_cache, mirror):
    content = github_zip(SMALL)
    mirror("fsdd", content, sends_unannounced(content[:-100]), SMALL)
    with pytest.raises(DatasetNotFoundError, match="not a readable zip archive"):
        load("fsdd")
    assert not speech_cache.exists()


@pytest.mark.parametrize("name", speech.SOURCES)
def test_refuses_an_archive_of_other_recordings(speech_cache, mirror, name):
    mirror(name, PACKERS[name](SMALL))
    reason = "its 9 recordings differ from the published ones"
    with pytest.raises(DatasetNotFoundError, match=reason):
        load(name)
    assert not speech_cache.exists()


def test_failed_download_names_the_address(speech_cache, mirror):
    web = mirror("asterisk", b"")
    del web.answers["/archive"]
    with pytest.raises(DatasetNotFoundError) as error:
        load("asterisk")
    assert f"{web.url('/archive')}: 404 Client Error" in str(error.value)
    assert str(speech_cache) in str(error.value)


def test_addresses_are_pinned():
    (fsdd,) = CATALOGUE["fsdd"].archives
    assert fsdd.url.endswith("/zip/26eb9aaf76e81b692f806f9140c2d2777410d7a1")
    for archive in CATALOGUE["asterisk"].archives:
        assert len(archive.sha256) == 64
    for entry in CATALOGUE.values():
        assert all(archive.url.startswith("https://") for archive in entry.archives)


def npz(path, **changed):
    rows = np.arange(1000, dtype=np.int16)
    lengths = np.array([400, 600], np.int32)
    arrays = {"samples": rows, "lengths": lengths, "sample_rate": np.int32(8000)}
    np.savez(path, **{**arrays, **changed})


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"samples": np.arange(1000.0)}, "samples is float64 of shape"),
        (
            {"lengths": np.array([[1000]], np.int32)},
            r"lengths is int32 of shape \(1, 1",
        ),
        (
            {"lengths": np.array([400, 599], np.int32)},
            "add up to 999 samples, but 1000",
        ),
        ({"lengths": np.array([1000, 0], np.int32)}, "one without a sample"),
        ({"lengths": np.array([], np.int32)}, "has no recording"),
        ({"sample_rate": np.int32(16000)}, "sample_rate is 16000, not 8000"),
        ({"samples": np.array([None])}, "pickle"),
        ({}, "is not the speech source fsdd: its 2 recordings differ"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path, changed, reason):
    path = tmp_path / "fsdd_8khz.npz"
    npz(path, **changed)
    with pytest.raises(ValueError, match=f"(?s){path} .*{reason}.*Remove the file"):
        load("fsdd", data_dir=tmp_path)


@pytest.mark.parametrize("cut", [0, 100, 1000, -10])
def test_says_that_a_file_is_cut_off(tmp_path, cut):
    path = tmp_path / "fsdd_8khz.npz"
    npz(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=f"{path} cannot be read as the speech source"):
        load("fsdd", data_dir=tmp_path)


def test_one_changed_sample_is_refused(tmp_path, data_dir):
    with np.load(data_dir / "speech" / "fsdd_8khz.npz") as arrays:
        changed = dict(arrays)
    changed["samples"][-1] += 1
    np.savez(tmp_path / "fsdd_8khz.npz", **changed)
    with pytest.raises(ValueError, match="its 3000 recordings differ"):
        load("fsdd", data_dir=tmp_path)


def test_a_file_that_is_no_npz_is_refused(tmp_path):
    (tmp_path / "fsdd_8khz.npz").write_bytes(wav([1, 2, 3]))
    with pytest.raises(ValueError, match="not a readable npz archive"):
        load("fsdd", data_dir=tmp_path)
