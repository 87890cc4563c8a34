"""Runs a study, from its data to its report.

    python reproduce/run.py --backend jax

Stopped and started again, a run goes on where it was. `--list` shows the studies, and
`--help` behind the name of one its options.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce.command_line import main

if __name__ == "__main__":
    sys.exit(main())
