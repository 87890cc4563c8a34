"""Output folders."""

import tempfile
from pathlib import Path


def check_writable(folder: Path) -> None:
    """Makes a folder if it is not there.

    Raises:
        ValueError: If it cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(
            f"The output folder {folder} cannot be written to: {error}. "
            "Name another one with --out."
        ) from error
