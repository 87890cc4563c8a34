"""How the activations of gates and states are distributed."""

from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gated.analysis._arrays import Gates, by_layer, step_weights
from keras_gated.analysis._pictures import legend_above, panels, style

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure


def plot_activations(
    gates: Gates,
    bins: int = 50,
    mask: Any = None,
    figure: "Figure | SubFigure | None" = None,
) -> "Figure | SubFigure":
    """Draws a histogram of each gate and state over all units and steps.

    Args:
        gates: What `keras_gated.analysis.gates` gives for a model, or the `gates`
            method of a layer.
        bins: Number of bins, of equal width, between the smallest and the largest
            activation of all layers; for gates, whose names end with `_gate`,
            between 0 and 1 at least.
        mask: Booleans or weights `(batch, time)` of the steps, all alike by default.
        figure: The figure, or part of one, to draw in; by default a new one.

    Returns:
        The figure, with one panel for each name. A density integrates to 1.

    Raises:
        ImportError: If matplotlib is missing.
        ValueError: If `bins` is not positive, an array has not the shape
            `(batch, time, units)`, or the mask does not fit.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import PeepholeLSTM
        >>> x = keras.random.normal((8, 20, 3))
        >>> figure = analysis.plot_activations(PeepholeLSTM(16).gates(x))
        >>> len(figure.axes)
        6
    """
    if bins < 1:
        raise ValueError(f"bins must be positive. Received bins={bins}.")
    layers = by_layer(gates)
    names = list(dict.fromkeys(name for arrays in layers.values() for name in arrays))
    weights = {
        (layer, name): step_weights(mask, f"{layer} {name}".strip(), values)
        for layer, arrays in layers.items()
        for name, values in arrays.items()
    }
    figure, axes = panels(names, figure)
    lines = {}
    for name, panel in axes.items():
        of_name = {layer: of[name] for layer, of in layers.items() if name in of}
        edges = np.linspace(*_range(name, list(of_name.values())), bins + 1)
        for layer, values in of_name.items():
            density, _ = np.histogram(
                values,
                edges,
                weights=np.broadcast_to(weights[layer, name][..., None], values.shape),
                density=True,
            )
            lines[layer] = panel.stairs(
                density, edges, linewidth=1.3, **style(list(layers).index(layer))
            )
        panel.set(xlabel="activation", ylabel="density", ylim=(0, None))
        panel.set_xlim(edges[0], edges[-1])
    legend_above(figure, list(lines.values()), list(lines))
    return figure


def _range(name: str, arrays: list[np.ndarray]) -> tuple[float, float]:
    low = float(min(values.min() for values in arrays))
    high = float(max(values.max() for values in arrays))
    if name.endswith("_gate"):
        low, high = min(low, 0.0), max(high, 1.0)
    return (low, high) if low < high else (low - 0.5, high + 0.5)
