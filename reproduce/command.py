"""What every command of this folder does around its work."""

import argparse
import os
import sys
from collections.abc import Callable

ONE_THREAD = {
    "NPROC": "1",
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
}
"""Environment that keeps every backend to one thread, if set before it is loaded."""

INTERRUPTED = 130
"""The exit status after Ctrl-C."""


def run_command(
    work: Callable[[argparse.Namespace], int], options: argparse.Namespace
) -> int:
    """Does the work of a command on the backend that its options name.

    Args:
        work: Gives the exit status. Nothing before it may have imported Keras, which
            reads its backend once.
        options: What the command line asks for.

    Returns:
        The exit status: that of the work, 1 if its input was bad, which is told on
        the standard error, 130 after Ctrl-C.
    """
    os.environ.update(ONE_THREAD, KERAS_BACKEND=options.backend)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        return work(options)
    except (ImportError, OSError, ValueError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
