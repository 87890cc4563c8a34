"""The notebook of the documentation runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.once
def test_the_first_chorale(data_dir, tmp_path):
    result = subprocess.run(
        [sys.executable, ROOT / "docs" / "notebooks" / "first_chorale.py"],
        env={
            **os.environ,
            "KERAS_GATED_DATA": str(data_dir.resolve()),
            "FIRST_CHORALE_OUT": str(tmp_path),
            "FIRST_CHORALE_EPOCHS": "3",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert result.returncode == 0, result.stderr
    assert "nats per step" in result.stdout
    assert "overwrite" in result.stdout
    assert soundfile.info(tmp_path / "chorale.wav").duration > 38
    for name in ("chorale.mid", "chorale.png", "saturation.png"):
        assert (tmp_path / name).stat().st_size > 100
