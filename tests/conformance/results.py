"""The results of a whole run: a JSON file for each backend."""

import json
import os
from importlib import import_module
from pathlib import Path

import keras

from keras_gated.files import replacing

_folder = os.environ.get("KERAS_GATED_CONFORMANCE")
FOLDER = Path(_folder) if _folder else None

LEFT_TO = "it is left to"
"""How the reason begins for a check that another row stands for."""


class Results:
    """Outcomes of checks by layer and check."""

    def __init__(self):
        self.cells = {}

    def record(self, layer, check, outcome, reason):
        self.cells.setdefault(layer, {})[check] = {"outcome": outcome, "reason": reason}

    def write(self, folder, layers, checks):
        """Writes the file if every cell is there, and says whether it did."""
        if {layer: set(row) for layer, row in self.cells.items()} != {
            layer: set(checks) for layer in layers
        }:
            return False
        backend = keras.backend.backend()
        content = {
            "backend": backend,
            "versions": {"keras": keras.__version__, backend: _version_of(backend)},
            "cells": {
                layer: {check: self.cells[layer][check] for check in checks}
                for layer in layers
            },
        }
        with replacing(folder / f"{backend}.json") as file:
            file.write(json.dumps(content, indent=1).encode() + b"\n")
        return True


def _version_of(backend):
    return str(import_module(backend).__version__)
