"""Compiles the C++ loops while keras_gated is installed, where there is a compiler.

Whatever goes wrong, the package is installed: then without them, and with a note that
says why, which `layer.recurrence` repeats. In a checkout `python hatch_build.py` puts
the libraries beside their sources, if those that are there come from others.
"""

import hashlib
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

ROOT = Path(__file__).resolve().parent
NATIVE = Path("keras_gated", "recurrence", "native")
LIBRARIES = ("libkeras_gated.so", "libkeras_gated_xla.so")
NOTE = "not_built.txt"
PRODUCTS = (*LIBRARIES, NOTE)

OBJECTS = ROOT / "build" / "native"
"""Where a checkout keeps its objects, so that one build serves all that come after."""

OLD_OBJECTS = 3
"""For how many other sources or compilers they are kept."""

JAXLIB = "jaxlib==0.8.0" if sys.version_info < (3, 15) else "jaxlib>=0.8"
"""The oldest one that keras_gated works with: XLA takes custom calls that were built
with its older headers, but not with newer ones, in TensorFlow as well. Later Pythons
have later ones only."""

JAXLIB_PLATFORMS = (
    "manylinux_2_27_x86_64",
    "manylinux_2_27_aarch64",
    "macosx_11_0_arm64",
)


class BuildHook(BuildHookInterface):
    """Puts the libraries into a wheel, or beside their sources for an editable one."""

    def dependencies(self) -> list[str]:
        """jaxlib, whose headers declare the custom calls, where there are wheels of it.

        What is installed is left aside: pip keeps the wheel for other environments.
        """
        has_wheels = any(tag.platform in JAXLIB_PLATFORMS for tag in sys_tags())
        return [JAXLIB] if has_wheels and why_not() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        if version == "editable":
            build_beside_sources()
            return
        self._folder = Path(tempfile.mkdtemp(prefix="keras_gated-"))
        built = build(self._folder)
        for product in built:
            build_data["force_include"][str(product)] = str(NATIVE / product.name)
        if any(product.suffix == ".so" for product in built):
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag()}"

    def finalize(self, version: str, build_data: dict[str, Any], path: str) -> None:
        if hasattr(self, "_folder"):
            shutil.rmtree(self._folder)


def build_beside_sources() -> None:
    """Replaces what is there, whole files by whole files."""
    with tempfile.TemporaryDirectory(dir=ROOT / NATIVE) as folder:
        built = {product.name: product for product in build(Path(folder))}
        for name in PRODUCTS:
            place = ROOT / NATIVE / name
            if name in built:
                built[name].replace(place)
            else:
                place.unlink(missing_ok=True)


def build(folder: Path) -> list[Path]:
    """Leaves the libraries in `folder`, and a note if one of them cannot be built."""
    reason = why_not()
    if reason is None:
        try:
            reason = compile_into(folder)
        except subprocess.CalledProcessError as error:
            lines = error.stderr.decode(errors="replace").strip().splitlines()
            command = shlex.join(map(str, error.cmd))
            reason = f"the compiler failed: {command}: {' | '.join(lines[:5])}"
    if reason is not None:
        print(f"keras_gated: no C++ loops, {reason}", file=sys.stderr)
        (folder / NOTE).write_text(reason)
    return [file for file in map(folder.joinpath, PRODUCTS) if file.exists()]


def why_not() -> str | None:
    """Why nothing is to be compiled, or None."""
    if os.environ.get("KERAS_GATED_NATIVE") == "0":
        return "KERAS_GATED_NATIVE=0 turned them off when it was installed"
    if sys.platform == "win32":
        return "they are not built on Windows"
    if not compiler():
        return "there was no C++ compiler when it was installed"
    return None


def compiler() -> list[str]:
    """The command of a C++ compiler: that in CXX if it is set, else the first found."""
    if "CXX" in os.environ:
        command = shlex.split(os.environ["CXX"])
        return command if command and shutil.which(command[0]) else []
    found = filter(shutil.which, ("c++", "g++", "clang++"))
    return next(([command] for command in found), [])


def compile_into(folder: Path) -> str | None:
    """Makes both libraries; says what is missing if it is one."""
    include, reason = xla_headers()
    with objects(include) as (loops, calls):
        link(loops, folder / LIBRARIES[0])
        if calls:
            link([*loops, *calls], folder / LIBRARIES[1])
    return reason


