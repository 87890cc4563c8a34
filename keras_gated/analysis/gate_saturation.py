"""How often gates are nearly shut or nearly open."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gated.analysis._arrays import Gates, by_layer, is_one_layer, step_weights
from keras_gated.analysis._pictures import legend_above, marker, panels

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

TICKS = (0, 0.25, 0.5, 0.75, 1)


@dataclass(frozen=True)
class Saturation:
    """How often each unit of a gate is saturated.

    Attributes:
        left: Share of the steps at which the gate is below `low`, `(units,)`.
        right: Share of the steps at which it is above `high`, `(units,)`.
        low: Below it a gate counts as shut.
        high: Above it a gate counts as open.
    """

    left: np.ndarray
    right: np.ndarray
    low: float
    high: float


def saturation(
    gates: Gates, low: float = 0.1, high: float = 0.9, mask: Any = None
) -> dict[str, Any]:
    """Returns how often the units of each gate are saturated.

    Args:
        gates: What `keras_gated.analysis.gates` gives for a model, or the `gates`
            method of a layer. Only names that end with `_gate` count: candidates and
            states are no gates.
        low: A gate below it is left-saturated, nearly shut.
        high: A gate above it is right-saturated, nearly open.
        mask: Booleans or weights `(batch, time)` of the steps, all alike by default.
            Pass the mask of the sequences: at masked steps gates are zero.

    Returns:
        A `Saturation` for each gate, nested as `gates` is. A layer without gates is
        left out.

    Raises:
        ValueError: If `low` is not below `high`, there is no gate, an array has not
            the shape `(batch, time, units)`, or the mask does not fit.

    Examples:
        >>> import numpy as np
        >>> from keras_gated import analysis
        >>> gate = np.array([[[0.05, 0.5], [0.95, 0.99], [0.01, 0.5], [0.3, 0.5]]])
        >>> shares = analysis.saturation({"update_gate": gate})["update_gate"]
        >>> shares.left.tolist(), shares.right.tolist()
        ([0.5, 0.0], [0.25, 0.25])

    Reference:
        Karpathy, Johnson and Fei-Fei 2015 (arXiv:1506.02078), for the statistics of
        gate activations.
    """
    if not low < high:
        raise ValueError(f"low must be below high. Received low={low} and high={high}.")
    layers = {
        layer: of_gates
        for layer, arrays in by_layer(gates).items()
        if (of_gates := _of_layer(layer, arrays, low, high, mask))
    }
    if not layers:
        raise ValueError(
            "There is no gate, which is an array whose name ends with '_gate'. "
            f"Received {_names(gates)}."
        )
    return layers[""] if is_one_layer(gates) else layers


def _of_layer(
    layer: str, arrays: Mapping[str, np.ndarray], low: float, high: float, mask: Any
) -> dict[str, Saturation]:
    found = {}
    for name, values in arrays.items():
        if name.endswith("_gate"):
            weights = step_weights(mask, f"{layer} {name}".strip(), values)
            weights = weights[..., None] / weights.sum()
            left, right = (
                np.sum(weights * saturated, axis=(0, 1))
                for saturated in (values < low, values > high)
            )
            found[name] = Saturation(left, right, low, high)
    return found


def plot_saturation(
    saturation: Mapping[str, Any], figure: "Figure | SubFigure | None" = None
) -> "Figure | SubFigure":
    """Draws one panel for each gate and in it one point for each unit.

    To the right are units whose gate is mostly open, at the top those whose gate is
    mostly shut; those in the corner at the origin work in between. No point can be
    above the diagonal.

    Args:
        saturation: What the function `saturation` returns.
        figure: The figure, or part of one, to draw in; by default a new one.

    Returns:
        The figure.

    Raises:
        ImportError: If matplotlib is missing.
        ValueError: If there is nothing to draw.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import GRU
        >>> x = keras.random.normal((8, 20, 3))
        >>> shares = analysis.saturation({"gru": GRU(16).gates(x)})
        >>> figure = analysis.plot_saturation(shares)
        >>> [axes.get_title() for axes in figure.axes]
        ['update gate', 'reset gate']

    Reference:
        Karpathy, Johnson and Fei-Fei 2015 (arXiv:1506.02078), for the picture of the
        gates' saturation.
    """
    if not saturation:
        raise ValueError("There is no saturation to draw: the dictionary is empty.")
    layers = {"": saturation} if is_one_layer(saturation) else saturation
    names = list(
        dict.fromkeys(name for of_gates in layers.values() for name in of_gates)
    )
    figure, axes = panels(names, figure)
    points = {}
    for number, (layer, of_gates) in enumerate(layers.items()):
        for name, shares in of_gates.items():
            points[layer] = axes[name].scatter(
                shares.right,
                shares.left,
                s=26,
                alpha=0.6,
                edgecolors="black",
                linewidths=0.4,
                clip_on=False,
                zorder=3,
                **marker(number),
            )
            axes[name].set_xlabel(f"share of steps above {shares.high:g}")
            axes[name].set_ylabel(f"share of steps below {shares.low:g}")
    for panel in axes.values():
        panel.plot([0, 1], [1, 0], color="0.4", linestyle="--", linewidth=0.8)
        panel.set(xlim=(0, 1), ylim=(0, 1), aspect="equal", xticks=TICKS, yticks=TICKS)
    legend_above(figure, list(points.values()), list(points))
    return figure


def _names(gates: Gates) -> list[str]:
    return [
        f"{layer} {name}".strip()
        for layer, arrays in by_layer(gates).items()
        for name in arrays
    ]
