"""What a process of a sweep says before it gives up."""

import multiprocessing
import os

import pytest

from reproduce.sweep import worker

pytestmark = pytest.mark.once


# Not an exit status alone: what led to the error is what can be mended.
def test_the_first_of_the_errors_is_told(monkeypatch, capsys):
    def work(job, is_alone):
        assert not is_alone()
        try:
            try:
                raise OSError("no space left")
            except OSError as error:
                raise RuntimeError("a commit failed") from error
        except RuntimeError as error:
            raise worker.StorageInternalError("the storage failed") from error

    monkeypatch.setattr(worker, "work", work)
    monkeypatch.setattr(worker, "speak_through", lambda writer: None)
    monkeypatch.setattr(worker.signal, "signal", lambda *_: None)
    _, writer = multiprocessing.Pipe(duplex=False)
    with pytest.raises(SystemExit) as ended:
        worker.work_for_parent(None, os.getppid(), writer)
    assert ended.value.code == worker.CANNOT_STORE
    told = "error: results cannot be stored: no space left\n"
    assert capsys.readouterr().err == told
