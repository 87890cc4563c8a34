import pytest

from reproduce.studies.karpathy2015.sizes import model_parameters, units_for
from reproduce.studies.karpathy2015.training import CharacterTraining
from tests.reproduce.karpathy2015.tiny import task_of, trial_of

SYMBOLS = 87


@pytest.mark.parametrize("row", [64, 128, 256, 512])
def test_models_of_a_row_are_equally_large(row):
    budget = model_parameters("lstm", row, 1, SYMBOLS)
    for unit in ("lstm", "gru", "tanh"):
        for layers in (1, 2, 3):
            units = units_for(unit, layers, row, SYMBOLS)
            found = model_parameters(unit, units, layers, SYMBOLS)
            assert found == pytest.approx(budget, rel=0.03)
            for other in (units - 1, units + 1):
                further = model_parameters(unit, other, layers, SYMBOLS)
                assert abs(further - budget) >= abs(found - budget)


def test_the_rows_are_the_papers():
    # 50K, 130K, 400K and 1.3M with the paper's 101 symbols of the kernel.
    found = [model_parameters("lstm", row, 1, 101) for row in (64, 128, 256, 512)]
    assert found == [49_061, 130_789, 392_549, 1_309_285]


@pytest.mark.parametrize("unit", ["lstm", "gru", "tanh"])
def test_counts_are_those_of_the_model(unit):
    task = task_of()
    trial = trial_of(task, unit, layers=3)
    training = CharacterTraining()
    found = training.parameters(training.build(trial, task))
    expected = model_parameters(unit, trial.units, 3, task.input_size)
    head = (trial.units + 1) * task.input_size
    assert found == {"recurrent": expected - head, "total": expected}
