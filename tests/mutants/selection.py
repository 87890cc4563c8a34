"""Which tests a tier has, and how long each takes."""

import json
import os
import subprocess
import sys
from pathlib import Path

BACKENDS = ("torch", "jax", "tensorflow")
QUICK = {"torch": "not exhaustive", "jax": "not (once or exhaustive)"}
"""The tests of the quick tier by their marks; those of `once` run on PyTorch only."""


def collected(root, backend):
    """The ids of the tests of the quick tier of a tree."""
    marks = QUICK.get(backend, QUICK["jax"])
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", marks]
    environment = {**os.environ, "KERAS_BACKEND": backend, "PYTHONPATH": str(root)}
    found = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True
    )
    if found.returncode:
        raise ValueError(
            f"The tests in {root} cannot be collected on {backend}: "
            f"{found.stdout[-2000:]}{found.stderr[-2000:]}"
        )
    return [line for line in found.stdout.splitlines() if "::" in line]


def read_tier(file, root):
    """The tier that a file keeps; it is collected first if there is no such file."""
    file = Path(file)
    if not file.exists():
        tier = {backend: collected(root, backend) for backend in BACKENDS}
        file.write_text(json.dumps(tier))
    return json.loads(file.read_text())


def read_seconds(folder):
    """The seconds of each test on each backend, as far as `contexts.py` wrote them."""
    seconds = {}
    for backend in BACKENDS:
        file = Path(folder, f"{backend}.json")
        seconds[backend] = json.loads(file.read_text()) if file.exists() else {}
    return seconds
