"""What each unit of a gate or state does from step to step."""

from typing import TYPE_CHECKING

import numpy as np

from keras_gated.analysis._arrays import LayerGates, steps
from keras_gated.analysis._pictures import new_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_course(
    gates: LayerGates, name: str, sequence: int = 0, ax: "Axes | None" = None
) -> "Axes":
    """Draws one gate or state of a layer over the steps of a sequence.

    A row is a unit, a column a step. Gates, whose names end with `_gate`, go from 0,
    white, to 1, dark; candidates and states from blue over white, which is 0, to red.

    Args:
        gates: What the `gates` method of a layer gives, or `keras_gated.analysis.gates`
            for one of the layers of a model.
        name: Which of them to draw, such as `"forget_gate"`.
        sequence: The number of the sequence in the batch.
        ax: The axes to draw in; by default those of a new figure.

    Returns:
        The axes.

    Raises:
        ImportError: If matplotlib is missing.
        ValueError: If there is no such gate or sequence, or it has not the shape
            `(batch, time, units)`.

    Examples:
        >>> import keras
        >>> from keras_gated import analysis
        >>> from keras_gated.layers import PeepholeLSTM
        >>> gates = PeepholeLSTM(16).gates(keras.random.normal((8, 20, 3)))
        >>> ax = analysis.plot_course(gates, "forget_gate", sequence=2)
        >>> ax.get_title(), [float(end) for end in ax.get_xlim()]
        ('forget gate', [-0.5, 19.5])
    """
    if name not in gates:
        raise ValueError(f"There is no {name!r}. Known are {list(gates)}.")
    values = steps(name, gates[name])
    if not 0 <= sequence < len(values):
        raise ValueError(
            f"sequence must be between 0 and {len(values) - 1} for {name} of "
            f"{len(values)} sequences. Received sequence={sequence}."
        )
    is_gate = name.endswith("_gate")
    largest = float(np.abs(values[sequence]).max())
    ax = new_axes() if ax is None else ax
    picture = ax.imshow(
        values[sequence].T.astype("float64"),
        aspect="auto",
        origin="lower",
        interpolation="nearest",
        cmap="Purples" if is_gate else "RdBu_r",
        vmin=0 if is_gate else -largest,
        vmax=1 if is_gate else largest,
    )
    assert ax.figure is not None
    ax.figure.colorbar(picture, ax=ax)
    ax.set(title=name.replace("_", " "), xlabel="step", ylabel="unit")
    return ax
