"""Figures as files."""

from pathlib import Path

from matplotlib.figure import Figure

from keras_gated._files import replacing

DOTS_PER_INCH = 150


def save(figure: Figure, path: Path) -> None:
    """Writes a figure as PNG; a file that was there stays until it is whole."""
    with replacing(path) as file:
        figure.savefig(file, format="png", dpi=DOTS_PER_INCH)
