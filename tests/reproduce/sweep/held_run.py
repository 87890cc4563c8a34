"""`reproduce/run.py` with trials that wait for a word: `held_run.py ARGUMENTS`.

In its second epoch in a process, when there is a checkpoint of the first, a trial says
in a file that it waits, and goes on once `go-MODEL` is in the folder of the sweep. So
it is there to be killed, however fast it is and whoever else the machine works for.

As in `failing_run.py` this file is a main module, and is sent to the tasks of Ray.
"""

import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))
LONG_SECONDS = 3600


def hold_trials():
    """Makes trials wait in their second epoch."""
    import reproduce.training.trial as module

    whole = module.run_trial
    if hasattr(whole, "holds"):
        return

    def run_trial(training, trial, task, out, report, *arguments):
        model = getattr(trial, trial.cell[-1])
        epochs = 0

        def held(epoch, score):
            nonlocal epochs
            report(epoch, score)
            epochs += 1
            if epochs == 2:
                (out / f"held-{model}-{os.getpid()}").touch()
                end = time.monotonic() + LONG_SECONDS
                while not (out / f"go-{model}").exists():
                    if time.monotonic() > end:
                        raise TimeoutError("The test is gone.")
                    time.sleep(0.02)

        return whole(training, trial, task, out, held, *arguments)

    run_trial.holds = True
    module.run_trial = run_trial


def held_work(job):
    """Stands in for `work` where a process imports no main module."""
    from reproduce.sweep.worker import work

    hold_trials()
    return work(job)


if __name__ in ("__main__", "__mp_main__"):
    hold_trials()

if __name__ == "__main__":
    from reproduce.command_line import main

    if "--ray" in sys.argv:
        import reproduce.sweep.ray_crew

        reproduce.sweep.ray_crew.work = held_work
    sys.exit(main())
