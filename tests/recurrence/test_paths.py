"""A layer says which loop it takes, and takes it."""

import keras
import numpy as np
import pytest

from keras_gated.layers import (
    GRU,
    MGU,
    AdaptiveWeightNoise,
    DropConnect,
    PeepholeLSTM,
    SimpleRNN,
    WeightNoise,
    WeightNormalization,
)
from keras_gated.recurrence import sequences
from keras_gated.recurrence.choice import loop_for
from keras_gated.recurrence.native.layout import NUMBERS
from tests.recurrence.native.expected import FLOAT32_LOOP
from tests.units import normal

BATCH, TIME, FEATURES, SIZE = 3, 5, 2, 4
MASK = np.arange(TIME) < np.array([[5], [3], [1]])


@pytest.fixture
def taken(monkeypatch):
    """The names of the loops that have run, in order."""
    names = []

    def chosen(equations, operands):
        found = loop_for(equations, operands)
        names.append(found.name)
        return found

    monkeypatch.setattr(sequences, "loop_for", chosen)
    return names


def x():
    return keras.ops.convert_to_tensor(normal(BATCH, TIME, FEATURES))


def with_states(layer):
    states = layer.get_initial_state(BATCH)
    return layer(x(), initial_state=states)


SERVED = {
    "nothing special": ({}, lambda layer: layer(x())),
    "mask": ({}, lambda layer: layer(x(), mask=MASK)),
    "mask, zeros": (
        {"zero_output_for_mask": True, "return_sequences": True},
        lambda layer: layer(x(), mask=MASK),
    ),
    "initial state": ({}, with_states),
    "backwards": ({"go_backwards": True}, lambda layer: layer(x(), mask=MASK)),
    "both directions": ({}, lambda layer: keras.layers.Bidirectional(layer)(x())),
    "states returned": ({"return_state": True}, lambda layer: layer(x())),
    "no bias": ({"use_bias": False}, lambda layer: layer(x())),
    "dropout": (
        {"dropout": 0.5, "recurrent_dropout": 0.5},
        lambda layer: layer(x(), training=True),
    ),
    "bfloat16": ({"dtype": "mixed_bfloat16"}, lambda layer: layer(x())),
    "float16": ({"dtype": "mixed_float16"}, lambda layer: layer(x())),
    "weight noise": ({}, lambda layer: WeightNoise(layer)(x(), training=True)),
    "dropped weights": ({}, lambda layer: DropConnect(layer, 0.5)(x(), training=True)),
    "adaptive noise": (
        {},
        lambda layer: AdaptiveWeightNoise(layer, 10)(x(), training=True),
    ),
    "normalized weights": ({}, lambda layer: WeightNormalization(layer)(x())),
    "checkpoints": ({"checkpoint_steps": 2}, lambda layer: layer(x())),
    "activations by function": (
        {"activation": keras.activations.tanh},
        lambda layer: layer(x()),
    ),
}


@pytest.mark.parametrize("case", SERVED)
def test_hand_written_loop_serves(unit, case, taken):
    arguments, call = SERVED[case]
    layer = unit.make(SIZE, **arguments)
    call(layer)
    expected = FLOAT32_LOOP if layer.compute_dtype in NUMBERS else "hand-written"
    assert layer.recurrence.name == expected, layer.recurrence.reason
    assert layer.recurrence.is_hand_written
    assert set(taken) == {expected}


