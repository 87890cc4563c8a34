import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from reproduce.ledger import Ledger
from tests.reproduce.examples import TRIAL, record_of, trial

ROOT = Path(__file__).resolve().parents[2]


def test_a_record_comes_back_as_it_was_written(tmp_path):
    ledger = Ledger(tmp_path / "out")
    assert ledger.read(TRIAL) is None
    ledger.write(TRIAL, record_of(TRIAL))
    assert Ledger(tmp_path / "out").read(TRIAL) == record_of(TRIAL)


def test_not_a_number_becomes_null(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.write(TRIAL, record_of(TRIAL, valid=float("nan")))
    assert "NaN" not in ledger.path(TRIAL).read_text()
    assert ledger.read(TRIAL)["nll"]["valid"]["pooled"] is None


def test_finished_trials_are_found_by_name(tmp_path):
    ledger = Ledger(tmp_path)
    other = trial(unit="tanh")
    ledger.write(other, record_of(other))
    assert ledger.read_all([TRIAL, other]) == {other.name: record_of(other)}


def test_another_configuration_is_refused_and_the_difference_named(tmp_path):
    ledger = Ledger(tmp_path)
    ledger.write(TRIAL, record_of(TRIAL))
    with pytest.raises(ValueError, match=r"max_epochs is 6 there and 7 here.*--out"):
        ledger.read(trial(max_epochs=7))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"name": "x"}', "\x00\x01"])
def test_a_file_that_is_no_record_is_named(tmp_path, content):
    ledger = Ledger(tmp_path)
    ledger.path(TRIAL).write_text(content)
    with pytest.raises(ValueError, match=rf"{TRIAL.name}.json is not a record"):
        ledger.read(TRIAL)


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match=r"file/out cannot be written to.*--out"):
        Ledger(tmp_path / "file" / "out")


def test_killed_while_writing_the_record_is_whole(tmp_path):
    """A process that does nothing but write is killed at ten different instants."""
    program = (
        "import itertools, sys\n"
        "from pathlib import Path\n"
        "from reproduce.ledger import Ledger\n"
        "from tests.reproduce.examples import TRIAL, record_of\n"
        "ledger = Ledger(Path(sys.argv[1]))\n"
        "for number in itertools.count():\n"
        "    ledger.write(TRIAL, record_of(TRIAL, numbers=[number] * 100_000))\n"
    )
    ledger = Ledger(tmp_path)
    for attempt in range(10):
        process = subprocess.Popen([sys.executable, "-c", program, tmp_path], cwd=ROOT)
        while not ledger.path(TRIAL).exists():
            time.sleep(0.01)
        time.sleep(0.013 * attempt)
        process.send_signal(signal.SIGKILL)
        process.wait()
        numbers = ledger.read(TRIAL)["numbers"]
        assert len(numbers) == 100_000
        assert len(set(numbers)) == 1
        ledger.path(TRIAL).unlink()
