"""What the ledger promises, on SQLite and on PostgreSQL."""

import math
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy.orm
from optuna.storages._rdb.models import TrialHeartbeatModel
from optuna.trial import TrialState, create_trial

from reproduce.ledger import Ledger
from reproduce.ledger.opening import GRACE
from reproduce.ledger.rows import MAX_RETRIES
from reproduce.studies.chung2014.trial import Trial
from tests.reproduce.examples import TRIAL, record_of, trial

ROOT = Path(__file__).resolve().parents[3]
TRIALS = [trial(candidate=candidate) for candidate in range(4)]


def test_a_record_comes_back_as_it_was_stored(ledger, storage):
    ledger.enqueue([TRIAL])
    assert ledger.records([TRIAL]) == {}
    claim = ledger.claim([TRIAL])
    assert ledger.finish(claim, record_of(TRIAL))
    again = Ledger(storage, Trial)
    assert again.records([TRIAL]) == {TRIAL.name: record_of(TRIAL)}
    assert again.records_of("jax") == [record_of(TRIAL)]
    again.storage.engine.dispose()


def test_not_a_number_comes_back(ledger):
    ledger.enqueue([TRIAL])
    ledger.finish(ledger.claim([TRIAL]), record_of(TRIAL, valid=float("nan")))
    record = ledger.records([TRIAL])[TRIAL.name]
    assert math.isnan(record.score("nll", "valid"))
    assert math.isnan(record.history["valid_nll"][-1])
    (row,) = ledger._found(TRIAL.competition, TrialState.COMPLETE)
    assert row.user_attrs["record"]["scores"]["nll"]["valid"]["pooled"] is None
    assert row.values == [math.inf]


def test_trials_are_claimed_once_and_in_order(ledger):
    ledger.enqueue(TRIALS)
    ledger.enqueue(TRIALS)
    backwards = TRIALS[::-1]
    claims = [ledger.claim(backwards) for _ in TRIALS]
    assert [claim.trial for claim in claims] == backwards
    assert ledger.claim(TRIALS) is None


def test_trials_of_other_plans_are_left_alone(ledger):
    ledger.enqueue(TRIALS)
    assert ledger.claim(TRIALS[2:3]).trial == TRIALS[2]
    assert ledger.claim(TRIALS[2:3]) is None


def test_a_trial_that_was_given_back_can_be_claimed(ledger):
    ledger.enqueue([TRIAL])
    ledger.give_back(ledger.claim([TRIAL]))
    assert ledger.states([TRIAL])[TRIAL.name].status == "waiting"
    assert ledger.claim([TRIAL]).trial == TRIAL


def test_a_failed_trial_waits_for_the_next_run(ledger):
    ledger.enqueue([TRIAL])
    ledger.fail(ledger.claim([TRIAL]), "ValueError: why")
    state = ledger.states([TRIAL])[TRIAL.name]
    assert (state.status, state.error) == ("failed", "ValueError: why")
    assert ledger.claim([TRIAL]) is None
    ledger.enqueue([TRIAL])
    assert ledger.finish(ledger.claim([TRIAL]), record_of(TRIAL))
    assert ledger.states([TRIAL]) == {}


def test_what_a_trial_raised_is_kept_until_it_completes(ledger):
    ledger.enqueue(TRIALS)
    for claim in [ledger.claim(TRIALS) for _ in range(2)]:
        ledger.fail(claim, "KeyError: 'x\x00'", "Traceback\n \ud800")
    first, second = ledger.failures_of("jax")
    assert [first.name, second.name] == [t.name for t in TRIALS[:2]]
    assert first.error == "KeyError: 'x\x00'"
    assert first.traceback == "Traceback\n \ud800"
    assert first.worker.endswith(f":{os.getpid()}")
    assert ledger.failures_of("torch") == []
    ledger.enqueue(TRIALS[:1])
    assert [f.name for f in ledger.failures_of("jax")] == [TRIALS[1].name]
    ledger.finish(ledger.claim(TRIALS[:1]), record_of(TRIALS[0]))
    assert [f.name for f in ledger.failures_of("jax")] == [TRIALS[1].name]


