"""What the command that publishes models takes and writes if it is not told."""

from pathlib import Path
from types import SimpleNamespace

import pytest

import reproduce.ledger
import reproduce.studies.chung2014.data
from keras_gated.models.pretrained import FOLDER
from reproduce.command_line import main
from reproduce.studies.chung2014 import publication
from reproduce.studies.chung2014.trial import Trial
from tests.reproduce.examples import record_of, trial


@pytest.fixture
def sweep(monkeypatch, tmp_path):
    """A folder that looks like one of a sweep, and what is done with it."""
    records = [
        record_of(
            trial(protocol=protocol, dataset=dataset, unit=unit, seed=seed), valid
        )
        for protocol, dataset, unit, seed, valid in (
            ("ours", "jsb_chorales", "gru", 0, 8.25),
            ("ours", "jsb_chorales", "gru", 1, 8.0625),
            ("ours", "nottingham", "tanh", 0, 3.5),
            ("paper", "nottingham", "lstm", 0, 3.25),
        )
    ]
    folder = tmp_path / "sweep"
    folder.mkdir()
    (folder / "ledger.db").touch()
    asked = SimpleNamespace(folder=folder, records=records, opened=[], published=[])

    class Ledger:
        def __init__(self, storage, trial):
            assert trial is Trial
            asked.opened.append(storage)

        def records_of(self, backend):
            asked.opened.append(backend)
            return records

    def publish(record, competitors, task, out, into):
        asked.published.append((record.name, len(competitors), task, out, into))
        return Path(f"{record.trial.unit}.json"), record.scores["nll"]["test"]

    monkeypatch.setattr(reproduce.ledger, "Ledger", Ledger)
    monkeypatch.setattr(publication, "publish", publish)
    data = reproduce.studies.chung2014.data
    monkeypatch.setattr(data, "load_task", lambda *arguments: arguments)
    return asked


def test_without_options(sweep, run_here):
    status, printed = run_here(main, "publish", "--out", sweep.folder)
    assert (status, printed.err) == (0, "")
    assert sweep.opened == [f"sqlite:///{sweep.folder / 'ledger.db'}", "jax"]
    names = [record.name for record in sweep.records]
    assert sweep.published == [
        (names[1], 2, ("jsb_chorales", "piano", None), sweep.folder, FOLDER),
        (names[2], 1, ("nottingham", "piano", None), sweep.folder, FOLDER),
    ]
    assert printed.out.splitlines() == [
        f"gru.json: {names[1]}, best of 2, test NLL 8.062",
        f"tanh.json: {names[2]}, best of 1, test NLL 3.500",
    ]


def test_with_options(sweep, run_here, tmp_path):
    status, _ = run_here(
        *(main, "publish"),
        *("--out", sweep.folder, "--protocol", "paper", "--backend", "torch"),
        *("--storage", "postgresql://there/base", "--into", tmp_path / "into"),
        *("--dataset", "nottingham", "--data-dir", tmp_path),
    )
    assert status == 0
    assert sweep.opened == ["postgresql://there/base", "torch"]
    task = "nottingham", "piano", tmp_path
    name = sweep.records[3].name
    assert sweep.published == [(name, 1, task, sweep.folder, tmp_path / "into")]


def test_nothing_to_publish(sweep, run_here):
    status, printed = run_here(
        *(main, "publish", "--out", sweep.folder, "--dataset", "musedata")
    )
    assert status == 1
    assert "no finished trial in the protocol 'ours' on jax" in printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "--out requires an argument"),
        (("--out", "sweep", "--protocol", "mine"), '"paper", "code", "ours"'),
        (("--out", "sweep", "--dataset", "nottingham", "music"), '"music"'),
        (("--out", "sweep", "--backend", "theano"), '"theano"'),
    ],
)
def test_bad_usage(arguments, message, sweep, run_here):
    status, printed = run_here(main, "publish", *arguments)
    assert status == 2
    assert message in printed.err
    assert not sweep.opened


def test_the_models_of_the_package_are_where_it_looks():
    package = Path(reproduce.__path__[0]).parent / "keras_gated"
    assert package / "models" / "weights" == FOLDER
    assert (FOLDER / "jsb_chorales-gru.npz").is_file()
