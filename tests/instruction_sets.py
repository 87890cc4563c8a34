"""The instruction set that the tests run with: KERAS_GATED_TEST_ISA names one."""

import os
import sys
from pathlib import Path

VARIABLE = "KERAS_GATED_TEST_ISA"

SETTINGS = {
    "avx512": {
        "KERAS_GATED_NATIVE_ISA": "avx512",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX512",
        "ATEN_CPU_CAPABILITY": "avx512",
        "MKL_CBWR": "AVX512",
        "ONEDNN_MAX_CPU_ISA": "AVX512_CORE",
        "TF_ENABLE_ONEDNN_OPTS": "1",
        "NPY_DISABLE_CPU_FEATURES": "",
        "OPENBLAS_CORETYPE": "SkylakeX",
    },
    "avx2": {
        "KERAS_GATED_NATIVE_ISA": "avx2",
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
        "ATEN_CPU_CAPABILITY": "avx2",
        "MKL_CBWR": "AVX2",
        "ONEDNN_MAX_CPU_ISA": "AVX2",
        # TensorFlow asks the processor, not oneDNN, whether it has bfloat16.
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
        "OPENBLAS_CORETYPE": "Haswell",
    },
    "plain": {
        "KERAS_GATED_NATIVE_ISA": "sse2",
        # Without F16C, which comes with AVX, XLA has no half precision.
        "XLA_FLAGS": "--xla_cpu_max_isa=AVX",
        "ATEN_CPU_CAPABILITY": "default",
        "MKL_CBWR": "COMPATIBLE",
        "ONEDNN_MAX_CPU_ISA": "SSE41",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4 AVX512_ICL AVX512_SPR",
        "OPENBLAS_CORETYPE": "Nehalem",
    },
}
"""By its name, the variables that tell our loops, XLA, PyTorch and its MKL, oneDNN in
PyTorch and TensorFlow, NumPy (by the names of 2.4) and its and SciPy's OpenBLAS."""

NEEDS = {"avx512": "avx512f", "avx2": "avx2", "plain": "f16c"}
"""Linux' name of what the processor must have."""


def processor_has(name):
    """Whether this machine can run the instruction set `name`."""
    about = Path("/proc/cpuinfo")
    return about.exists() and NEEDS[name] in about.read_text().split()


def choose():
    """Holds all libraries to the instruction set that the environment names, if any.

    They read their variables as they are loaded, once.
    """
    name = os.environ.get(VARIABLE)
    if not name:
        return
    if name not in SETTINGS:
        raise ValueError(
            f"{VARIABLE} must be one of {', '.join(SETTINGS)}; received '{name}'."
        )
    if not processor_has(name):
        raise ValueError(
            f"{VARIABLE}={name} needs Linux and a processor with {NEEDS[name]}."
        )
    if "numpy" in sys.modules:
        raise ValueError(f"{VARIABLE} must be read before NumPy is loaded.")
    flags = [os.environ.get("XLA_FLAGS", ""), SETTINGS[name]["XLA_FLAGS"]]
    os.environ.update(SETTINGS[name], XLA_FLAGS=" ".join(flags).strip())