def test_the_states_of_other_plans_are_not_told(ledger):
    ledger.enqueue(TRIALS)
    assert list(ledger.states(TRIALS[2:3])) == [TRIALS[2].name]


def let_pass(ledger, heartbeats):
    """Makes every sign of life in the ledger older, in place of waiting."""
    with sqlalchemy.orm.Session(ledger.storage.engine) as session:
        for row in session.query(TrialHeartbeatModel):
            row.heartbeat -= timedelta(seconds=heartbeats * ledger.heartbeat)
        session.commit()


def test_a_trial_without_heartbeats_is_run_again_and_its_late_record_refused(ledger):
    ledger.enqueue([TRIAL])
    dead = ledger.claim([TRIAL])
    let_pass(ledger, GRACE - 0.5)
    ledger.retry_dead([TRIAL])
    assert ledger.claim([TRIAL]) is None
    let_pass(ledger, 1)
    ledger.retry_dead([TRIAL])
    claim = ledger.claim([TRIAL])
    assert claim.trial == TRIAL
    assert ledger.finish(claim, record_of(TRIAL))
    assert not ledger.finish(dead, record_of(TRIAL, valid=1.0))
    assert ledger.records([TRIAL]) == {TRIAL.name: record_of(TRIAL)}


def test_a_trial_whose_rescuer_died_too_is_run_again(ledger):
    """Failed for its missing heartbeats, and never added anew."""
    ledger.enqueue([TRIAL])
    dead = ledger.claim([TRIAL])
    ledger.storage.set_trial_state_values(dead.number, TrialState.FAIL)
    assert ledger.claim([TRIAL]) is None
    ledger.retry_dead([TRIAL])
    assert ledger.claim([TRIAL]).trial == TRIAL


def test_a_trial_that_kills_its_process_again_and_again_is_given_up(ledger):
    ledger.enqueue([TRIAL])
    runs = 0
    while (claim := ledger.claim([TRIAL])) is not None:
        runs += 1
        ledger.storage.set_trial_state_values(claim.number, TrialState.FAIL)
        ledger.retry_dead([TRIAL])
    assert runs == MAX_RETRIES + 1
    assert "process died" in ledger.states([TRIAL])[TRIAL.name].error
    (failure,) = ledger.failures_of("jax")
    assert "too little memory" in failure.error


def test_a_trial_with_heartbeats_is_left_to_its_process(ledger):
    ledger.enqueue([TRIAL])
    claim = ledger.claim([TRIAL])
    for _ in range(3):
        let_pass(ledger, GRACE - 0.5)
        ledger.beat(claim)
        ledger.retry_dead([TRIAL])
    assert ledger.claim([TRIAL]) is None


class Killed(BaseException):
    """What ends a process between two lines."""


def test_a_trial_whose_process_died_as_it_claimed_it_is_run_again(ledger, monkeypatch):
    ledger.enqueue([TRIAL])
    take = ledger.storage.set_trial_state_values

    def die_of_taking(*arguments):
        take(*arguments)
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(ledger.storage, "set_trial_state_values", die_of_taking)
        ledger.claim([TRIAL])
    assert ledger.states([TRIAL])[TRIAL.name].status == "running"
    let_pass(ledger, GRACE + 1)
    ledger.retry_dead([TRIAL])
    assert ledger.claim([TRIAL]).trial == TRIAL


def test_progress_is_told(ledger):
    ledger.enqueue([TRIAL])
    claim = ledger.claim([TRIAL])
    for epoch, score in ((1, 9.0), (2, 8.0), (4, 8.5)):
        ledger.report(claim, epoch, score)
    state = ledger.states([TRIAL])[TRIAL.name]
    assert (state.status, state.epoch, state.score, state.best) == (
        "running",
        4,
        8.5,
        8.0,
    )


