"""What trained models leave for the report, beside their records."""

from pathlib import Path

from reproduce.training.arrays import Arrays, load_arrays, save_arrays
from reproduce.trial import Trial

FOLDER = "left"


def save_left(trial: Trial, groups: dict[str, Arrays], out: Path) -> None:
    """Writes what `Training.leave` returns, if that is anything.

    Args:
        trial: The trial that it is of.
        groups: Arrays in groups.
        out: The output folder.

    Raises:
        NotStoredError: If the file cannot be written.
    """
    if groups:
        save_arrays(_path(trial, out), groups, {"name": trial.name})


def load_left(trial: Trial, out: Path | None) -> dict[str, Arrays]:
    """Reads what a trial left; nothing if it left nothing, or another machine has it.

    Raises:
        ValueError: If the file is something else.
    """
    if out is None or not _path(trial, out).exists():
        return {}
    return load_arrays(_path(trial, out))[0]


def _path(trial: Trial, out: Path) -> Path:
    # The digest tells it from what a trial of other settings left under this name.
    return out / FOLDER / f"{trial.name}-{trial.digest}.npz"
