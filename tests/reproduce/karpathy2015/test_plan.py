from collections import Counter

import pytest

from reproduce.studies.karpathy2015 import paper
from reproduce.studies.karpathy2015.options import Options
from reproduce.studies.karpathy2015.plan import plan
from tests.reproduce.karpathy2015.tiny import task_of

TASK = task_of()


def planned(**options):
    return plan(Options(**options), "war_and_peace", TASK)


def test_the_default_are_rows_64_and_128():
    trials = planned()
    models = {(t.row, t.layers, t.unit) for t in trials}
    assert len(trials) == len(models) == 18
    assert Counter(t.row for t in trials) == {64: 9, 128: 9}
    assert {(t.max_epochs, t.patience) for t in trials} == {(15, 15)}
    assert [t.model for t in trials if t.is_looked_into] == [
        ("lstm", 2, 64),
        ("lstm", 3, 128),
        ("gru", 3, 128),
    ]
    assert [t.model for t in trials if t.is_watched] == [("lstm", 2, 64)]


def test_the_whole_table_is_the_papers():
    trials = planned(full=True)
    assert len(trials) == 33
    assert {t.max_epochs for t in trials} == {50}
    for numbers in paper.NETWORKS.values():
        assert {(t.unit, t.row) for t in trials} == set(numbers)
    assert Options(full=True).dataset == ("war_and_peace", "linux_kernel")


def test_a_quick_run_is_small():
    trials = planned(quick=True)
    assert {(t.row, t.max_epochs) for t in trials} == {(64, 2)}
    assert len(trials) == 6
    folders = {
        Options(quick=quick, protocol=protocol).folder
        for quick in (False, True)
        for protocol in ("paper", "ours")
    }
    assert len(folders) == 4


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kernel": True}, ("war_and_peace", "linux_kernel")),
        ({"kernel": True, "dataset": ("linux_kernel",)}, ("linux_kernel",)),
        (
            {"dataset": ("all",)},
            (
                "war_and_peace",
                "war_and_peace_tail",
                "linux_kernel",
                "linux_kernel_tail",
            ),
        ),
    ],
)
def test_texts(asked, found):
    assert Options(**asked).dataset == found


def test_names_tell_models_and_seeds_apart():
    trials = planned(seeds=(0, 1))
    assert len({trial.name for trial in trials}) == len(trials) == 36
