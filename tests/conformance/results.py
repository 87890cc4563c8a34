"""The results of the checks: a JSON file for each backend."""

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
        """Writes the rows all of whose cells are there; says which.

        A whole run makes the file anew. Of one with some rows, these take the place of
        those in the file, if that is of the same versions.
        """
        backend = keras.backend.backend()
        versions = {
            "python": platform.python_version(),
            **{name: _version_of(name) for name in ("keras", backend, "numpy")},
        }
        today = datetime.now(UTC).date().isoformat()
        found = {
            table: {
                layer: {check: self.tables[table][layer][check] for check in checks}
                for layer in layers
                if set(self.tables.get(table, {}).get(layer, ())) == set(checks)
            }
            for table, (layers, checks) in tables.items()
        }
        rows = [layer for table in found.values() for layer in table]
        is_whole = all(
            list(found[name]) == list(of) for name, (of, _) in tables.items()
        )
        content = {
            "backend": backend,
            "versions": versions,
            "date": today,
            "minutes": round(seconds / 60),
            "tests": dict(sorted(self.counts.items())),
            "later": {},
        }
        file = folder / f"{backend}.json"
        if not is_whole:
            if not rows or not file.exists():
                return []
            content = json.loads(file.read_text())
            if not content["versions"].items() <= versions.items():
                return []
            content["later"] |= dict.fromkeys(rows, today)
        for table, (layers, _) in tables.items():
            both = content.get(table, {}) | found[table]
            content[table] = {layer: both[layer] for layer in layers if layer in both}
        with replacing(file) as stream:
            stream.write(json.dumps(content, indent=1).encode() + b"\n")
        return rows


def _version_of(name):
    return str(import_module(name).__version__)