@contextmanager
def objects(include: Path | None) -> Iterator[tuple[list[Path], list[Path]]]:
    """Compiles the loops, and with the headers of XLA their custom calls.

    Raises:
        subprocess.CalledProcessError: If the compiler fails.
    """
    table, header = native_file("build_table"), native_file("layout").header()
    loops = table.compilations()
    calls = ()
    if include is not None:
        headers = digest(sorted((include / API).glob("*.h")))
        flags = ("-isystem", str(include))
        calls = tuple(
            table.Compilation(f"{name}.cc", flags, f"{name}_{headers}")
            for name in ("xla", "tensorflow")
        )
    with place_for_objects(table.sources_hash(header)) as place:
        made = table.compile_objects(compiler(), (*calls, *loops), header, place)
        yield made[len(calls) :], made[: len(calls)]


def link(parts: list[Path], library: Path) -> None:
    flags = native_file("build_table").COMMON_FLAGS
    command = [*compiler(), "-shared", *flags, *parts, "-o", library]
    subprocess.run(command, check=True, capture_output=True)


API = Path("xla", "ffi", "api")

XLA_PACKAGES = ("jaxlib", "tensorflow")

OLDEST_INTERFACE = (0, 1)
"""That of jaxlib 0.8.0 and TensorFlow 2.20.0."""


def xla_headers() -> tuple[Path | None, str | None]:
    """The oldest headers of XLA that are there; or why none serve.

    jaxlib and TensorFlow each have an XLA of their own, which takes what was built with
    its own headers or older ones.
    """
    found = {}
    for package in XLA_PACKAGES:
        spec = importlib.util.find_spec(package)
        folders = [Path(spec.origin).parent] if spec and spec.origin else []
        # A build by pip has a jaxlib of its own; these are what the loops will meet.
        folders.append(Path(sysconfig.get_path("platlib"), package))
        for include in (folder / "include" for folder in folders):
            if (include / API / "ffi.h").exists():
                found[include] = interface(include)
    if not found:
        return None, "the headers of XLA were missing, for JAX and TensorFlow only"
    oldest = min(found, key=found.__getitem__)
    if found[oldest] < OLDEST_INTERFACE:
        return None, (
            f"{oldest.parent} is older than {JAXLIB}, with whose headers they are "
            "built, for JAX and TensorFlow only: upgrade it first"
        )
    return oldest, None


def interface(include: Path) -> tuple[int, ...]:
    """The version of the interface that headers declare."""
    text = (include / API / "c_api.h").read_text()
    return tuple(
        int(number)
        for part in ("MAJOR", "MINOR")
        for number in re.findall(rf"define XLA_FFI_API_{part} (\d+)", text)
    )


@contextmanager
def place_for_objects(sources: str) -> Iterator[Path]:
    """A folder of the objects of these sources, of which one build at a time has hold.

    It lasts where this is a checkout that can be written to.
    """
    if not (ROOT / ".git").exists() or not os.access(ROOT, os.W_OK):
        with tempfile.TemporaryDirectory(prefix="keras_gated-") as folder:
            yield Path(folder)
        return
    import fcntl

    OBJECTS.mkdir(parents=True, exist_ok=True)
    about = subprocess.run([*compiler(), "--version"], capture_output=True, check=True)
    key = hashlib.sha256(repr((compiler(), about.stdout, sources)).encode())
    folder = OBJECTS / key.hexdigest()[:16]
    with (OBJECTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        folder.touch()
        others = sorted(OBJECTS.glob("*/"), key=lambda other: other.stat().st_mtime)
        for other in others[: -1 - OLD_OBJECTS]:
            shutil.rmtree(other)
        yield folder


def digest(files: Iterable[Path]) -> str:
    return hashlib.sha256(b"".join(map(Path.read_bytes, files))).hexdigest()[:16]


def native_file(name: str) -> Any:
    """A file of the native package; importing that would import Keras."""
    path = ROOT / NATIVE / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def platform_tag() -> str:
    """The tag of this machine's wheels, that of no manylinux: nothing was audited."""
    tags = (tag.platform for tag in sys_tags())
    return next(tag for tag in tags if "many" not in tag and "musl" not in tag)


def is_current() -> bool:
    """Whether both libraries beside the sources were compiled from them."""
    table, header = native_file("build_table"), native_file("layout").header()
    sources = table.sources_hash(header).encode()
    files = [ROOT / NATIVE / library for library in LIBRARIES]
    return all(file.exists() and sources in file.read_bytes() for file in files)


if __name__ == "__main__":
    if not is_current():
        build_beside_sources()
