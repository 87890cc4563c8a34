"""How many weights the recurrent units have."""

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Weights(NamedTuple):
    """What a layer has for each of its units.

    Attributes:
        of_inputs: Matrices for the inputs.
        of_states: Matrices for the state.
        vectors: Biases and peepholes.
        is_bare: Whether one of the former is missing where there are as many features
            as units.
    """

    of_inputs: int
    of_states: int
    vectors: int
    is_bare: bool = False


def _lstm_weights(use_bias: bool = True, use_peepholes: bool = True) -> Weights:
    return Weights(4, 4, 4 * use_bias + 3 * use_peepholes)


def _variant_weights(
    use_bias: bool = True,
    use_peepholes: bool = True,
    use_input_gate: bool = True,
    use_forget_gate: bool = True,
    use_output_gate: bool = True,
    coupled_gates: bool = False,
) -> Weights:
    gates = use_input_gate + use_forget_gate + use_output_gate - coupled_gates
    vectors = (gates + 1) * use_bias + gates * use_peepholes
    return Weights(gates + 1, gates + 1, vectors)


def _gru_weights(use_bias: bool = True, reset_after: bool = False) -> Weights:
    return Weights(3, 3, 3 * use_bias * (1 + reset_after))


def _tanh_weights(use_bias: bool = True) -> Weights:
    return Weights(1, 1, int(use_bias))


def _mut1_weights(use_bias: bool = True) -> Weights:
    return Weights(3, 2, 3 * use_bias, is_bare=True)


def _mut2_weights(use_bias: bool = True) -> Weights:
    return Weights(3, 3, 3 * use_bias, is_bare=True)


def _mut3_weights(use_bias: bool = True) -> Weights:
    return Weights(3, 3, 3 * use_bias)


COUNTS: Mapping[str, Callable[..., Weights]] = {
    "lstm": _lstm_weights,
    "gru": _gru_weights,
    "tanh": _tanh_weights,
    "lstm_variant": _variant_weights,
    "mut1": _mut1_weights,
    "mut2": _mut2_weights,
    "mut3": _mut3_weights,
}
"""For each unit the function that takes what changes them."""
