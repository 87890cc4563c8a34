"""Compiles the C++ loops while keras_gated is installed, where there is a compiler.

Whatever goes wrong, the package is installed: then without them, and with a note that
says why, which `layer.recurrence` repeats.
"""

import importlib.util
import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from packaging.tags import sys_tags

ROOT = Path(__file__).resolve().parent
NATIVE = Path("keras_gated", "recurrence", "native")
SOURCES = ROOT / NATIVE / "src"
NOTE = "not_built.txt"
PRODUCTS = ("libkeras_gated.so", "libkeras_gated_xla.so", NOTE)

JAXLIB = "jaxlib>=0.7"


class BuildHook(BuildHookInterface):
    """Puts the libraries into a wheel, or beside their sources for an editable one."""

    def dependencies(self) -> list[str]:
        """jaxlib, whose headers declare the custom calls, if there is none already.

        What is installed into the environment serves as well, and agrees with it.
        """
        needed = not why_not() and xla_headers() is None
        return [JAXLIB] if needed else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        folder = Path(tempfile.mkdtemp(prefix="keras_gated-"))
        build(folder)
        built = [file for file in map(folder.joinpath, PRODUCTS) if file.exists()]
        if version == "editable":
            for product in PRODUCTS:
                (ROOT / NATIVE / product).unlink(missing_ok=True)
            for product in built:
                shutil.move(product, ROOT / NATIVE)
            shutil.rmtree(folder)
            return
        self._folder = folder
        for product in built:
            build_data["force_include"][str(product)] = str(NATIVE / product.name)
        if any(product.suffix == ".so" for product in built):
            build_data["pure_python"] = False
            build_data["tag"] = f"py3-none-{platform_tag()}"

    def finalize(self, version: str, build_data: dict[str, Any], path: str) -> None:
        if hasattr(self, "_folder"):
            shutil.rmtree(self._folder)


def build(folder: Path) -> None:
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


def why_not() -> str | None:
    """Why nothing is to be compiled, or None."""
    if os.environ.get("KERAS_GATED_NATIVE") == "0":
        return "KERAS_GATED_NATIVE=0 turned them off when it was installed"
    if sys.platform == "win32":
        return "they are not built on Windows"
    if compiler() is None:
        return "there was no C++ compiler when it was installed"
    return None


def compiler() -> list[str] | None:
    """The command of a C++ compiler: that in CXX if it is set, else the first found."""
    if "CXX" in os.environ:
        command = shlex.split(os.environ["CXX"])
        return command if command and shutil.which(command[0]) else None
    found = filter(shutil.which, ("c++", "g++", "clang++"))
    return next(([command] for command in found), None)


def xla_headers() -> Path | None:
    """The headers of jaxlib, of the build or of the environment that is built for."""
    spec = importlib.util.find_spec("jaxlib")
    folders = [Path(spec.origin).parent] if spec and spec.origin else []
    folders.append(Path(sysconfig.get_path("platlib"), "jaxlib"))
    includes = (folder / "include" for folder in folders)
    header = Path("xla", "ffi", "api", "ffi.h")
    return next((path for path in includes if (path / header).exists()), None)


def compile_into(folder: Path) -> str | None:
    """Compiles both libraries; says what is missing if it is one."""
    table = build_table()
    objects = []
    for source, flags, name in table.compilations():
        objects.append(folder / f"{name}.o")
        call_compiler(
            *table.COMMON_FLAGS, *flags, "-c", SOURCES / source, "-o", objects[-1]
        )
    shared = ("-shared", *table.COMMON_FLAGS)
    call_compiler(*shared, *objects, "-o", folder / PRODUCTS[0])
    include = xla_headers()
    if include is not None:
        headers = ("-isystem", include)
        call_compiler(
            *shared, *headers, SOURCES / "xla.cc", *objects, "-o", folder / PRODUCTS[1]
        )
    for file in objects:
        file.unlink()
    return None if include else "the headers of jaxlib were missing, for JAX only"


def call_compiler(*arguments: Any) -> None:
    """Runs the compiler.

    Raises:
        subprocess.CalledProcessError: If it fails.
    """
    command = [*(compiler() or []), *map(str, arguments)]
    subprocess.run(command, check=True, capture_output=True)


def build_table() -> Any:
    """The calls of the compiler; importing them as a package would import Keras."""
    path = ROOT / NATIVE / "build_table.py"
    spec = importlib.util.spec_from_file_location("build_table", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def platform_tag() -> str:
    """The tag of this machine's wheels, that of no manylinux: nothing was audited."""
    tags = (tag.platform for tag in sys_tags())
    return next(tag for tag in tags if "many" not in tag and "musl" not in tag)
