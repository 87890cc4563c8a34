"""Settings of the draw, compared by what models write."""

import numpy as np
import pandas as pd
import pytest

from reproduce.command_line import main
from reproduce.studies.tunes import comparison, data, writers
from reproduce.studies.tunes.beside import asked_headers
from reproduce.studies.tunes.comparison import compare_settings
from reproduce.studies.tunes.judging import judge
from reproduce.studies.tunes.training import TuneTraining
from reproduce.studies.tunes.writers import Writer
from reproduce.studies.tunes.writing import Written, write_tunes
from tests.reproduce.tunes.tiny import DATA, task_of, trial_of

TASK = task_of()
SETTINGS = [(0.5, 1.0), (1.0, 0.7)]


@pytest.fixture(scope="module")
def writer():
    """A model with initial weights."""
    model = TuneTraining().build(trial_of(TASK), TASK)
    return Writer(model, TASK.vocabulary, 60)


def test_each_setting_is_judged_as_in_the_study(writer):
    table = compare_settings({"GRU": writer}, TASK, SETTINGS, samples=8, seed=3)
    assert table["origin"].tolist() == ["held-out tunes", "GRU", "GRU"]
    assert table["tunes"].tolist() == [len(DATA.test), 8, 8]
    known = judge(
        [Written(tune, True) for tune in DATA.test],
        [(tune.meter, tune.key) for tune in DATA.test],
        DATA.train,
    )
    headers = asked_headers(TASK, 8)
    for row, (temperature, top_p) in zip(table[1:].itertuples(), SETTINGS, strict=True):
        assert (row.temperature, row.top_p) == (temperature, top_p)
        written = write_tunes(
            writer.model, TASK.vocabulary, headers, 60, temperature, top_p, seed=3
        )
        judged = judge(written, headers, DATA.train)
        for column in ("well_formed", "tokens", "copied"):
            assert getattr(row, column) == pytest.approx(judged[column].mean())
        assert row.copied_low <= row.copied <= row.copied_high
        longer = judged["copied"].mean() - known["copied"].mean()
        assert row.longer == pytest.approx(longer)
        assert row.longer_low < row.longer < row.longer_high
    assert np.isnan(table["longer"][0])


def test_the_command(writer, run_here, monkeypatch, tmp_path):
    loaded = []
    monkeypatch.setattr(writers, "load_writer", lambda u: loaded.append(u) or writer)
    monkeypatch.setattr(data, "load_task", lambda *_: TASK)
    status, printed = run_here(
        *(main, "tunes", "settings", "--units", "gru", "--samples", 4),
        *("--temperature", 0.5, 2, "--top-p", 1, 0.8, "--out", tmp_path / "out"),
    )
    assert status == 0, printed.err
    assert loaded == ["gru"]
    table = pd.read_csv(tmp_path / "out" / "settings.csv")
    asked = list(zip(table["temperature"], table["top_p"], strict=True))
    assert asked[1:] == [(0.5, 1), (0.5, 0.8), (2, 1), (2, 0.8)]
    assert (tmp_path / "out" / "settings.png").stat().st_size > 10_000


def test_what_cannot_be_written_is_found_out_first(run_here, monkeypatch, tmp_path):
    monkeypatch.setattr(
        comparison, "compare_settings", lambda *_: pytest.fail("was begun")
    )
    (tmp_path / "file").touch()
    status, printed = run_here(
        main, "tunes", "settings", "--out", tmp_path / "file" / "out"
    )
    assert status == 1
    assert "file" in printed.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--temperature", "0"], "Must be > 0"),
        (["--top-p", "0"], "Must be > 0"),
        (["--samples", "0"], "Must be >= 1"),
        (["--units", "elman"], "gru"),
    ],
)
def test_bad_usage(arguments, message, run_here):
    status, printed = run_here(main, "tunes", "settings", *arguments)
    assert status == 2
    assert message in printed.err