def test_other_settings_are_refused_and_the_difference_named(ledger):
    ledger.enqueue([TRIAL])
    with pytest.raises(ValueError, match=r"max_epochs is 6 there and 7 here.*--out"):
        ledger.enqueue([trial(max_epochs=7)])


def test_a_trial_added_twice_at_one_moment_is_run_once(ledger, storage):
    """Two machines that both saw no trial, and both add it."""
    from reproduce.ledger.rows import waiting_row

    for _ in range(2):
        ledger._study(TRIAL.competition).add_trial(waiting_row(TRIAL))
    assert ledger.claim([TRIAL]).trial == TRIAL
    assert ledger.claim([TRIAL]) is None


def test_baselines_are_kept(ledger):
    assert ledger.baselines() == []
    rows = [{"dataset": "speech_a", "name": "linear autoregression"}]
    ledger.set_baselines("speech_a", rows)
    assert ledger.baselines() == rows
    assert ledger.records_of("jax") == []


CLAIM_ON_A_WORD = """
import sys
from reproduce.ledger import Ledger
from tests.reproduce.examples import record_of, trial
trials = [trial(candidate=candidate) for candidate in range(40)]
ledger = Ledger(sys.argv[1], trials[0].__class__)
print("ready", flush=True)
for _ in sys.stdin:
    claim = ledger.claim(trials)
    if claim is None:
        break
    print(claim.trial.candidate, flush=True)
    ledger.finish(claim, record_of(claim.trial))
"""


def test_processes_that_share_a_study_claim_every_trial_once(ledger, storage):
    trials = [trial(candidate=candidate) for candidate in range(40)]
    ledger.enqueue(trials)
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CLAIM_ON_A_WORD, storage],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(2)
    ]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    # Both are asked at one moment, again and again: storage need not be fair, so
    # a process left to itself may find that the other has claimed them all.
    claimed = []
    for _ in range(20):
        for process in processes:
            print(file=process.stdin, flush=True)
        claimed += [int(process.stdout.readline()) for process in processes]
    for process in processes:
        process.communicate(timeout=600)
        assert process.returncode == 0
    assert sorted(claimed) == list(range(40))
    assert len(ledger.records(trials)) == 40


OPEN = """
import sys
from reproduce.ledger import Ledger
from reproduce.studies.chung2014.trial import Trial
Ledger(sys.argv[1], Trial)
"""


@pytest.mark.exhaustive
def test_processes_may_open_a_new_ledger_at_one_moment(storage):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", OPEN, storage],
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for _ in range(3)
    ]
    errors = [process.communicate(timeout=600)[1] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0], errors


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("sqlite:////nowhere/ledger.db", "/nowhere/ledger.db cannot be opened"),
        ("postgresql://nobody@127.0.0.1:9/none", "cannot be opened"),
        ("no address", "cannot be opened"),
        ("sqlite://", "in the memory of one process"),
    ],
)
def test_a_ledger_that_cannot_be_opened_is_named(url, message):
    with pytest.raises(ValueError, match=message):
        Ledger(url, Trial)


def test_what_was_never_added_has_no_record_and_no_state(ledger):
    assert ledger.records(TRIALS) == {}
    assert ledger.states(TRIALS) == {}
    assert ledger.claim(TRIALS) is None


def test_a_ledger_of_another_study_is_refused(ledger, storage):
    from reproduce.studies.odyssey2015.trial import Trial as Other

    Ledger(storage, Other).storage.engine.dispose()
    ledger.enqueue([TRIAL])
    with pytest.raises(ValueError, match=r"holds chung2014-.*this one is odyssey2015"):
        Ledger(storage, Other)


def test_studies_of_others_in_the_data_base_are_left_alone(ledger, storage):
    ledger.enqueue([TRIAL])
    name = f"{TRIAL.study}-of-somebody"
    ledger._study(name).add_trial(create_trial(value=1.0))
    again = Ledger(storage, Trial)
    assert again.records_of("jax") == []
    again.storage.engine.dispose()
