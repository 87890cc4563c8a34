"""Processes of their own, which know nothing of this one."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import keras

from keras_gated.testing.check import NotApplicable

TIMEOUT = 900.0


def check_importable(layer: Any) -> list[str]:
    """The modules that a layer and its parts come from, which others must find."""
    parts = (layer, *(getattr(layer, name, None) for name in ("cell", "layer")))
    classes = {type(part) for part in parts if part is not None}
    for kind in classes:
        module = kind.__module__
        if module == "__main__" or importlib.util.find_spec(module) is None:
            raise NotApplicable(
                f"{kind.__name__} is defined in {module!r}, which another process "
                "can't import"
            )
    return sorted({kind.__module__ for kind in classes})


def run_fresh(
    module: str,
    arguments: Sequence[str],
    environments: Sequence[dict[str, str]] = ({},),
) -> None:
    """Runs a module of this package in a process for each of the environments.

    Raises:
        AssertionError: With the end of what it wrote if one of them fails.
    """
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", module, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **os.environ,
                "KERAS_BACKEND": keras.backend.backend(),
                "PYTHONPATH": os.pathsep.join(sys.path),
                **environment,
            },
        )
        for environment in environments
    ]
    try:
        outputs = [process.communicate(timeout=TIMEOUT)[0] for process in processes]
    finally:
        for process in processes:
            process.kill()
    for process, output in zip(processes, outputs, strict=True):
        if process.returncode:
            raise AssertionError(
                f"expected {module} to do its work in a process of its own; out came "
                f"the code {process.returncode} and\n{output[-3000:]}"
            )
