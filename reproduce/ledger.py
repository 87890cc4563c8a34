"""The records of finished trials, one JSON file each."""

import json
import math
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from keras_gated.files import replacing
from reproduce.studies.chung2014 import Trial

Record = dict[str, Any]


class Ledger:
    """The finished trials of a sweep, in the folder `trials` under its output folder.

    A record is written under another name and then renamed, so a file of the ledger
    is always a whole record, whatever stops the program.

    Args:
        out: The output folder of the sweep. It is made if it is not there.

    Raises:
        ValueError: If the folder cannot be made or written to.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.folder = out / "trials"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise ValueError(
                f"The output folder {out} cannot be written to: {error}. "
                "Name another one with --out."
            ) from error

    def path(self, trial: Trial) -> Path:
        """Where the record of a trial is, or will be."""
        return self.folder / f"{trial.name}.json"

    def write(self, trial: Trial, record: Record) -> None:
        """Stores the record of a trial, whole or not at all."""
        text = json.dumps(_without_nan(record), indent=1, allow_nan=False)
        with replacing(self.path(trial)) as file:
            file.write(text.encode() + b"\n")

    def read(self, trial: Trial) -> Record | None:
        """The record of a trial if it is finished.

        Raises:
            ValueError: If the file is no record, or one of another configuration.
        """
        path = self.path(trial)
        if not path.exists():
            return None
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
            config = record["config"]
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(
                f"{path} is not a record of a trial ({error!r}). Move it away, or name "
                "another output folder with --out."
            ) from error
        if config != trial.config:
            raise ValueError(
                f"{path} holds a result of another configuration: "
                f"{_differences(config, trial.config)}. Name another output folder "
                "with --out, or repeat the command that made it."
            )
        return record

    def read_all(self, trials: Iterable[Trial]) -> dict[str, Record]:
        """The records of those trials that are finished, by the name of the trial."""
        records = {trial.name: self.read(trial) for trial in trials}
        return {name: record for name, record in records.items() if record is not None}


def _without_nan(value: Any) -> Any:
    """JSON knows no NaN and no infinity: they become null."""
    match value:
        case dict():
            return {key: _without_nan(item) for key, item in value.items()}
        case list():
            return [_without_nan(item) for item in value]
        case float() if not math.isfinite(value):
            return None
    return value


def _differences(found: dict[str, Any], wanted: dict[str, Any]) -> str:
    keys = sorted(found.keys() | wanted.keys())
    return ", ".join(
        f"{key} is {found.get(key)!r} there and {wanted.get(key)!r} here"
        for key in keys
        if found.get(key) != wanted.get(key)
    )
