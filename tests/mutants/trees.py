"""A copy of the tree, in which faults are planted and tests run."""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from tests.mutants.native_faults import is_native

NATIVE = Path("keras_gated", "recurrence", "native")
BUILD = "import pathlib, hatch_build; hatch_build.build(pathlib.Path({folder!r}))"


def copy_tree(root, folder):
    """Copies what git knows, with the built libraries and a link to the environment."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True
    ).stdout
    built = [str(path.relative_to(root)) for path in (root / NATIVE).glob("lib*.so")]
    for name in filter(None, [*listed.split("\0"), *built]):
        if (root / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    (folder / ".venv").symlink_to((root / ".venv").resolve())
    return folder


@contextmanager
def planted(fault, tree):
    """The tree with a fault; with its libraries, if it is a fault of theirs."""
    file = tree / fault.file
    original, times = file.read_bytes(), file.stat()
    kept = {path: path.read_bytes() for path in _libraries(tree, fault)}
    try:
        file.write_text(fault.planted(original.decode()), encoding="utf-8")
        if kept:
            build(tree)
        yield
    finally:
        file.write_bytes(original)
        os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
        for path, content in kept.items():
            path.write_bytes(content)


def _libraries(tree, fault):
    return list((tree / NATIVE).glob("lib*.so")) if is_native(fault.file) else []


def build(tree):
    """Builds the libraries of a tree beside their sources.

    Raises:
        subprocess.CalledProcessError: If the program that does so fails.
        RuntimeError: If the compiler does.
    """
    program = BUILD.format(folder=str(tree / NATIVE))
    subprocess.run(
        [sys.executable, "-c", program], cwd=tree, check=True, capture_output=True
    )
    note = tree / NATIVE / "not_built.txt"
    if note.exists():
        why = note.read_text()
        note.unlink()
        raise RuntimeError(f"The libraries could not be built: {why}")
