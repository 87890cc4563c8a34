"""A study whose plan goes on from its results."""

from dataclasses import replace

import pytest

from reproduce import running, studies
from reproduce.ledger import Ledger
from reproduce.studies.chung2014.options import Options
from tests.reproduce.examples import TRIAL, record_of, small_task, trial

ROUND, ALL = 2, 6


@pytest.fixture
def rounds(monkeypatch, tmp_path):
    """Runs a study of `ALL` trials in rounds of `ROUND`, some of which fail."""
    asked = []

    def plan(options, dataset, task, known):
        count = min(ALL, len(known) + ROUND)
        return [trial(candidate=number, backend="torch") for number in range(count)]

    def run_sweep(job, ledger, display, hire):
        asked.append([t.candidate for t in job.trials])
        ledger.enqueue(job.trials)
        while (claim := ledger.claim(job.trials)) is not None:
            if claim.trial.candidate in failing:
                ledger.fail(claim, "ValueError: why")
            else:
                ledger.finish(claim, record_of(claim.trial))

    failing = set()
    study = replace(
        studies.load("chung2014"), plan=plan, load=lambda *arguments: small_task()
    )
    monkeypatch.setattr(studies, "load", lambda name: study)
    monkeypatch.setattr(running, "run_sweep", run_sweep)
    monkeypatch.setattr(running, "write_report", lambda *arguments: None)
    options = Options(backend="torch", out=tmp_path)

    def run(*failed):
        failing.clear()
        failing.update(failed)
        asked.clear()
        return running.run_study("chung2014", options), list(asked)

    return run


@pytest.mark.once
def test_each_round_has_its_new_trials(rounds, tmp_path, capsys):
    assert rounds() == (0, [[0, 1], [2, 3], [4, 5]])
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", type(TRIAL))
    assert len(ledger.records_of("torch")) == ALL
    # Again: all that is known is one round.
    assert rounds() == (0, [[0, 1, 2, 3, 4, 5]])


@pytest.mark.once
def test_a_failed_trial_is_not_tried_again_in_a_later_round(rounds, capsys):
    status, asked = rounds(1)
    assert status == 1
    # With one result fewer the second round has one new trial fewer.
    assert asked == [[0, 1], [2], [3], [4], [5]]
    assert "5 of 6 trials are finished and kept" in capsys.readouterr().out
    assert rounds() == (0, [[0, 1, 2, 3, 4, 5]])
