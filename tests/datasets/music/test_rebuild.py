"""JSB Chorales made from the scores of music21, against the published files."""

import shutil
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from keras_gated.datasets import DatasetNotFoundError, music
from keras_gated.datasets.music import _rebuild, _scores
from keras_gated.datasets.music._catalogue import CATALOGUE
from keras_gated.datasets.music._chorale_table import Sampled, WrittenOut, read_table
from tests import needs

needs.package("music21")

FINGERPRINT = CATALOGUE["jsb_chorales"].fingerprint


@pytest.fixture
def no_web(web, monkeypatch):
    """A server in the place of the mirrors, which has nothing."""
    entry = CATALOGUE["jsb_chorales"]
    sources = tuple(
        replace(source, url=web.url(f"/{source.file_name}")) for source in entry.sources
    )
    changed = replace(entry, sources=sources)
    monkeypatch.setitem(CATALOGUE, "jsb_chorales", changed)
    return web


@pytest.fixture
def some_scores(tmp_path, monkeypatch):
    """A music21 with the scores of the first two sequences only."""
    folder = tmp_path / "scores"
    folder.mkdir()
    for line in read_table()[:2]:
        name = f"bwv{line.score}.mxl"
        shutil.copy(_scores.scores_folder() / name, folder)
    monkeypatch.setattr(_rebuild, "scores_folder", lambda: folder)
    return folder


def test_a_machine_without_a_network_has_the_published_set(no_data, no_web, capsys):
    made = music.load("jsb_chorales")
    assert made.fingerprint == FINGERPRINT
    path = no_data / "jsb_chorales_from_music21.npz"
    assert made.source == str(path)
    assert list(no_data.iterdir()) == [path]
    printed = capsys.readouterr().out
    assert printed.count("Not downloaded: 404 Client Error") == 2
    assert f"from the scores in {_scores.scores_folder()}" in printed
    assert "382/382" in printed

    again = music.load("jsb_chorales", encoding="paper")
    assert (again.dims, again.source) == (96, str(path))
    assert no_web.requests == ["/JSB_Chorales.mat", "/jsb_chorales.pickle"]
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("file_name", ["bwv348.mxl", "bwv171.6.mxl", "bwv67.4.xml"])
def test_reads_scores_as_music21_does(file_name):
    """Against music21's own parser: four parts, with instruments, a bare file."""
    from music21.converter import Converter

    converter = Converter()
    converter.parseFileNoPickle(_scores.scores_folder() / file_name)
    voices = _scores.read_score(_scores.scores_folder(), file_name[3:-4])
    parts = {part.partName.split()[0]: part for part in converter.stream.parts}
    expected = np.zeros_like(voices)
    for voice, title in enumerate(_scores.VOICES):
        for note in parts[title].flatten().notes:
            first = np.ceil(_scores.GRID * float(note.offset))
            last = np.ceil(_scores.GRID * float(note.offset + note.quarterLength))
            expected[int(first) : int(last), voice] = note.pitch.midi
    np.testing.assert_array_equal(voices, expected)


def test_the_table_has_the_published_lengths(data_dir):
    lines = read_table()
    data = music.load("jsb_chorales", data_dir)
    published = [*data.train, *data.valid, *data.test]
    lengths = [
        len(line.frames if isinstance(line, WrittenOut) else line.times)
        for line in lines
    ]
    assert lengths == list(map(len, published))
    assert sum(isinstance(line, Sampled) for line in lines) == 382 - 7


def change_a_note(path):
    """One note of a score becomes a semitone higher."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content.replace(b"<step>C<", b"<step>D<", 1))


def test_other_scores_are_refused_with_the_versions_that_were_tested(
    no_data, monkeypatch, tmp_path
):
    folder = shutil.copytree(_scores.scores_folder(), tmp_path / "bach")
    change_a_note(folder / f"bwv{read_table()[0].score}.mxl")
    monkeypatch.setattr(_rebuild, "scores_folder", lambda: folder)
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("jsb_chorales", download=False)
    message = str(error.value)
    assert f"{folder} give other music" in message
    assert 'pip install "music21>=9.1,<11"' in message
    assert f"music21 {_rebuild.music21_version()} is installed" in message
    assert not no_data.exists() or not list(no_data.iterdir())


def test_a_missing_score_is_named(no_data, some_scores):
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("jsb_chorales", download=False)
    message = str(error.value)
    assert f"{some_scores} has no score bwv{read_table()[2].score}" in message
    assert "music21>=9.1,<11" in message


@pytest.mark.parametrize(
    "content",
    [
        b"PK broken",
        b"<score-partwise/>",
        b"<score-partwise><part-list>",
        b"<a><score-part id='1'><part-name>Soprano</part-name></score-part></a>",
    ],
)
def test_a_broken_score_is_named(tmp_path, content):
    (tmp_path / "bwv1.6.xml").write_bytes(content)
    with pytest.raises(_scores.ScoreError, match=r"no score bwv1\.6 of four voices"):
        _scores.read_score(tmp_path, "1.6")


def test_a_machine_without_music21_is_told_what_to_install(no_data, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("jsb_chorales", download=False)
    assert 'pip install "keras_gated[reproduce]"' in str(error.value)


def test_only_the_chorales_are_made(no_data):
    with pytest.raises(DatasetNotFoundError) as error:
        music.load("nottingham", download=False)
    assert "music21" not in str(error.value)


def test_published_files_come_first(no_data, data_dir):
    no_data.mkdir(parents=True)
    shutil.copy(data_dir / "music" / "jsb_chorales.npz", no_data)
    found = music.load("jsb_chorales", download=False)
    assert found.source == str(no_data / "jsb_chorales.npz")


def test_a_folder_of_ones_own_is_all_that_is_looked_at(no_data, tmp_path):
    with pytest.raises(DatasetNotFoundError, match="data_dir"):
        music.load("jsb_chorales", tmp_path)
    assert not no_data.exists()


def test_a_cache_that_cannot_be_written_is_named(
    no_data, no_web, tmp_path, monkeypatch
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "file"))
    with pytest.raises(DatasetNotFoundError, match=r"music21, .*Not a directory"):
        music.load("jsb_chorales")
