"""Files that come to be whole or not at all."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

_STALE_SECONDS = 3600.0


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Opens a file that takes the place of `path` once it is written and on disk.

    It can be read as well, to look at what was written.
    Whoever looks at `path` sees the old file, or none, or the whole new one, also
    when the process is killed or another process writes the same file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    _remove_stale_parts(path)
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    try:
        with part.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _remove_stale_parts(path: Path) -> None:
    """Removes what killed processes left; younger files may still be written to."""
    for part in path.parent.glob(f".{path.name}.*.part"):
        try:
            age = time.time() - part.stat().st_mtime
        except FileNotFoundError:
            continue
        if age > _STALE_SECONDS:
            part.unlink(missing_ok=True)
