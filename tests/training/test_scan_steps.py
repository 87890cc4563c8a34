"""Several steps in one program give what `fit` gives step by step."""

import keras
import numpy as np
import pytest

from keras_gated import _keras_trainer
from keras_gated.callbacks import GradientClipping, WallClock
from keras_gated.datasets import SequenceBatches
from keras_gated.layers import GRU, WeightNoise
from keras_gated.losses import MixtureNLL
from keras_gated.metrics import MeanNLL
from keras_gated.training import scan_steps
from keras_gated.training._batch_groups import Groups

BACKEND = keras.backend.backend()
needs_jax = pytest.mark.skipif(
    BACKEND != "jax" or _keras_trainer.stacks_batches(),
    reason="Keras compiles steps itself, or takes one at a time",
)
RNG = np.random.default_rng(5)
SEQUENCES = [RNG.normal(size=(length, 2)) for length in RNG.integers(2, 9, 22)]
SIZE = 2
COMPONENTS = 2
MAX_NORM = 1.2


class Moments(keras.callbacks.Callback):
    """Keeps what a callback is told, and when."""

    def __init__(self):
        super().__init__()
        self.seen = []

    def on_train_batch_end(self, batch, logs=None):
        self.seen.append((batch, sorted(logs), int(logs["loss"] > -np.inf)))

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append((epoch, sorted(set(logs) - {"seconds"})))


class Interrupting(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            raise KeyboardInterrupt


def batches(shuffle=True):
    return SequenceBatches.next_step(
        SEQUENCES, SIZE, seed=3, padded_lengths=2, shuffle=shuffle
    )


def noisy_model(steps, averaged=False, **arguments):
    """Noise, masks, a metric with weights, an average of the weights: all at once."""
    keras.utils.set_random_seed(1)
    loss = MixtureNLL(COMPONENTS)
    model = keras.Sequential(
        [
            keras.Input((None, 2)),
            keras.layers.Masking(),
            WeightNoise(GRU(3, return_sequences=True), 0.1, seed=2),
            keras.layers.Dense(COMPONENTS * 5),
        ]
    )
    arguments = {"jit_compile": BACKEND != "torch", **arguments}
    model.compile(
        keras.optimizers.Adam(0.01, use_ema=averaged, ema_momentum=0.5),
        loss,
        weighted_metrics=[MeanNLL(loss)],
        steps_per_execution=steps,
        **arguments,
    )
    return model


def fit(model, epochs=3, extra=(), data=None):
    data = data or batches()
    history = model.fit(
        data,
        validation_data=batches(shuffle=False),
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[
            data.epoch_callback(),
            WallClock(),
            GradientClipping(MAX_NORM),
            *extra,
        ],
    ).history
    del history["seconds"]
    return history


def assert_same(model, history, expected_model, expected_history):
    assert set(history) == set(expected_history)
    for name, values in expected_history.items():
        np.testing.assert_allclose(history[name], values, 1e-5, err_msg=name)
    for one, other in zip(model.weights, expected_model.weights, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), 1e-4, 1e-6)


@needs_jax
@pytest.mark.parametrize("steps", [4, 12])
def test_numbers_are_those_of_fit(steps):
    """Also where the last program is shorter, and where one is all of an epoch."""
    step_by_step = noisy_model(1, averaged=True)
    model = scan_steps(noisy_model(steps, averaged=True))
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    expected = fit(step_by_step, extra=[swap])
    swap = keras.callbacks.SwapEMAWeights(swap_on_epoch=True)
    found = fit(model, extra=[swap])
    assert 0 < expected["clipped_share"][0] < 1, expected
    assert_same(model, found, step_by_step, expected)
    assert model.optimizer.iterations == step_by_step.optimizer.iterations


