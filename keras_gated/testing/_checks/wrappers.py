"""The layer inside of Keras' wrappers, and its cell in Keras' loop."""

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from keras_gated.testing._arrays import (
    BATCH,
    FEATURES,
    HOLES,
    TIME,
    assert_close,
    normal,
    sequences,
)
from keras_gated.testing._backends import compiled
from keras_gated.testing._step_by_step import cell_step, run_step, step_by_step
from keras_gated.testing._subject import Subject, move_weights
from keras_gated.testing.check import NotApplicable, layer_check

MERGES: dict[str | None, Callable[[np.ndarray, np.ndarray], Any]] = {
    "concat": lambda one, other: np.concatenate([one, other], axis=-1),
    "sum": np.add,
    "mul": np.multiply,
    "ave": lambda one, other: (one + other) / 2,
    None: lambda one, other: [one, other],
}


@layer_check("Bidirectional runs the masked layer both ways")
def bidirectional(subject: Subject) -> None:
    _check_bidirectional(subject, "concat", HOLES)


@layer_check("so it does with all ways to merge, masked and not", "exhaustive")
def bidirectional_merges(subject: Subject) -> None:
    for merge_mode in MERGES:
        for mask in (None, HOLES):
            _check_bidirectional(subject, merge_mode, mask)


def _check_bidirectional(subject: Subject, merge_mode: Any, mask: Any) -> None:
    layer = subject.make(return_sequences=True, return_state=True)
    if not hasattr(layer, "go_backwards"):
        raise NotApplicable(
            "has no go_backwards to turn around: put it around Bidirectional"
        )
    both = keras.layers.Bidirectional(layer, merge_mode=merge_mode)
    both.build((None, None, FEATURES))
    move_weights(both)
    # Bidirectional makes its layers put out zeros for masked steps.
    order: dict[str, Any] = {"mask": mask, "zero_output_for_mask": True}
    x = sequences()
    forward, *states = step_by_step(subject, both.forward_layer, x, **order)
    backward, *backward_states = step_by_step(
        subject, both.backward_layer, x, **order, go_backwards=True
    )
    merged = MERGES[merge_mode](forward, backward[:, ::-1])
    masked = "not masked" if mask is None else "masked"
    assert_close(
        both(x, mask=mask),
        [merged, states, backward_states],
        f"{masked}, with {merge_mode=}",
    )


@layer_check("two masked cells in StackedRNNCells are a stack of two layers")
def stacked_cells(subject: Subject) -> None:
    layers = subject.make(), subject.make()
    if not hasattr(layers[0], "cell"):
        raise NotApplicable("has no cell of its own to stack")
    cells = [layer.cell for layer in layers]
    layer = keras.layers.RNN(
        keras.layers.StackedRNNCells(cells), return_sequences=True, return_state=True
    )
    layer.build((None, None, FEATURES))
    move_weights(layer)
    outputs, found = sequences(), []
    for cell in cells:
        zeros = keras.tree.flatten(cell.get_initial_state(batch_size=BATCH))
        states = [keras.ops.convert_to_numpy(zero) for zero in zeros]
        outputs, *final = run_step(cell_step(cell), outputs, states, mask=HOLES)
        found.append(final)
    assert_close(layer(sequences(), mask=HOLES), [outputs, found], "masked")


@layer_check(
    "TimeDistributed runs the layer on every element, and another layer behind it"
)
def time_distributed(subject: Subject) -> None:
    layer = subject.built()
    outer = 2
    x = normal(BATCH, outer, TIME, FEATURES)
    outputs, *_ = step_by_step(subject, layer, x.reshape(BATCH * outer, TIME, FEATURES))
    expected = outputs[:, -1].reshape(BATCH, outer, -1)
    found = keras.layers.TimeDistributed(layer)(x)
    assert_close(found, expected, f"inputs of the shape {x.shape}")

    # In a graph this goes wrong behind a layer that forgets the number of steps.
    model = keras.Sequential(
        [
            keras.Input((TIME, FEATURES)),
            subject.make(return_sequences=True),
            keras.layers.TimeDistributed(keras.layers.Activation("linear")),
        ]
    )
    move_weights(model)
    expected, *_ = step_by_step(subject, model.layers[0], sequences())
    with compiled():
        found = model.predict_on_batch(sequences())
    assert_close(found, expected, "a layer behind it in a model")
