"""How many units make a model as large as the others."""

from keras_gated.models import count_parameters


def model_parameters(
    unit: str, units: int, layers: int, directions: int, inputs: int, outputs: int
) -> int:
    """Weights of a recogniser with its head."""
    below = [inputs, *[directions * units] * (layers - 1)]
    recurrent = sum(count_parameters(unit, units, size) for size in below)
    return directions * recurrent + (directions * units + 1) * outputs


def units_for(
    unit: str, row: int, layers: int, directions: int, inputs: int, outputs: int
) -> int:
    """The number of units in each layer and direction.

    A model has about as many weights as an LSTM with peepholes that goes forward and
    has `row` units in each of as many layers.

    Examples:
        >>> from reproduce.studies.tang2016.sizes import units_for
        >>> [units_for(unit, 128, 3, 1, 40, 41) for unit in ("lstm", "gru", "tanh")]
        [128, 149, 259]
    """
    budget = model_parameters("lstm", row, layers, 1, inputs, outputs)
    arguments = (layers, directions, inputs, outputs)
    units = 1
    while model_parameters(unit, units + 1, *arguments) <= budget:
        units += 1
    return min(
        (units, units + 1),
        key=lambda n: abs(model_parameters(unit, n, *arguments) - budget),
    )
