"""How far back in time a loss reaches."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args

import keras
import numpy as np
from keras import ops

from keras_gated._types import Tensor, Tensors
from keras_gated.analysis._arrays import pieces
from keras_gated.analysis._pictures import new_axes, style
from keras_gated.analysis.model_gates import (
    check_built,
    single_precision_at_least,
    without_recurrent_layer,
)
from keras_gated.recurrence import Observer, unchanged
from keras_gated.recurrence.backend import gradient

if TYPE_CHECKING:
    from matplotlib.axes import Axes

States = Literal["output", "all"]

State: TypeAlias = tuple[str, str]
"""The names of a layer and of one of its states."""


def gradient_norms(
    model: Any,
    inputs: Any,
    targets: Any,
    loss: Any,
    step: int | Any | None = -1,
    batch_size: int = 32,
    states: States = "output",
) -> dict[str, np.ndarray]:
    r"""Returns the norms of the gradients of a loss to the states of every step.

    For the loss $L_T$ of step $T$ and the output $h_t$ of a recurrent layer:
    $\lVert \partial L_T / \partial h_t \rVert_2$ for all $t$, where $h_t$ reaches the
    loss on all ways: through the steps after it and the layers above. The norms vanish
    or explode with the distance $T - t$ as the gradients of training do. With
    `states="all"` $h_t$ stands for all that a step hands on, in the LSTM its cell state
    as well, each of them moved by itself.

    Args:
        model: A built Keras model or layer. It runs at inference: without noise and
            dropout.
        inputs: What the model takes: an array, or arrays in lists or dictionaries.
        targets: The targets of the one output of the model, with its batch axis and,
            if `step` is used, its time axis.
        loss: A Keras loss, or its name, or a function of targets and outputs that
            gives a value for each sequence or step. Values are summed and not
            averaged, so a norm does not depend on what else is in the batch.
        step: The step $T$ whose loss is taken: a number, negative ones from the end,
            or an array with one for each sequence, such as its length less one.
            `None` takes the loss of the whole output, which may be without a time
            axis.
        batch_size: How many sequences are run at a time.
        states: `"output"`, or `"all"` for the norm over all states of a layer together.
            They are the same for units whose output is their one state, such as the
            GRU.

    Returns:
        By the name of the layer, as for `gates`, an array `(batch, time)` in float32 or
        float64. A masked step repeats the state; its gradient is that to the repeated
        one. Where states are float16, small gradients vanish.

    Raises:
        ValueError: If the model is not built, has several outputs or no recurrent
            layer of this package, if `inputs`, `targets` and `step` do not fit
            each other, or if `states` is none of the two.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import GRU
        >>> model = keras.Sequential([
        ...     keras.Input((None, 3)),
        ...     GRU(8, return_sequences=True, name="memory"),
        ...     keras.layers.Dense(1),
        ... ])
        >>> x, y = keras.random.normal((4, 20, 3)), keras.random.normal((4, 20, 1))
        >>> norms = analysis.gradient_norms(model, x, y, "mse", step=9)["memory"]
        >>> norms.shape, bool((norms[:, :10] > 0).all()), bool(norms[:, 10:].any())
        ((4, 20), True, False)

    Reference:
        Pascanu, Mikolov and Bengio 2013 (arXiv:1211.5063), section 2.
    """
    check_built(model)
    function = keras.losses.get(loss)
    if function is None:
        raise ValueError("A loss is needed. Received loss=None.")
    if states not in get_args(States):
        raise ValueError(f"states must be 'output' or 'all'. Received {states!r}.")
    arrays = [inputs, targets]
    if step is not None:
        arrays.append(_steps(step, targets))
    seen = _states(model, next(pieces(inputs, 1)), states)
    gradient_of_loss = gradient(partial(_loss, model, function, list(seen)))
    found = []
    for piece in pieces(arrays, batch_size):
        nothing = tuple(
            ops.zeros((len(piece[1]), *values.shape[1:]), dtype=values.dtype)
            for values in seen.values()
        )
        gradients = gradient_of_loss(
            nothing, *keras.tree.map_structure(ops.convert_to_tensor, piece)
        )
        found.append(_norms(seen, gradients))
    return {layer: np.concatenate([of[layer] for of in found]) for layer in found[0]}


def _states(model: Any, inputs: Any, states: States) -> dict[State, Tensor]:
    """The states of every step, float32 at least, by the layer and their own name."""
    inputs = keras.tree.map_structure(ops.convert_to_tensor, inputs)
    with unchanged(model), Observer() as observer:
        model(inputs, training=False)
    if not observer.seen:
        raise without_recurrent_layer(model)
    return {
        (layer, name): single_precision_at_least(seen[name])
        for layer, seen in observer.seen.items()
        for name in (observer.states[layer] if states == "all" else ("output",))
    }


def _norms(states: Iterable[State], gradients: Tensors) -> dict[str, np.ndarray]:
    """The norm over all states of each layer, `(batch, time)`."""
    parts: dict[str, list[np.ndarray]] = {}
    for (layer, _), part in zip(states, gradients, strict=True):
        parts.setdefault(layer, []).append(ops.convert_to_numpy(part))
    return {
        layer: _norm(np.concatenate(of_layer, axis=-1))
        for layer, of_layer in parts.items()
    }


def _norm(gradients: np.ndarray) -> np.ndarray:
    """The norm over the last axis, where the squares leave the range of floats, too."""
    norms = np.linalg.norm(gradients.astype("float64"), axis=-1)
    return norms.astype(gradients.dtype)


def _loss(
    model: Any,
    loss: Any,
    states: Sequence[State],
    perturbations: Tensors,
    inputs: Any,
    targets: Tensor,
    steps: Tensor | None = None,
) -> Tensor:
    """The sum of the losses if `states` are moved by `perturbations`."""
    moves: dict[str, dict[str, Tensor]] = {}
    for (layer, name), perturbation in zip(states, perturbations, strict=True):
        moves.setdefault(layer, {})[name] = perturbation
    with unchanged(model), Observer(moves):
        outputs = model(inputs, training=False)
    if not ops.is_tensor(outputs):
        raise ValueError(
            "The model must have one output. Received one that puts out a "
            f"{type(outputs).__name__}."
        )
    if steps is not None:
        _check_time(outputs, targets)
        batch, time = targets.shape[:2]
        targets = _at_steps(targets, steps, batch, time)
        outputs = _at_steps(outputs, steps, batch, time)
    if isinstance(loss, keras.losses.Loss):
        targets, outputs = (ops.cast(x, loss.dtype) for x in (targets, outputs))
        return ops.sum(loss.call(targets, outputs))
    return ops.sum(loss(targets, outputs))


def _check_time(outputs: Tensor, targets: Tensor) -> None:
    given, needed = tuple(outputs.shape), tuple(targets.shape[:2])
    # A graph of TensorFlow may not know the time of the outputs.
    if len(given) < 3 or given[1] not in (None, needed[1]):
        raise ValueError(
            "With a step the model must put out (batch, time, ...) with the time of "
            f"the targets, {needed[1]} steps. Its output has the shape {given}. For an "
            "output without time use step=None."
        )


def _at_steps(x: Tensor, steps: Tensor, batch: int, time: int) -> Tensor:
    """Step `steps[b]` of each sequence b, with a time axis of 1."""
    flat = ops.reshape(x, (batch * time, *x.shape[2:]))
    places = ops.arange(batch, dtype=steps.dtype) * time + steps
    return ops.expand_dims(ops.take(flat, places, axis=0), 1)


def _steps(step: Any, targets: Any) -> np.ndarray:
    """The step of each sequence, counted from the first one."""
    steps, shape = np.asarray(step), ops.shape(targets)
    if len(shape) < 2:
        raise ValueError(
            "With a step the targets must have the axes batch and time. Received "
            f"targets of shape {tuple(shape)}. For a loss without time use step=None."
        )
    batch, time = shape[:2]
    if steps.shape not in ((), (batch,)) or steps.dtype.kind not in "iu":
        raise ValueError(
            f"step must be an integer or an array of {batch} integers, one for each "
            f"sequence. Received {step!r}."
        )
    if np.any((steps < -time) | (steps >= time)):
        raise ValueError(
            f"step must be between {-time} and {time - 1} for targets of {time} steps. "
            f"Received step={step!r}."
        )
    return np.broadcast_to(np.where(steps < 0, steps + time, steps), (batch,))


def plot_gradient_norms(
    norms: Mapping[str, Any], step: int | Any = -1, ax: "Axes | None" = None
) -> "Axes":
    """Draws the norms against the distance to the step of the loss.

    A line is the median over the sequences, the band around it the middle half of
    them.

    Args:
        norms: What the function `gradient_norms` returns.
        step: The step that it was given.
        ax: The axes to draw in; by default those of a new figure.

    Returns:
        The axes.

    Raises:
        ImportError: If matplotlib is missing.
        ValueError: If `norms` is empty or not of arrays `(batch, time)`, or `step`
            does not fit.

    Examples:
        >>> import numpy as np
        >>> from keras_gated import analysis
        >>> vanishing = 0.9 ** np.arange(20)[None, ::-1]
        >>> ax = analysis.plot_gradient_norms({"memory": vanishing})
        >>> ax.get_yscale()
        'log'
    """
    arrays = {layer: ops.convert_to_numpy(values) for layer, values in norms.items()}
    shapes = {layer: values.shape for layer, values in arrays.items()}
    if not arrays or any(len(shape) != 2 or 0 in shape for shape in shapes.values()):
        raise ValueError(
            "Needed are arrays (batch, time) by the names of layers. Received "
            f"{shapes}."
        )
    aligned = {
        layer: _by_distance(values, _steps(step, values))
        for layer, values in arrays.items()
    }
    ax = new_axes() if ax is None else ax
    for number, (layer, values) in enumerate(aligned.items()):
        distances = np.arange(values.shape[1])
        low, median, high = np.nanquantile(values, (0.25, 0.5, 0.75), axis=0)
        ax.plot(distances, median, label=layer, **style(number))
        ax.fill_between(distances, low, high, color=style(number)["color"], alpha=0.2)
    ax.set_yscale("log")
    ax.set_xlabel("steps before the loss, $T - t$")
    ax.set_ylabel(r"$\Vert\partial L_T / \partial h_t\Vert_2$")
    ax.legend()
    return ax


def _by_distance(norms: np.ndarray, steps: np.ndarray) -> np.ndarray:
    """Norms by the distance to the step of the loss, NaN before the first step."""
    times = steps[:, None] - np.arange(steps.max() + 1)
    found = np.take_along_axis(norms, np.maximum(times, 0), axis=1)
    return np.where(times >= 0, found, np.nan)
