"""Models of equal size from different recurrent units."""

import math
from typing import Any

import keras
import numpy as np

from keras_gated.layers import (
    GRU,
    MUT1,
    MUT2,
    MUT3,
    LSTMVariant,
    OneHot,
    PeepholeLSTM,
    SimpleRNN,
    WeightNoise,
)
from keras_gated.models._weights import COUNTS, Weights

UNITS = {
    "lstm": PeepholeLSTM,
    "gru": GRU,
    "tanh": SimpleRNN,
    "lstm_variant": LSTMVariant,
    "mut1": MUT1,
    "mut2": MUT2,
    "mut3": MUT3,
}
"""The layer behind each name of a recurrent unit."""


def sequence_model(
    unit: str,
    units: int,
    head: Any,
    input_size: int,
    weight_noise: float = 0.0,
    seed: int | None = None,
    name: str | None = None,
    num_layers: int = 1,
    layer_dropout: float = 0.0,
    one_hot: bool = False,
    batch_size: int | None = None,
    **layer_arguments: Any,
) -> Any:
    """Builds recurrent layers, one upon the other, and a head on every step.

    With one layer that is the model of Chung et al. 2014, with up to three, of symbols,
    that of Karpathy et al. 2015.

    Args:
        unit: `"lstm"` for `PeepholeLSTM`, `"gru"` for `GRU`, `"tanh"` for `SimpleRNN`,
            or another name in `UNITS`.
        units: Number of recurrent units of each layer.
        head: The layer that turns `(batch, time, units)` into the parameters of a
            density, such as `BernoulliHead(88)` or `SymbolHead(87)`.
        input_size: Size of the input vector of one step.
        weight_noise: Standard deviation of the noise on the two kernels of each
            recurrent layer while training. The head gets none.
        seed: Seed of the noise and of `layer_dropout`.
        name: Name of the model.
        num_layers: Number of recurrent layers.
        layer_dropout: Share of the outputs of each recurrent layer to drop on their way
            to the next one or the head, at each step anew.
        one_hot: Whether the model takes symbols, integers `(batch, time)` below
            `input_size`, of which it makes the vectors itself.
        batch_size: Number of sequences of a batch, for `stateful=True`, which must know
            it; free by default.
        **layer_arguments: Further arguments of the recurrent layers.

    Returns:
        A functional `keras.Model` from `(batch, time, input_size)`, or `(batch, time)`
        with `one_hot`, to what the head puts out for every step, not compiled. The
        number of steps is free.

    Raises:
        ValueError: If `unit` is unknown, a number is not positive, `layer_dropout` is
            not from 0 to below 1, or `stateful=True` has no `batch_size`.

    Examples:
        >>> from keras_gated.layers import BernoulliHead, SymbolHead
        >>> from keras_gated.models import sequence_model
        >>> model = sequence_model("gru", 46, BernoulliHead(88), input_size=88)
        >>> model.count_params()
        22766
        >>> text = sequence_model(
        ...     "lstm", 128, SymbolHead(87), input_size=87, one_hot=True, num_layers=2,
        ...     use_peepholes=False, stateful=True, batch_size=100)
        >>> text.input_shape, text.output_shape
        ((100, None), (100, None, 87))

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), sections 2 to 4; Karpathy, Johnson & Li
        2015 (arXiv:1506.02078), section 3.
    """
    for argument, value in (
        ("input_size", input_size),
        ("num_layers", num_layers),
        ("batch_size", 1 if batch_size is None else batch_size),
    ):
        _check_positive(argument, value)
    if not 0 <= layer_dropout < 1:
        raise ValueError(
            "layer_dropout must be from 0 to below 1. Received "
            f"layer_dropout={layer_dropout}."
        )
    if layer_arguments.get("stateful") and batch_size is None:
        raise ValueError(
            "stateful=True carries a state for each sequence of a batch, so "
            "sequence_model needs batch_size, the number of sequences."
        )
    shape = (None,) if one_hot else (None, input_size)
    inputs = keras.Input(
        shape, batch_size=batch_size, dtype="int32" if one_hot else None
    )
    x = OneHot(input_size)(inputs) if one_hot else inputs
    for noise_seed, dropout_seed in _seeds(seed, num_layers):
        layer = _layer_class(unit)(units, return_sequences=True, **layer_arguments)
        if weight_noise:
            layer = WeightNoise(layer, weight_noise, seed=noise_seed)
        x = layer(x)
        if layer_dropout:
            x = keras.layers.Dropout(layer_dropout, seed=dropout_seed)(x)
    return keras.Model(inputs, head(x), name=name)


