"""How many units make a model as large as the others in its row of the table."""

from keras_gated.models import count_parameters


def model_parameters(unit: str, units: int, layers: int, symbols: int) -> int:
    """Weights of a model of so many layers with a head for the symbols."""
    peepholes = {"use_peepholes": False} if unit == "lstm" else {}
    first = count_parameters(unit, units, symbols, symbols, **peepholes)
    other = count_parameters(unit, units, units, **peepholes)
    return first + (layers - 1) * other


def units_for(unit: str, layers: int, row: int, symbols: int) -> int:
    """The number of units in each layer.

    The models of a row have about as many weights as an LSTM with one layer of so many
    units as the row is named after.

    Args:
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        layers: Number of layers.
        row: Units of that LSTM.
        symbols: Number of symbols.

    Examples:
        >>> from reproduce.studies.karpathy2015.sizes import units_for
        >>> units_for("lstm", 1, 128, 87), units_for("lstm", 3, 128, 87)
        (128, 67)
    """
    budget = model_parameters("lstm", row, 1, symbols)
    units = 1
    while model_parameters(unit, units + 1, layers, symbols) <= budget:
        units += 1
    return min(
        (units, units + 1),
        key=lambda n: abs(model_parameters(unit, n, layers, symbols) - budget),
    )
