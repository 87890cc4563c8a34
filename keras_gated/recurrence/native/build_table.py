"""What the compiler is to be called with; imports nothing but the standard library."""

import platform
from typing import NamedTuple


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
        "sse2": (),
        "avx2": ("-mavx2", "-mfma"),
        "avx512": ("-mavx512f", "-mavx2", "-mfma"),
    }
}
"""For each architecture the instruction sets that the kernels are compiled for, one of
which is chosen at run time. Other architectures have their compiler's default only."""


def compilations(machine: str | None = None) -> tuple[Compilation, ...]:
    """All compilations for a machine as `platform.machine()` names it."""
    machine = machine or platform.machine()
    machine = "x86_64" if machine == "AMD64" else machine
    sets = VECTOR_FLAGS.get(machine, {"baseline": ()})
    return (
        Compilation("boundary.cc", (), "boundary"),
        Compilation("dispatch.cc", (), "dispatch"),
        Compilation("instruction_sets.cc", (), "instruction_sets"),
        Compilation("threads.cc", (), "threads"),
        *(
            Compilation(
                "kernels.cc",
                (*KERNEL_FLAGS, *flags, f"-DKERAS_GATED_ISA={name}"),
                f"kernels_{name}",
            )
            for name, flags in sets.items()
        ),
    )
