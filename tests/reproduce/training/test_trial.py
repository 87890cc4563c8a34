import math
from dataclasses import replace
from importlib import import_module

import keras
import numpy as np
import pytest

import keras_gated
from keras_gated.datasets import SequenceBatches
from keras_gated.models import UNITS
from reproduce.studies.chung2014.protocols import PROTOCOLS
from reproduce.studies.chung2014.training.build import build_model
from reproduce.task import SPLITS
from reproduce.training.arrays import load_arrays
from reproduce.training.pieces import cut
from reproduce.training.scores import score
from reproduce.training.trial import _steps_per_execution, forget_checkpoint
from tests.reproduce.examples import small_task, trial
from tests.reproduce.training.running import TRAINING, run_trial
from tests.tiers import exhaustive_elsewhere

pytestmark = pytest.mark.everywhere


def silent(epoch, score):
    pass


@exhaustive_elsewhere
@pytest.mark.parametrize("unit", UNITS)
def test_a_trial_learns_and_records_what_it_did(unit, backend, tmp_path):
    heard = []
    config = trial(unit=unit, backend=backend, max_epochs=12, patience=12)
    record = run_trial(
        config, small_task(), tmp_path, lambda *event: heard.append(event)
    )
    history = record.history
    valid = history["valid_nll"]
    assert valid[-1] < 0.8 * valid[0]
    assert heard == list(zip(range(1, 13), valid, strict=True))
    assert record.trial == config
    assert history["updates"] == [6] * 12
    assert all(len(column) == 12 for column in history.values())
    assert all(0 < norm < 100 for norm in history["gradient_norm"])
    assert all(0 <= share <= 1 for share in history["clipped_share"])
    versions = {
        module.__name__: module.__version__
        for module in (keras_gated, keras, np, import_module(backend))
    }
    assert record.versions.items() >= versions.items()
    assert set(record.versions) - set(versions) == {"python", "machine"}
    assert record.seconds == math.fsum(history["seconds"]) > 0
    for averages in record.scores["nll"].values():
        assert averages["pooled"] < valid[0]


@pytest.mark.once
def test_scores_are_those_of_the_best_epoch_without_noise(backend, tmp_path):
    config = trial(
        {"weight_noise": 0.5},
        backend=backend,
        learning_rate=0.3,
        max_epochs=8,
        patience=8,
    )
    record = run_trial(config, small_task(), tmp_path, silent)
    valid = record.history["valid_nll"]
    assert record.best_epoch == np.argmin(valid) + 1
    np.testing.assert_allclose(
        record.scores["nll"]["valid"]["pooled"], np.min(valid), rtol=1e-5
    )
    assert record.scores["nll_with_noise"]["valid"] != record.scores["nll"]["valid"]


@pytest.mark.once
@pytest.mark.parametrize(
    "recipe",
    [
        {"optimizer": "adam", "window": 3},
        {"optimizer": "adam", "averaging": 0.5},
        {"optimizer": "floored_rmsprop", "clip": "gradient"},
    ],
    ids=lambda recipe: "-".join(map(str, recipe.values())),
)
def test_the_weights_file_holds_the_best_weights(recipe, backend, tmp_path):
    config = trial(
        {**recipe, "weight_noise": 0.0},
        unit="tanh",
        backend=backend,
        learning_rate=0.05,
        max_epochs=4,
    )
    task = small_task()
    # The more is learned, the worse it does on what is the other way round.
    inputs, targets = task.splits["valid"]
    upside_down = (inputs, [1 - target for target in targets])
    task = replace(task, splits={**task.splits, "valid": upside_down})
    record = run_trial(config, task, tmp_path, silent)
    assert record.best_epoch < 4
    groups, notes = load_arrays(tmp_path / "weights" / f"{config.name}.npz")
    assert notes == {"name": config.name, "config": config.config}
    model = build_model(config, task)
    model.set_weights(groups["weights"])
    loss = task.loss(reduction="none")
    for split, found in record.scores["nll"].items():
        batches = SequenceBatches(*task.splits[split], 3, shuffle=False)
        assert score(model, loss, batches) == pytest.approx(found, rel=1e-5)
    assert record.scores["nll"]["valid"]["pooled"] == pytest.approx(
        min(record.history["valid_nll"]), rel=1e-5
    )
    assert "nll_with_noise" not in record.scores


@pytest.mark.once
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_training_score_is_a_mean_over_steps(reduction, backend, tmp_path):
    config = trial(
        {"reduction": reduction, "weight_noise": 0.0},
        backend=backend,
        learning_rate=1e-12,
        max_epochs=1,
    )
    record = run_trial(config, small_task(), tmp_path, silent)
    (logged,) = record.history["train_nll_with_noise"]
    assert logged == pytest.approx(record.scores["nll"]["train"]["pooled"], rel=1e-4)


@pytest.mark.once
def test_the_sum_has_the_larger_gradient(backend, tmp_path):
    norms = []
    for reduction in ("mean", "sum"):
        config = trial({"reduction": reduction}, backend=backend, max_epochs=1)
        record = run_trial(config, small_task(), tmp_path / reduction, silent)
        norms.append(record.history["gradient_norm"][0])
    assert norms[1] > 10 * norms[0]


@pytest.mark.once
def test_a_trial_stops_when_validation_gets_no_better(backend, tmp_path):
    config = trial(backend=backend, learning_rate=1e-12, max_epochs=50, patience=2)
    record = run_trial(config, small_task(), tmp_path, silent)
    assert len(record.history["seconds"]) == record.best_epoch + 2 < 50