@needs_jax
def test_a_program_takes_all_its_steps(monkeypatch):
    starts = []
    make = _keras_trainer.make_function

    def counting(model, kind):
        make(model, kind)
        function = getattr(model, f"{kind}_function")

        def counted(*args):
            starts.append(kind)
            return function(*args)

        setattr(model, f"{kind}_function", counted)

    monkeypatch.setattr(_keras_trainer, "make_function", counting)
    fit(scan_steps(noisy_model(5)), epochs=1)
    programs = -(-len(batches()) // 5)
    assert starts == ["train"] * programs + ["test"] * programs
    assert programs > 1


@needs_jax
def test_callbacks_hear_what_they_hear_without_it():
    heard = []
    for change in (lambda model: model, scan_steps):
        moments = Moments()
        fit(change(noisy_model(5)), 2, [moments])
        heard.append(moments.seen)
    assert heard[0] == heard[1]


@needs_jax
def test_an_array_with_a_smaller_last_batch():
    x, y = RNG.normal(size=(2, 21, 3))
    weight = RNG.uniform(size=21)

    def train(steps):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
        model.compile("adam", "mse", steps_per_execution=steps)
        arguments = {"batch_size": 2, "epochs": 2, "shuffle": False, "verbose": 0}
        scan_steps(model)
        return model, model.fit(x, y, sample_weight=weight, **arguments).history

    assert_same(*train(4), *train(1))


@needs_jax
def test_inputs_by_name_and_without_targets():
    x = {"a": RNG.normal(size=(9, 2)), "b": RNG.normal(size=(9, 3))}

    def train(steps):
        keras.utils.set_random_seed(1)
        inputs = {"a": keras.Input((2,), name="a"), "b": keras.Input((3,), name="b")}
        joined = keras.layers.Concatenate()([inputs["a"], inputs["b"]])
        dense = keras.layers.Dense(1, activity_regularizer="l2")
        model = keras.Model(inputs, dense(joined))
        model.compile("sgd", steps_per_execution=steps)
        return model, scan_steps(model).fit(x, batch_size=2, verbose=0).history

    with_names, step_by_step = train(3), train(1)
    assert_same(*with_names, *step_by_step)


@needs_jax
def test_resumes_from_a_backup(tmp_path):
    expected_model = scan_steps(noisy_model(5))
    expected = fit(expected_model, 4)

    def backup():
        return keras.callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(KeyboardInterrupt):
        fit(scan_steps(noisy_model(5)), 4, [backup(), Interrupting()])
    model = scan_steps(noisy_model(5))
    found = fit(model, 4, [backup()])
    last = {name: values[-2:] for name, values in expected.items()}
    assert_same(model, found, expected_model, last)


@needs_jax
def test_a_second_fit_compiles_nothing():
    import jax

    model = scan_steps(noisy_model(5))
    clipping = GradientClipping(MAX_NORM)
    data = batches()
    compiled = []

    def listen(event, duration, **_):
        if "backend_compile" in event:
            compiled.append(event)

    def train():
        compiled.clear()
        model.fit(data, validation_data=data, verbose=0, callbacks=[clipping])
        return len(compiled)

    jax.monitoring.register_event_duration_secs_listener(listen)
    assert train() > 0
    assert train() == 0


@needs_jax
def test_a_new_shape_is_learned_later():
    model = scan_steps(noisy_model(5))
    x, y = RNG.normal(size=(2, 4, 6, 2))
    fit(model, 1)
    model.fit(x, y, batch_size=2, verbose=0)
    assert int(model.optimizer.iterations) == len(batches()) + 2
    fit(model, 1)


@needs_jax
def test_batches_that_do_not_go_together():
    groups = Groups(2)
    with pytest.raises(ValueError, match=r"same dtypes.*float32.*int32"):
        groups.take(iter([np.zeros(2, "float32"), np.zeros(2, "int32")]))
    with pytest.raises(ValueError, match="dense arrays"):
        Groups(2).take(iter([(np.zeros(2), None), (np.zeros(2), np.zeros(2))]))
    with pytest.raises(ValueError, match="dense arrays"):
        Groups(2).take(iter([np.array([{}, None])]))


LEFT_ALONE = [{}]
if BACKEND != "torch":
    LEFT_ALONE += [{"steps_per_execution": 2, "run_eagerly": True}]


@pytest.mark.parametrize("arguments", LEFT_ALONE)
def test_does_nothing_where_it_serves_nothing(arguments):
    x, y = RNG.normal(size=(2, 6, 3))

    def train(change):
        keras.utils.set_random_seed(1)
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3)])
        model.compile("sgd", "mse", **arguments)
        return model, change(model).fit(x, y, batch_size=2, verbose=0).history

    assert_same(*train(scan_steps), *train(lambda model: model))


def test_leaves_keras_alone_that_stacks_batches(monkeypatch):
    monkeypatch.setattr(_keras_trainer, "stacks_batches", lambda: True)
    model = noisy_model(1)
    before = set(vars(model))
    assert scan_steps(model) is model
    assert set(vars(model)) == before


def test_versions_that_stack_batches(monkeypatch):
    found = {}
    for version in ("3.15.1", "3.16.0.dev2026102704", "3.16.0", "4.0"):
        monkeypatch.setattr(keras, "version", lambda version=version: version)
        found[version] = _keras_trainer.stacks_batches()
    assert list(found.values()) == [False, True, True, True]


def test_refuses_what_is_no_model():
    with pytest.raises(ValueError, match=r"needs a keras.Model.*Dense"):
        scan_steps(keras.layers.Dense(1))
