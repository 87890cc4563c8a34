"""KERAS_GATED_TEST_ISA holds every library to an instruction set."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.instruction_sets import VARIABLE, choose, processor_has
from tests.tiers import exhaustive_elsewhere

FOUND = {
    "avx512": {
        "jax": "jax: avx512f",
        "tensorflow": "isa:Intel AVX-512",
        "torch": "torch: AVX512",
        "loops": "loops: avx512",
        "NumPy": "NumPy: X86_V4",
        "OpenBLAS": "OpenBLAS: SkylakeX",
    },
    "avx2": {
        "jax": "jax: avx2",
        "tensorflow": "isa:Intel AVX2",
        "torch": "torch: AVX2",
        "loops": "loops: avx2",
        "NumPy": "NumPy: X86_V3",
        "OpenBLAS": "OpenBLAS: Haswell",
    },
    "plain": {
        "jax": "jax: avx\n",
        "tensorflow": "isa:Intel SSE4.1",
        "torch": "torch: DEFAULT",
        "loops": "loops: sse2",
        "NumPy": "NumPy: baseline",
        "OpenBLAS": "OpenBLAS: Nehalem",
    },
}
"""What `instruction_set_probe` prints, by the choice."""


# `plain` is what no library takes unasked.
@exhaustive_elsewhere
@pytest.mark.parametrize(
    "name",
    [
        "plain",
        pytest.param("avx2", marks=pytest.mark.exhaustive),
        pytest.param("avx512", marks=pytest.mark.exhaustive),
    ],
)
def test_every_library_takes_the_instruction_set(name, backend):
    if not processor_has(name):
        pytest.skip("this machine has not these instructions")
    output = subprocess.run(
        [sys.executable, "-m", "tests.instruction_set_probe"],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env={**os.environ, VARIABLE: name, "ONEDNN_VERBOSE": "1"},
    ).stdout
    for library in (backend, "loops", "NumPy", "OpenBLAS"):
        assert FOUND[name][library] in output


def test_unknown_names_are_refused(monkeypatch):
    monkeypatch.setenv(VARIABLE, "avx1024")
    with pytest.raises(ValueError, match="avx512, avx2, plain; received 'avx1024'"):
        choose()


def test_it_is_refused_when_it_comes_too_late(monkeypatch):
    monkeypatch.setenv(VARIABLE, "plain")
    if not processor_has("plain"):
        pytest.skip("this machine has not these instructions")
    with pytest.raises(ValueError, match="before NumPy"):
        choose()
