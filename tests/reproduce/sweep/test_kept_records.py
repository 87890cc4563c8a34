"""Records in a file, and what a new ledger takes up of it."""

import gzip
import json

import pytest

from reproduce.command_line import main
from reproduce.ledger import Ledger
from reproduce.ledger.kept_records import FILE, keep_records, take_records
from reproduce.studies.chung2014.trial import Trial
from reproduce.studies.odyssey2015.trial import Trial as OtherTrial
from tests.reproduce.examples import record_of, trial

TRIALS = [trial(candidate=candidate) for candidate in range(3)]
RECORDS = [record_of(TRIALS[0]), record_of(TRIALS[1], valid=float("nan"))]
BASELINE = {"dataset": "jsb_chorales", "name": "mean", "nll": 1.5}


@pytest.fixture
def ledgers(tmp_path):
    """Makes ledgers, each new."""
    made = []

    def make(kind=Trial):
        made.append(Ledger(f"sqlite:///{tmp_path / f'{len(made)}.db'}", kind))
        return made[-1]

    yield make
    for ledger in made:
        ledger.storage.engine.dispose()


@pytest.fixture
def kept(ledgers, tmp_path):
    """The file of a ledger with two records and a trial that waits."""
    ledger = ledgers()
    ledger.enqueue(TRIALS)
    ledger.set_baselines("jsb_chorales", [BASELINE])
    for record in RECORDS:
        ledger.finish(ledger.claim([record.trial]), record)
    keep_records(ledger, tmp_path)
    return tmp_path / FILE


def lines_of(path):
    return [
        json.loads(line)
        for line in gzip.decompress(path.read_bytes()).split(b"\n")[:-1]
    ]


def write_lines(path, lines):
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))


def test_a_new_ledger_goes_on(kept, ledgers, tmp_path):
    ledger = ledgers()
    assert take_records(ledger, tmp_path) == 2
    assert take_records(ledger, tmp_path) == 0
    stored = sorted((r.stored() for r in ledger.records_of("jax")), key=str)
    assert stored == sorted((r.stored() for r in RECORDS), key=str)
    assert ledger.baselines() == [BASELINE]
    # What is left of the plan is the third trial.
    ledger.enqueue(TRIALS)
    assert ledger.claim(TRIALS).trial == TRIALS[2]
    assert ledger.claim(TRIALS) is None
    before = kept.read_bytes()
    keep_records(ledger, tmp_path)
    assert kept.read_bytes() == before


def test_what_the_ledger_has_stays(kept, ledgers, tmp_path):
    ledger = ledgers()
    ledger.enqueue(TRIALS[:1])
    claim = ledger.claim(TRIALS)
    other = record_of(TRIALS[0], valid=7.25)
    ledger.finish(claim, other)
    ledger.set_baselines("jsb_chorales", [{**BASELINE, "nll": 2.0}])
    assert take_records(ledger, tmp_path) == 1
    assert ledger.records(TRIALS)[other.name] == other
    assert ledger.baselines() == [{**BASELINE, "nll": 2.0}]


def test_nothing_is_kept_of_nothing(ledgers, tmp_path):
    keep_records(ledgers(), tmp_path)
    assert not (tmp_path / FILE).exists()
    assert take_records(ledgers(), tmp_path) == 0


def test_other_settings_are_refused(kept, ledgers, tmp_path):
    lines = lines_of(kept)
    lines[1]["config"]["max_epochs"] += 1
    write_lines(kept, lines)
    ledger = ledgers()
    ledger.enqueue(TRIALS)
    with pytest.raises(ValueError, match="with other settings: max_epochs"):
        take_records(ledger, tmp_path)


def test_another_study_is_refused(kept, ledgers, tmp_path):
    with pytest.raises(ValueError, match="A trial of odyssey2015 has the settings"):
        take_records(ledgers(OtherTrial), tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"no archive", "cannot be taken up: Not a gzipped file"),
        (gzip.compress(b"{}")[:-9], "cannot be taken up"),
        (gzip.compress(b"[1]\n"), "a line is no record"),
        (gzip.compress(b'{"baseline": 1}\n'), "a line is no record"),
        (gzip.compress(b"{\n"), "cannot be taken up"),
        (gzip.compress(b"\xff\n"), "cannot be taken up"),
        (gzip.compress(b'{"baseline": {}}\n'), "a line is no record"),
        (gzip.compress(b"{}\n"), "has no 'nll'"),
    ],
)
def test_a_damaged_file_is_told(content, reason, ledgers, tmp_path):
    (tmp_path / FILE).write_bytes(content)
    ledger = ledgers()
    with pytest.raises(ValueError, match=reason):
        take_records(ledger, tmp_path)
    assert ledger.records_of() == [] and ledger.baselines() == []


def test_the_command_makes_the_report_again(kept, run_here, tmp_path):
    out = tmp_path / "results"
    out.mkdir()
    write_lines(out / FILE, lines_of(kept)[1:])
    status, printed = run_here(main, "chung2014", "--report", "--out", out)
    assert status == 0, printed.err
    assert f"Taken up from {FILE}: 2 finished trials." in printed.out
    assert (out / "report.md").stat().st_size > 500
