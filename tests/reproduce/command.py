"""The commands of the reproduction, each in a process of its own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


COMMANDS = ROOT / "reproduce"
COMMAND = [sys.executable, str(COMMANDS / "run.py")]


def run(*arguments, script="run.py", **kwargs):
    return subprocess.run(
        [sys.executable, str(COMMANDS / script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=1800,
        **kwargs,
    )
