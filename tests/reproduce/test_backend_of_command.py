"""A command runs on the backend that its option names, and loads no TensorFlow."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

RUN = """
import sys
from reproduce.command_line import main
loaded = [name for name in ("keras", "optuna") if name in sys.modules]
assert not loaded, loaded
status = main(sys.argv[1:])
import keras
print(keras.backend.backend(), "tensorflow" in sys.modules)
sys.exit(status)
"""


@pytest.mark.once
@pytest.mark.parametrize("study", [(), ("odyssey2015",)])
def test_the_option_decides(study, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "KERAS_BACKEND"}
    result = subprocess.run(
        [sys.executable, "-c", RUN, *study, "--backend", "torch", "--report"],
        env={**environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "nothing to report" in result.stderr
    assert result.stdout.splitlines()[-1] == "torch False"
