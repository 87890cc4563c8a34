"""The process that reads corrupted files."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.seeds import SEED

ROOT = Path(__file__).resolve().parents[2]
CHUNK = 500


class Process:
    """Asks `tests.fuzz.worker`, and starts another where it died of a file."""

    def __init__(self, log):
        self.log = log
        self.process = None

    def read(self, reader, folder, count):
        """Reads so many corrupted files from number `SEED` on, and those made by hand.

        Returns:
            How many were read rightly, how many refused, and what went wrong, by the
            name of the file.
        """
        total = {"right": 0, "refused": 0, "failures": {}}
        for done in range(0, count, CHUNK):
            request = {
                "reader": reader,
                "folder": str(folder),
                "first": SEED + done,
                "count": min(CHUNK, count - done),
                "whole": done == 0,
            }
            answer = self._ask(request)
            total["right"] += answer.get("right", 0)
            total["refused"] += answer.get("refused", 0)
            total["failures"] |= answer["failures"]
        return total

    def close(self):
        if self.process is not None:
            self.process.stdin.close()
            self.process.stdout.close()
            self.process.wait()
            self.process = None

    def _ask(self, request):
        if self.process is None:
            self.process = self._start()
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        self.close()
        name = Path(request["folder"], "current").read_text()
        end = self.log.read_text().partition("Extension modules")[0][-3000:]
        return {"failures": {name: f"the process died, or hung:\n{end}"}}

    def _start(self):
        with self.log.open("w") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.fuzz.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=ROOT,
                # Each thread takes of the address space, which is limited there: a
                # machine of many cores has many.
                env={
                    **os.environ,
                    "OMP_NUM_THREADS": "1",
                    "TF_CPP_MIN_LOG_LEVEL": "2",
                },
            )


@pytest.fixture(scope="session")
def process(tmp_path_factory):
    process = Process(tmp_path_factory.mktemp("fuzz") / "log")
    yield process
    process.close()
