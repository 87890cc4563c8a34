"""Ctrl-C is noted even where its exception is swallowed."""

import os
import signal

import pytest

from reproduce.sweep.interrupts import noted_interrupts


def test_an_interrupt_is_raised_and_noted():
    before = signal.getsignal(signal.SIGINT)
    with noted_interrupts() as noted:
        assert not noted.is_set()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert noted.is_set()
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupt_swallowed_by_a_finalizer_is_noted():
    class Finalized:
        def __del__(self):
            os.kill(os.getpid(), signal.SIGINT)

    with noted_interrupts() as noted:
        finalized = Finalized()
        del finalized
        assert noted.is_set()
