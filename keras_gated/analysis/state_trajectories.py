"""The way of the states through time, in two dimensions."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from keras_gated._extras import needing
from keras_gated.analysis._arrays import step_weights, steps
from keras_gated.analysis._pictures import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = ("pca", "tsne")


@dataclass(frozen=True)
class Trajectories:
    """States of each sequence and step in few dimensions.

    Attributes:
        points: `(batch, time, components)`, NaN at masked steps.
        method: `"pca"` or `"tsne"`.
        explained: For PCA the share of the variance along each component,
            `(components,)`.
    """

    points: np.ndarray
    method: str
    explained: np.ndarray | None = None


def trajectories(
    states: Any,
    method: str = "pca",
    components: int = 2,
    perplexity: float = 30.0,
    mask: Any = None,
    seed: int = 0,
) -> Trajectories:
    """Projects the states of all sequences and steps onto a few dimensions.

    Args:
        states: `(batch, time, units)`, such as the `"output"` or the `"carry"` that
            `gates` returns.
        method: `"pca"` for the directions of the largest variance, `"tsne"` for a map
            that keeps neighbours together; its time grows fast, take a few thousand
            states at most.
        components: Number of dimensions.
        perplexity: How many neighbours t-SNE keeps together, about.
        mask: Booleans `(batch, time)`; where `False` a step is left out.
        seed: Seed of whatever is random.

    Returns:
        `Trajectories`.

    Raises:
        ImportError: If scikit-learn is missing.
        ValueError: If `method` is unknown, the states have another shape or are not
            finite, the mask does not fit, there are fewer states or units than
            components, or for t-SNE `perplexity` is not between 0 and the number of
            states.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import GRU
        >>> gates = GRU(16).gates(keras.random.normal((4, 25, 3)))
        >>> analysis.trajectories(gates["output"]).points.shape
        (4, 25, 2)

    Reference:
        van der Maaten and Hinton 2008, "Visualizing data using t-SNE"; for the cells
        of recurrent networks Tang et al. 2016 (arXiv:1609.08789).
    """
    if method not in METHODS:
        raise ValueError(
            f"Unknown method {method!r}. Known methods: {', '.join(METHODS)}."
        )
    states = steps("states", states).astype("float64")
    kept = step_weights(mask, "states", states) > 0
    samples = states[kept]
    if not np.all(np.isfinite(samples)):
        raise ValueError("The states must be finite where they are not masked.")
    if not 1 <= components <= min(samples.shape):
        raise ValueError(
            f"components must be between 1 and {min(samples.shape)} for "
            f"{len(samples)} states of {samples.shape[1]} units. Received "
            f"components={components}."
        )
    if method == "tsne" and not 0 < perplexity < len(samples):
        raise ValueError(
            "perplexity must be above 0 and below the number of states, which is "
            f"{len(samples)}. Received perplexity={perplexity}."
        )
    projection = _projection(method, components, perplexity, seed)
    points = np.full((*kept.shape, components), np.nan)
    points[kept] = projection.fit_transform(samples)
    explained = getattr(projection, "explained_variance_ratio_", None)
    return Trajectories(points, method, explained)


def _projection(method: str, components: int, perplexity: float, seed: int) -> Any:
    with needing("Trajectories need scikit-learn", "analysis"):
        from sklearn.decomposition import PCA
        from sklearn.manifold import TSNE
    if method == "pca":
        return PCA(components, svd_solver="full")
    return TSNE(components, perplexity=perplexity, init="pca", random_state=seed)


def plot_trajectories(trajectories: Trajectories, ax: "Axes | None" = None) -> "Axes":
    """Draws the way of each sequence, coloured by time; a ring marks its first step.

    Args:
        trajectories: What the function `trajectories` returns, of two components.
        ax: The axes to draw in; by default those of a new figure.

    Returns:
        The axes.

    Raises:
        ImportError: If matplotlib is missing.
        ValueError: If there are not two components.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import GRU
        >>> gates = GRU(16).gates(keras.random.normal((4, 25, 3)))
        >>> ax = analysis.plot_trajectories(analysis.trajectories(gates["output"]))
        >>> ax.get_xlabel().startswith("principal component 1")
        True
    """
    points = trajectories.points
    if points.shape[-1] != 2:
        raise ValueError(
            "Only trajectories of two components can be drawn. Received "
            f"{points.shape[-1]}."
        )
    ax = new_axes() if ax is None else ax
    for way in points:
        way = way[np.isfinite(way[:, 0])]
        ax.plot(*way.T, color="0.7", linewidth=0.6, zorder=1)
        ax.plot(*way[:1].T, "o", color="black", mfc="none", markersize=8, zorder=3)
    times = np.broadcast_to(np.arange(points.shape[1]), points.shape[:2])
    dots = ax.scatter(
        points[..., 0].ravel(),
        points[..., 1].ravel(),
        c=times.ravel(),
        s=10,
        cmap="viridis",
        plotnonfinite=False,
        zorder=2,
    )
    assert ax.figure is not None
    ax.figure.colorbar(dots, ax=ax, label="time step")
    ax.set_xlabel(_label(trajectories, 0))
    ax.set_ylabel(_label(trajectories, 1))
    return ax


def _label(trajectories: Trajectories, component: int) -> str:
    if trajectories.explained is None:
        return f"t-SNE dimension {component + 1}"
    share = trajectories.explained[component]
    return f"principal component {component + 1} ({share:.0%} of variance)"