def test_hand_written_loop_serves_an_unknown_time_length(unit, taken):
    layer = unit.make(SIZE, return_sequences=True)
    model = keras.Sequential([keras.Input((None, FEATURES)), layer])
    model.compile("sgd", "mse")
    for steps in (TIME, TIME + 3):
        targets = normal(BATCH, steps, SIZE)
        model.train_on_batch(normal(BATCH, steps, FEATURES), targets)
    # Keras also calls the layer on tensors without numbers, to find its shape.
    assert FLOAT32_LOOP in taken
    assert "generic" not in taken


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (
            lambda: PeepholeLSTM(SIZE, activation="relu"),
            "activation='relu' is not 'tanh'",
        ),
        (
            lambda: GRU(SIZE, recurrent_activation="hard_sigmoid"),
            "recurrent_activation='hard_sigmoid' is not 'sigmoid'",
        ),
        (
            lambda: PeepholeLSTM(
                SIZE, activation="elu", recurrent_activation="hard_sigmoid"
            ),
            "activation='elu' is not 'tanh' and "
            "recurrent_activation='hard_sigmoid' is not 'sigmoid'",
        ),
        (lambda: SimpleRNN(SIZE, activation=None), "'linear' is not 'tanh'"),
    ],
)
def test_generic_loop_serves_the_rest_and_says_why(make, reason, taken):
    layer = make()
    layer(x(), mask=MASK)
    assert layer.recurrence.name == "generic"
    assert not layer.recurrence.is_hand_written
    assert reason in layer.recurrence.reason
    assert set(taken) == {"generic"}


@pytest.mark.parametrize("steps", [0, -3, 2.5, True, "all"])
def test_checkpoint_steps_must_be_a_positive_integer(unit, steps):
    with pytest.raises(ValueError, match="positive integer or None") as error:
        unit.make(SIZE, checkpoint_steps=steps)
    assert f"checkpoint_steps={steps!r}" in str(error.value)


def test_checkpoints_need_the_hand_written_loop():
    with pytest.raises(ValueError, match="activation='relu' is not 'tanh'"):
        GRU(SIZE, activation="relu", checkpoint_steps=4)


@pytest.mark.parametrize(("steps", "compiled"), [(TIME, True), (None, False)])
def test_xla_compiles_a_loop_of_known_length_on_tensorflow(
    unit, backend, steps, compiled
):
    if backend != "tensorflow":
        pytest.skip("JAX compiles everything, PyTorch nothing")
    import tensorflow as tf

    layer = unit.make(SIZE)
    layer.build((None, None, FEATURES))
    spec = tf.TensorSpec((None, steps, FEATURES))
    graph = tf.function(layer, input_signature=[spec]).get_concrete_function().graph
    by_xla = [
        operation
        for operation in graph.get_operations()
        if operation.type.endswith("PartitionedCall")
        and operation.node_def.attr["_XlaMustCompile"].b
    ]
    assert len(by_xla) == int(compiled)


class Counting:
    """A compiler that compiles nothing, and counts what it is asked to."""

    def __init__(self):
        self.operations = 0

    def __call__(self, graph, _):
        self.operations += len(graph.graph.nodes)
        return graph.forward


COMPILED = {
    "native": lambda: GRU(SIZE),
    "by hand": lambda: MGU(SIZE),
    "generic": lambda: GRU(SIZE, activation="relu"),
    "wrapped": lambda: WeightNoise(GRU(SIZE), seed=1),
}


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor")
@pytest.mark.parametrize(
    "name",
    [
        "native",
        *(pytest.param(n, marks=pytest.mark.exhaustive) for n in list(COMPILED)[1:]),
    ],
)
def test_torch_compile_goes_around_the_loop_and_its_derivative(name, backend):
    """It would unroll it, and take minutes for some hundred steps."""
    if backend != "torch":
        pytest.skip("loops are compiled as loops")
    import torch

    steps, layer, compiler = 200, COMPILED[name](), Counting()
    inputs = torch.tensor(normal(BATCH, steps, FEATURES))
    layer(inputs)

    def slope():
        x = inputs.clone().requires_grad_()
        layer(x, training=True).sum().backward()
        return x.grad

    keras.utils.set_random_seed(1)
    seed = [w.numpy() for w in layer.non_trainable_variables]
    expected = slope()
    for variable, value in zip(layer.non_trainable_variables, seed, strict=True):
        variable.assign(value)
    torch.testing.assert_close(torch.compile(slope, backend=compiler)(), expected)
    assert 0 < compiler.operations < steps
