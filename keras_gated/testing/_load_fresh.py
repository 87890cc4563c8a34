"""Loads the files of `saving.save`: `python -m ... FOLDER MODULE ...`.

The modules are those of the classes of the layer, which register themselves.
"""

import importlib
import sys
from pathlib import Path

from keras_gated.testing._checks.saving import check_files

if __name__ == "__main__":
    folder, *modules = sys.argv[1:]
    for module in modules:
        importlib.import_module(module)
    check_files(Path(folder))
