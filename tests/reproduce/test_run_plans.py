"""What the command trains: with no option, and with each that changes how much."""

import os
from collections import Counter

import pytest

from reproduce import running
from reproduce.command_line import main
from reproduce.sweep.local_crew import LocalCrew


@pytest.fixture
def asked(monkeypatch, run_here):
    """Runs the command up to the sweep, and returns its job and what hires a crew."""
    found = []

    def enqueue(job, ledger, display, hire):
        ledger.enqueue(job.trials)
        found.append((job, hire))

    monkeypatch.setattr(running, "run_sweep", enqueue)

    def run(*arguments):
        status, printed = run_here(main, "--backend", "torch", *arguments)
        # None of the trials was trained.
        assert status == 1
        assert found, printed.err
        job, hire = found.pop()
        return job, hire, printed.out

    return run


def test_without_options(asked, tmp_path):
    job, _, printed = asked()
    out = tmp_path / "results" / "quick-torch"
    assert (job.out, job.storage) == (out, f"sqlite:///{out / 'ledger.db'}")
    assert (job.heartbeat, job.checkpoint_seconds, job.data_dir) == (5, 20.0, None)
    trials = job.trials
    assert Counter(trial.unit for trial in trials) == {"lstm": 3, "gru": 3, "tanh": 3}
    assert {
        (t.protocol, t.arm, t.dataset, t.encoding, t.seed, t.backend) for t in trials
    } == {("paper", "table1", "jsb_chorales", "piano", 0, "torch")}
    assert {(t.max_epochs, t.patience) for t in trials} == {(300, 30)}
    assert "Trials on torch: 9, " in printed
    assert f"Results: {out}" in printed
    assert "0 of 9 trials are finished and kept" in printed


def test_a_full_run(asked, tmp_path):
    job, _, _ = asked("--full", "--seeds", 3, 1, "--units", "gru")
    assert job.out == tmp_path / "results" / "full-torch"
    assert Counter(trial.seed for trial in job.trials) == {3: 10, 1: 10}
    assert {(t.max_epochs, t.patience) for t in job.trials} == {(350, 40)}


def test_options_that_cut_it_short(asked, tmp_path):
    job, _, _ = asked(
        *("--trials", 2, "--epochs", 7, "--patience", 4, "--units", "tanh", "lstm"),
        *("--heartbeat", 9, "--checkpoint-seconds", 3.5, "--out", "here"),
        *("--storage", f"sqlite:///{tmp_path / 'elsewhere.db'}", "--encoding", "paper"),
        *("--data-dir", os.environ["KERAS_GATED_DATA"]),
    )
    assert Counter(trial.unit for trial in job.trials) == {"tanh": 2, "lstm": 2}
    assert {(t.max_epochs, t.patience, t.encoding) for t in job.trials} == {
        (7, 4, "paper")
    }
    assert (job.heartbeat, job.checkpoint_seconds) == (9, 3.5)
    assert job.out == tmp_path / "here"
    assert job.storage == f"sqlite:///{tmp_path / 'elsewhere.db'}"
    assert str(job.data_dir) == os.path.realpath(os.environ["KERAS_GATED_DATA"])


def test_protocols_and_arms_are_all_run(asked):
    job, _, _ = asked(
        *("--protocol", "ours", "paper", "--arms", "table1", "no_peepholes"),
        *("--units", "lstm", "tanh"),
    )
    found = Counter((t.protocol, t.arm, t.unit) for t in job.trials)
    # The LSTM alone has peepholes; ours has one rate.
    assert found == {
        ("ours", "table1", "lstm"): 1,
        ("ours", "table1", "tanh"): 1,
        ("ours", "no_peepholes", "lstm"): 1,
        ("paper", "table1", "lstm"): 3,
        ("paper", "table1", "tanh"): 3,
        ("paper", "no_peepholes", "lstm"): 3,
    }


@pytest.mark.parametrize(("workers", "hired"), [(2, 2), (50, 9)])
def test_there_are_no_more_workers_than_trials(workers, hired, asked, monkeypatch):
    started = []
    monkeypatch.setattr(LocalCrew, "__init__", lambda *crew: started.append(crew[1:]))
    job, hire, printed = asked("--workers", workers)
    assert isinstance(hire(job), LocalCrew)
    assert started == [(job, hired)]
    assert f"Trials on torch: 9, {hired} at a time, one thread each." in printed
