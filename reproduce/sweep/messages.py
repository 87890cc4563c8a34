"""What the processes of a sweep have to say, for whoever shows it."""

import os
import re
import sys
import warnings
from multiprocessing.connection import Connection, Pipe

from reproduce.command import write_warning

STAMP = re.compile(
    r"[IWEF]\d{4} [\d:.]+ +\d+ (?=\S+:\d+\])|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[.,\d]*:?"
)
"""When and where a line was logged: by absl, which is C++, and by `logging`."""

CHATTER = re.compile(r"I\d{4} [\d:.]+ +\d+ \S+:\d+\]|WARNING: All log messages before")
"""Lines that warn of nothing, and that no variable turns off before absl starts."""

STANDARD_STREAMS = (1, 2)
AT_ONCE = 1 << 16


class Messages:
    """A pipe that many processes write lines into; each line comes out once."""

    def __init__(self) -> None:
        self._reader, self.writer = Pipe(duplex=False)
        os.set_blocking(self._reader.fileno(), False)
        self._unfinished = b""
        self._known: set[str] = set()

    def read(self) -> list[str]:
        """What was written since the last time and never before; does not wait."""
        *lines, self._unfinished = (self._unfinished + self._drained()).split(b"\n")
        return [
            line
            for line in (raw.decode(errors="replace").rstrip() for raw in lines)
            if self._is_news(line)
        ]

    def close(self) -> None:
        """Ends the pipe; who still writes into it gets an error."""
        self._reader.close()
        self.writer.close()

    def _drained(self) -> bytes:
        content = b""
        while True:
            try:
                content += os.read(self._reader.fileno(), AT_ONCE)
            except BlockingIOError:
                return content

    def _is_news(self, line: str) -> bool:
        what = STAMP.sub("", line)
        if not what or CHATTER.match(line) or what in self._known:
            return False
        self._known.add(what)
        return True


def speak_through(writer: Connection) -> None:
    """Lets a process write into a pipe all that it would write to the terminal.

    That holds for libraries in C++ too. A warning is one line, without the line of code
    that gave it.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    for stream in STANDARD_STREAMS:
        os.dup2(writer.fileno(), stream)
    warnings.showwarning = write_warning
