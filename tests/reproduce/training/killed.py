"""A trial in a process of its own, to be killed: `killed.py FOLDER`.

It does not come to its end before, however slow who kills it is.
"""

import sys
from pathlib import Path

import keras

from tests.reproduce.examples import small_task, trial
from tests.reproduce.training.running import run_trial

WAITS_AT = 150
LONG = trial(backend=keras.backend.backend(), max_epochs=200, patience=200)


def say(epoch, score):
    print(epoch, flush=True)
    if epoch == WAITS_AT:
        sys.stdin.read()


if __name__ == "__main__":
    run_trial(LONG, small_task(), Path(sys.argv[1]), say, checkpoint_seconds=0)
