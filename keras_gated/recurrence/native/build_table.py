"""How the C++ libraries are compiled; imports nothing but the standard library.

`hatch_build.py` and `.ci/sanitizers` read this file by itself, and `layout.py`: both
work where there is no Keras.
"""

import hashlib
import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

SOURCES = Path(__file__).resolve().parent / "src"


class Compilation(NamedTuple):
    """One call of the compiler: `source` with `flags` to the object file `name`.o."""

    source: str
    flags: tuple[str, ...]
    name: str


COMMON_FLAGS = ("-std=c++17", "-O3", "-fPIC", "-fvisibility=hidden", "-pthread")
"""For every compilation and for the link."""

KERNEL_FLAGS = ("-ffp-contract=fast", "-fno-math-errno")
"""For the kernels: multiplications and additions may be fused where there is such an
instruction. Nothing that would lose what is not a number."""

VECTOR_FLAGS = {
    "x86_64": {
        "avx512_bf16": (
            *("-mavx512bf16", "-mavx512bw", "-mavx512vl"),
            *("-mavx512f", "-mavx2", "-mfma"),
        ),
        "avx512": ("-mavx512f", "-mavx2", "-mfma"),
        "avx2": ("-mavx2", "-mfma"),
        "sse2": (),
    }
}
"""For each architecture the instruction sets that the kernels are compiled for, one of
which is chosen at run time. Other architectures have their compiler's default only."""

NUMBERS = ("float32", "bfloat16")
"""The types of numbers that they are compiled for, too: those of `layout.py`."""

BFLOAT16_ONLY = ("avx512_bf16",)
"""The instruction sets that have nothing to offer to other types."""


def instruction_sets(machine: str | None = None) -> dict[str, tuple[str, ...]]:
    """The sets of a machine as `platform.machine()` names it, each with its flags."""
    machine = machine or platform.machine()
    machine = "x86_64" if machine == "AMD64" else machine
    return VECTOR_FLAGS.get(machine, {"baseline": ()})


def compilations(machine: str | None = None) -> tuple[Compilation, ...]:
    """All compilations for a machine as `platform.machine()` names it.

    Those that take longest come first.
    """
    return (
        *(
            Compilation(
                "kernels.cc",
                (*KERNEL_FLAGS, *flags, *_defines(ISA=name, NUMBER=number)),
                f"kernels_{name}_{number}",
            )
            for name, flags in instruction_sets(machine).items()
            for number in NUMBERS
            if number == "bfloat16" or name not in BFLOAT16_ONLY
        ),
        Compilation("boundary.cc", (), "boundary"),
        Compilation("dispatch.cc", (), "dispatch"),
        Compilation("instruction_sets.cc", (), "instruction_sets"),
        Compilation("places.cc", (), "places"),
        Compilation("stream.cc", (), "stream"),
        Compilation("threads.cc", (), "threads"),
    )


def _defines(**values: str) -> tuple[str, ...]:
    return tuple(f"-DKERAS_GATED_{name}={value}" for name, value in values.items())


def sources_hash(header: str) -> str:
    """The hash of all that decides what the libraries are, which has them compiled in.

    Args:
        header: What `layout.header()` gives.
    """
    flags = COMMON_FLAGS, *map(compilations, (*VECTOR_FLAGS, "another"))
    digest = hashlib.sha256(repr((header, flags)).encode())
    for file in sorted(SOURCES.iterdir()):
        digest.update(repr((file.name, file.read_bytes())).encode())
    return digest.hexdigest()


def compile_objects(
    compiler: Sequence[str],
    wanted: Iterable[Compilation],
    header: str,
    folder: Path,
    flags: Sequence[str] = (),
) -> list[Path]:
    """Compiles into a folder, as many sources at a time as there are cores.

    An object that is there already is taken as it is.

    Args:
        compiler: The command of the compiler.
        wanted: The compilations.
        header: What `layout.header()` gives.
        folder: Where `layout.h` and the objects go, made with these flags only.
        flags: Further flags for each.

    Raises:
        subprocess.CalledProcessError: If the compiler fails.
    """
    define = f'#define KERAS_GATED_SOURCES "{sources_hash(header)}"\n'
    (folder / "layout.h").write_text(header + define)

    def compiled(one: Compilation) -> Path:
        done = folder / f"{one.name}.o"
        if not done.exists():
            begun = done.with_suffix(".part")
            source = str(SOURCES / one.source)
            settings = [*COMMON_FLAGS, *flags, *one.flags, f"-I{folder}"]
            command = [*compiler, *settings, "-c", source, "-o", str(begun)]
            subprocess.run(command, check=True, capture_output=True)
            begun.replace(done)
        return done

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(compiled, wanted))
