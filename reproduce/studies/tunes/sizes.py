"""How many units make a model as large as the LSTM."""

from keras_gated.models import count_parameters


def model_parameters(unit: str, units: int, layers: int, symbols: int) -> int:
    """Weights of a model of so many layers, its head for the symbols included."""
    without = {"use_peepholes": False} if unit == "lstm" else {}
    first = count_parameters(unit, units, symbols, symbols, **without)
    return first + (layers - 1) * count_parameters(unit, units, units, **without)


def units_for(unit: str, layers: int, row: int, symbols: int) -> int:
    """The number of units in each layer.

    Args:
        unit: `"lstm"`, `"gru"` or `"tanh"`.
        layers: Number of layers.
        row: Units of each layer of the LSTM.
        symbols: Number of symbols.

    Examples:
        >>> from reproduce.studies.tunes.sizes import units_for
        >>> [units_for(unit, 2, 128, 125) for unit in ("lstm", "gru", "tanh")]
        [128, 150, 264]
    """
    budget = model_parameters("lstm", row, layers, symbols)
    units = 1
    while model_parameters(unit, units + 1, layers, symbols) <= budget:
        units += 1
    return min(
        (units, units + 1),
        key=lambda n: abs(model_parameters(unit, n, layers, symbols) - budget),
    )
