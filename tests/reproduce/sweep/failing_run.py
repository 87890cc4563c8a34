"""`reproduce/run.py` with trials that raise: `failing_run.py ARGUMENTS OF run.py`.

Each process of a local sweep imports this file as the main module of its parent, so the
fault is there as well; to the tasks of Ray it is sent.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))


class OperatorError(Exception):
    """As those of TensorFlow: it cannot be made from its message alone."""

    def __init__(self, node, operator, message):
        super().__init__(message)
        self.node, self.operator = node, operator


def plant_faults():
    """Makes the LSTM and the GRU raise; the tanh unit trains as ever."""
    import reproduce.training.trial as module

    whole = module.run_trial
    if hasattr(whole, "faults"):
        return

    def run_trial(training, trial, *arguments):
        if trial.arm == "total":
            assert trial.unit == "lstm"
        if trial.unit == "lstm":
            raise KeyError("recurrent_kernel")
        if trial.unit == "gru":
            raise OperatorError(
                None, "MatMul", "shapes differ | [3] and [4]\nin MatMul"
            )
        return whole(training, trial, *arguments)

    run_trial.faults = True
    module.run_trial = run_trial


def failing_work(job):
    """Stands in for `work` where a process imports no main module."""
    from reproduce.sweep.worker import work

    plant_faults()
    return work(job)


if __name__ in ("__main__", "__mp_main__"):
    plant_faults()

if __name__ == "__main__":
    from reproduce.command_line import main

    if "--ray" in sys.argv:
        import reproduce.sweep.ray_crew

        reproduce.sweep.ray_crew.work = failing_work
    sys.exit(main())
