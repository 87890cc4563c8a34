"""The results of a whole run: a JSON file for each backend."""

import json
import os
import platform
from collections import Counter
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import keras

from keras_gated._files import replacing

_folder = os.environ.get("KERAS_GATED_CONFORMANCE")
FOLDER = Path(_folder) if _folder else None

LEFT_TO = "it is left to"
"""How the reason begins for a check that another row stands for."""


class Results:
    """Outcomes of checks by table, layer and check."""

    def __init__(self):
        self.tables = {}
        self.counts = Counter()

    def count(self, kind):
        """Counts a test that ended so, of the tables or not."""
        self.counts[kind] += 1

    def record(self, table, layer, check, outcome, reason):
        row = self.tables.setdefault(table, {}).setdefault(layer, {})
        row[check] = {"outcome": outcome, "reason": reason}

    def write(self, folder, tables, seconds):
        """Writes the file if every cell of the tables is there; says whether it did."""
        expected = {
            table: {layer: set(checks) for layer in layers}
            for table, (layers, checks) in tables.items()
        }
        found = {
            table: {layer: set(row) for layer, row in rows.items()}
            for table, rows in self.tables.items()
        }
        if found != expected:
            return False
        backend = keras.backend.backend()
        content = {
            "backend": backend,
            "versions": {
                "python": platform.python_version(),
                **{name: _version_of(name) for name in ("keras", backend, "numpy")},
            },
            "date": datetime.now(UTC).date().isoformat(),
            "minutes": round(seconds / 60),
            "tests": dict(sorted(self.counts.items())),
            **{
                table: {
                    layer: {check: self.tables[table][layer][check] for check in checks}
                    for layer in layers
                }
                for table, (layers, checks) in tables.items()
            },
        }
        with replacing(folder / f"{backend}.json") as file:
            file.write(json.dumps(content, indent=1).encode() + b"\n")
        return True


def _version_of(name):
    return str(import_module(name).__version__)
