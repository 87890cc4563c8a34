"""Ctrl-C that isn't lost."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def noted_interrupts() -> Iterator[threading.Event]:
    """Ctrl-C raises `KeyboardInterrupt` as ever, and sets the event besides.

    Python swallows an exception that a signal raises in the middle of a finalizer or
    of another callback; a loop that looks at the event ends all the same.
    """
    noted = threading.Event()
    before = signal.getsignal(signal.SIGINT)

    def note(number: int, frame: FrameType | None) -> None:
        noted.set()
        signal.default_int_handler(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, before)