@pytest.mark.once
def test_a_trial_ends_early_by_what_it_has_not_reached(backend, tmp_path):
    config = trial(backend=backend, max_epochs=6)
    whole = run_trial(config, small_task(), tmp_path / "whole", silent)
    reached = min(whole.history["valid_nll"][:2])
    for above, epochs in ((reached + 1e-3, 6), (reached - 1e-3, 2)):
        judged = replace(config, prune_epoch=2, prune_above=above)
        record = run_trial(judged, small_task(), tmp_path / str(epochs), silent)
        valid = record.history["valid_nll"]
        assert len(valid) == epochs
        assert valid == pytest.approx(whole.history["valid_nll"][:epochs])
        assert record.score("nll", "valid") == pytest.approx(min(valid), rel=1e-5)


def test_the_same_trial_gives_the_same_history(backend, tmp_path):
    config = trial(backend=backend, max_epochs=3)
    first, second = (
        run_trial(config, small_task(), tmp_path / name, silent) for name in "ab"
    )
    for name in ("train_nll_with_noise", "valid_nll", "gradient_norm"):
        assert first.history[name] == second.history[name]
    assert first.scores["nll"] == second.scores["nll"]
    assert first.scores["nll_with_noise"] == second.scores["nll_with_noise"]


@pytest.mark.once
def test_a_model_has_the_parameters_that_are_recorded(backend, tmp_path):
    config = trial(backend=backend, max_epochs=1, layer_arguments={"reset_after": True})
    record = run_trial(config, small_task(), tmp_path, silent)
    # Three gates of 5 units, 6 inputs and two biases; a head of 6 outputs.
    recurrent = 3 * 5 * (6 + 5 + 2)
    assert record.parameters == {"recurrent": recurrent, "total": recurrent + 36}


@pytest.mark.once
def test_other_data_than_planned_is_named(tmp_path):
    config = trial(data_fingerprint="planned")
    with pytest.raises(ValueError, match=r"other data .*planned there, made up in"):
        run_trial(config, small_task(), tmp_path, silent)


@pytest.mark.once
def test_a_checkpoint_is_forgotten_when_asked(backend, tmp_path):
    config = trial(backend=backend, max_epochs=3)
    forget_checkpoint(config, tmp_path)
    run_trial(config, small_task(), tmp_path, silent, checkpoint_seconds=0)
    assert list((tmp_path / "checkpoints").iterdir())
    forget_checkpoint(config, tmp_path)
    assert not list((tmp_path / "checkpoints").iterdir())


@pytest.mark.once
def test_no_checkpoint_before_its_time(backend, tmp_path):
    config = trial(backend=backend, max_epochs=3)
    run_trial(config, small_task(), tmp_path, silent, checkpoint_seconds=1000)
    assert not (tmp_path / "checkpoints").exists()


@pytest.mark.once
@pytest.mark.parametrize("window", [1, 2, 7, 20])
def test_pieces_join_to_the_sequence_and_are_near_the_window(window):
    sequences = [np.arange(length) for length in range(1, 100)]
    for sequence in sequences:
        pieces = cut([sequence], window)
        np.testing.assert_array_equal(np.concatenate(pieces), sequence)
        lengths = [len(piece) for piece in pieces]
        assert max(lengths) - min(lengths) <= 1
        assert min(lengths) >= min(len(sequence), math.floor(window * 2 / 3))
        assert max(lengths) <= math.ceil(window * 3 / 2)
    together = cut(sequences, window)
    one_by_one = [piece for sequence in sequences for piece in cut([sequence], window)]
    assert list(map(list, together)) == list(map(list, one_by_one))


@pytest.mark.once
def test_a_window_makes_more_updates(backend, tmp_path):
    updates = []
    for window in (0, 2):
        config = trial({"window": window}, backend=backend, max_epochs=1)
        record = run_trial(config, small_task(), tmp_path / str(window), silent)
        updates += record.history["updates"]
    assert updates[1] > 1.5 * updates[0]


@pytest.mark.once
@pytest.mark.parametrize(("longest", "lengths"), [(300, 2), (301, 8)])
def test_only_long_pieces_are_padded_to_many_lengths(longest, lengths):
    """Each is a program to compile, and steps that are not computed in vain."""
    pieces = [np.zeros((length, 1), "uint8") for length in range(longest, 0, -5)]
    task = replace(small_task(), splits=dict.fromkeys(SPLITS, (pieces, pieces)))
    evaluation = TRAINING.evaluation_batches(task).values()
    batches = [TRAINING.batches(trial(), task), *evaluation]
    found = [len(each.padded_lengths) for each in batches]
    # One less where it serves as well.
    assert found[0] == lengths
    assert {lengths - 1, lengths} >= set(found)


@pytest.mark.once
@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_every_protocol_trains(protocol, backend, tmp_path):
    config = trial(
        vars(PROTOCOLS[protocol].recipes["jsb_chorales", "gru"]),
        protocol=protocol,
        backend=backend,
        max_epochs=10,
    )
    valid = run_trial(config, small_task(), tmp_path, silent).history["valid_nll"]
    assert min(valid) < valid[0]


@pytest.mark.parametrize(
    ("backend", "length", "valid", "expected"),
    [
        ("torch", 10, 3, 1),
        ("jax", 10, 3, 40),
        # 16 MiB for a batch in training, of which four fit; 32 MiB in validation.
        ("jax", 1 << 18, 1, 4),
        ("jax", 1 << 18, 3, 2),
        ("jax", 1 << 21, 1, 1),
    ],
)
def test_a_program_has_all_steps_whose_batches_are_small(
    backend, length, valid, expected
):
    def batches(count, size):
        sequence = np.broadcast_to(np.float32(0), (length, 1))
        sequences = [sequence] * (count * size)
        return SequenceBatches(sequences, sequences, size, padded_lengths=1)

    found = _steps_per_execution(
        trial(backend=backend), batches(40, 8), batches(valid, 16)
    )
    assert found == expected