def _seeds(seed: int | None, num_layers: int) -> list[tuple[int | None, int | None]]:
    """Seeds of noise and dropout for each layer; the first is the given one."""
    if seed is None:
        return [(None, None)] * num_layers
    drawn = np.random.SeedSequence(seed).generate_state(2 * num_layers)
    # PyTorch takes seeds below 2**31 only.
    seeds = [seed, *(int(number) >> 1 for number in drawn[1:])]
    return list(zip(seeds[::2], seeds[1::2], strict=True))


def count_parameters(
    unit: str,
    units: int,
    input_size: int,
    output_size: int = 0,
    **layer_arguments: bool,
) -> int:
    """Counts the parameters of a recurrent layer, or a model, without building it.

    Args:
        unit: A name in `UNITS`, such as `"lstm"`, `"gru"` or `"tanh"`.
        units: Number of recurrent units.
        input_size: Size of the input vector of one step.
        output_size: Numbers that a dense head with biases puts out for each step; 0
            counts no head.
        **layer_arguments: What changes the number of weights: `use_bias`;
            `use_peepholes` (LSTM and its variants only), `reset_after` (GRU only);
            `use_input_gate`, `use_forget_gate`, `use_output_gate` and `coupled_gates`
            (variants only).

    Returns:
        The number of parameters.

    Raises:
        ValueError: If `unit` is unknown, `units` or `input_size` is not positive, or
            `output_size` is negative.
        TypeError: If the unit has no such argument.

    Examples:
        >>> from keras_gated.models import count_parameters
        >>> [count_parameters(unit, units, input_size=20)
        ...  for unit, units in (("lstm", 195), ("gru", 227), ("tanh", 400))]
        [169065, 168888, 168400]

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), table 1, whose row for speech this is.
    """
    _check_positive("units", units)
    _check_positive("input_size", input_size)
    _check_output_size(output_size)
    weights = _weights_per_unit(unit, **layer_arguments)
    of_inputs = weights.of_inputs - (weights.is_bare and input_size == units)
    per_unit = of_inputs * input_size + weights.of_states * units + weights.vectors
    return units * per_unit + (units + 1) * output_size


def match_units(
    unit: str,
    input_size: int,
    parameters: int,
    output_size: int = 0,
    **layer_arguments: bool,
) -> int:
    r"""Finds the number of units that comes closest to a budget of parameters.

    A layer of $n$ units with $m$ matrices for its inputs of size $d$, $g$ for its state
    and $v$ vectors has $n (m d + g n + v)$ parameters, and a head with $k$ outputs
    $(n + 1) k$; the answer is the better of the two whole numbers around the positive
    root.

    Args:
        unit: A name in `UNITS`, such as `"lstm"`, `"gru"` or `"tanh"`.
        input_size: Size $d$ of the input vector of one step.
        parameters: The budget for the recurrent layer, and for the head if
            `output_size` is given.
        output_size: As for `count_parameters`.
        **layer_arguments: As for `count_parameters`.

    Returns:
        The number of units, at least 1.

    Raises:
        ValueError: If `unit` is unknown, or `input_size` or `parameters` is not
            positive, or `output_size` is negative.
        TypeError: If the unit has no such argument.

    Examples:
        >>> from keras_gated.models import match_units
        >>> [match_units(unit, 20, 169_000) for unit in ("lstm", "gru", "tanh")]
        [195, 227, 401]

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), section 4 and table 1.
    """
    _check_positive("input_size", input_size)
    _check_positive("parameters", parameters)
    weights = _weights_per_unit(unit, **layer_arguments)
    _check_output_size(output_size)
    linear = weights.of_inputs * input_size + weights.vectors + output_size
    to_spend = max(0, parameters - output_size)
    root = math.sqrt(linear**2 + 4 * weights.of_states * to_spend) - linear
    below = max(1, math.floor(root / (2 * weights.of_states)))
    return min(
        (below, below + 1),
        key=lambda units: abs(
            count_parameters(unit, units, input_size, output_size, **layer_arguments)
            - parameters
        ),
    )


def _layer_class(unit: str) -> Any:
    if unit not in UNITS:
        raise ValueError(
            f"Unknown recurrent unit {unit!r}. Known units: {', '.join(UNITS)}."
        )
    return UNITS[unit]


def _check_positive(name: str, value: int) -> None:
    if value <= 0:
        raise ValueError(f"{name} must be a positive number. Received {name}={value}.")


def _check_output_size(value: int) -> None:
    if value < 0:
        raise ValueError(f"output_size must not be negative. Received {value}.")


def _weights_per_unit(unit: str, **layer_arguments: bool) -> Weights:
    _layer_class(unit)
    return COUNTS[unit](**layer_arguments)
