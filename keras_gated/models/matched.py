"""Models of equal size from different recurrent units."""

import math
from typing import Any

import keras

from keras_gated.layers import GRU, PeepholeLSTM, SimpleRNN, WeightNoise

UNITS = {"lstm": PeepholeLSTM, "gru": GRU, "tanh": SimpleRNN}
"""The layer behind each name of a recurrent unit."""


def sequence_model(
    unit: str,
    units: int,
    head: Any,
    input_size: int,
    weight_noise: float = 0.0,
    seed: int | None = None,
    name: str | None = None,
    **layer_arguments: Any,
) -> Any:
    """Builds the model of Chung et al.: one recurrent layer and a head on every step.

    Args:
        unit: `"lstm"` for `PeepholeLSTM`, `"gru"` for `GRU`, `"tanh"` for `SimpleRNN`.
        units: Number of recurrent units.
        head: The layer that turns `(batch, time, units)` into the parameters of a
            density, such as `BernoulliHead(88)`.
        input_size: Size of the input vector of one step.
        weight_noise: Standard deviation of the noise on the two kernels of the
            recurrent layer while training. The head gets none.
        seed: Seed of the noise.
        name: Name of the model.
        **layer_arguments: Further arguments of the recurrent layer.

    Returns:
        A functional `keras.Model` from `(batch, time, input_size)` to what the head
        puts out for every step, not compiled. The number of steps is free.

    Raises:
        ValueError: If `unit` is unknown, or `units` or `input_size` is not positive.

    Examples:
        >>> from keras_gated.layers import BernoulliHead
        >>> from keras_gated.models import sequence_model
        >>> model = sequence_model("gru", 46, BernoulliHead(88), input_size=88)
        >>> model.count_params()
        22766

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), sections 2 to 4.
    """
    _check_positive("input_size", input_size)
    layer = _layer_class(unit)(units, return_sequences=True, **layer_arguments)
    if weight_noise:
        layer = WeightNoise(layer, weight_noise, seed=seed)
    inputs = keras.Input((None, input_size))
    return keras.Model(inputs, head(layer(inputs)), name=name)


def count_parameters(
    unit: str,
    units: int,
    input_size: int,
    output_size: int = 0,
    **layer_arguments: bool,
) -> int:
    """Counts the parameters of a recurrent layer, or a model, without building it.

    Args:
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        units: Number of recurrent units.
        input_size: Size of the input vector of one step.
        output_size: Numbers that a dense head with biases puts out for each step; 0
            counts no head.
        **layer_arguments: What changes the number of weights: `use_bias`,
            `use_peepholes` (LSTM only), `reset_after` (GRU only).

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
    matrices, vectors = _weights_per_unit(unit, **layer_arguments)
    recurrent = units * (matrices * (input_size + units) + vectors)
    return recurrent + (units + 1) * output_size


def match_units(
    unit: str,
    input_size: int,
    parameters: int,
    output_size: int = 0,
    **layer_arguments: bool,
) -> int:
    r"""Finds the number of units that comes closest to a budget of parameters.

    A layer of $n$ units with $g$ matrices and $v$ vectors has
    $g n (d + n) + v n$ parameters for inputs of size $d$, and a head with $k$ outputs
    $(n + 1) k$; the answer is the better of the two whole numbers around the positive
    root.

    Args:
        unit: `"lstm"`, `"gru"` or `"tanh"`.
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
    matrices, vectors = _weights_per_unit(unit, **layer_arguments)
    _check_output_size(output_size)
    linear = matrices * input_size + vectors + output_size
    to_spend = max(0, parameters - output_size)
    root = math.sqrt(linear**2 + 4 * matrices * to_spend) - linear
    below = max(1, math.floor(root / (2 * matrices)))
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


def _weights_per_unit(unit: str, **layer_arguments: bool) -> tuple[int, int]:
    """How many matrices and how many vectors a layer has for each of its units."""
    _layer_class(unit)
    return _COUNTS[unit](**layer_arguments)


def _lstm_weights(use_bias: bool = True, use_peepholes: bool = True) -> tuple[int, int]:
    return 4, 4 * use_bias + 3 * use_peepholes


def _gru_weights(use_bias: bool = True, reset_after: bool = False) -> tuple[int, int]:
    return 3, 3 * use_bias * (1 + reset_after)


def _tanh_weights(use_bias: bool = True) -> tuple[int, int]:
    return 1, int(use_bias)


_COUNTS = {"lstm": _lstm_weights, "gru": _gru_weights, "tanh": _tanh_weights}
