"""The kernels compiled for an H100: whether they fit it, and keep their order."""

import re
import subprocess
from importlib import import_module
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

CAPABILITY = 90
MOST_SHARED = 227 * 1024
"""Bytes of shared memory that a program may have there."""

REGISTERS = 64 * 1024
"""Those of a multiprocessor."""

UNITS = ("lstm", "gru_reset_before", "gru_reset_after", "simple_rnn")
QUICK = (
    ("lstm", "forward", "fp32", True),
    ("gru_reset_before", "backward", "bf16", False),
)
FLOATS = ("carry", "d_output", "d_carry", "output", "update", "d_seen")
"""The states that are float32 whatever the layer computes in."""

SIZES = ("first", "last", "batch", "steps", "units")


def compiled(unit, direction, number, whole, absent=()):
    """A kernel of a layer of many units, with all its options but those `absent`."""
    import torch
    import triton
    import triton.language as tl
    from triton.backends.compiler import GPUTarget
    from triton.compiler import ASTSource

    from keras_gated.recurrence._torch_gpu.launches import Sizes, plan

    kernels = import_module(f"keras_gated.recurrence._torch_gpu.kernels.{unit}")
    kernel = getattr(kernels, direction)
    chosen = plan(Sizes(64, 100, 128), (torch.empty(0 if whole else 2**20),))
    assert chosen.whole == whole
    constants = {
        "FACTOR": tl.bfloat16 if number == "bf16" else tl.float32,
        "PRECISION": "ieee",
        "ROWS": chosen.rows,
        "COLUMNS": chosen.columns,
        "DEPTH": chosen.depth,
        "PHASE": 0 if whole else 1,
        "SAVE": True,
        **dict.fromkeys(absent),
    }
    types = {
        **dict.fromkeys(kernel.arg_names, f"*{number}"),
        **dict.fromkeys(FLOATS, "*fp32"),
        **dict.fromkeys(SIZES, "i32"),
        "valid": "*u8",
        **dict.fromkeys(constants, "constexpr"),
    }
    signature = {name: types[name] for name in kernel.arg_names}
    aligned = [n for n, kind in signature.items() if kind[0] == "*" or n == "units"]
    places = [(kernel.arg_names.index(name),) for name in aligned]
    source = ASTSource(
        fn=kernel,
        signature=signature,
        constexprs={n: x for n, x in constants.items() if n in signature},
        attrs={place: [["tt.divisibility", 16]] for place in places},
    )
    options = {
        "num_warps": chosen.warps,
        "num_stages": chosen.stages,
        "enable_fp_fusion": True,
    }
    target = GPUTarget("cuda", CAPABILITY, 32)
    return triton.compile(source, target=target, options=options), chosen


def registers(cubin, folder):
    """How many registers a thread has, and how many bytes in memory."""
    import triton

    tool = Path(triton.__file__).parent / "backends" / "nvidia" / "bin" / "cuobjdump"
    file = folder / "kernel.cubin"
    file.write_bytes(cubin)
    report = subprocess.run(
        [tool, "--dump-resource-usage", file],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(int(re.search(rf"{n}:(\d+)", report)[1]) for n in ("REG", "LOCAL"))


CASES = [
    (unit, direction, number, whole)
    for unit in UNITS
    for direction in ("forward", "backward")
    for number in ("fp32", "bf16")
    for whole in (True, False)
]


@pytest.mark.parametrize(
    ("unit", "direction", "number", "whole"),
    [
        *QUICK,
        *(
            pytest.param(*c, marks=pytest.mark.exhaustive)
            for c in CASES
            if c not in QUICK
        ),
    ],
)
def test_fits_an_h100(unit, direction, number, whole, compilable, tmp_path):
    found, chosen = compiled(unit, direction, number, whole)
    used, spilt = registers(found.asm["cubin"], tmp_path)
    assert found.metadata.shared <= MOST_SHARED
    assert used * 32 * chosen.warps <= REGISTERS
    assert spilt == 0
    products = re.findall(r"mma\.sync|wgmma", found.asm["ptx"])
    assert bool(products) == (number == "bf16"), "float32 is to be exact"


def test_no_step_reads_before_the_one_before_has_written(compilable):
    """What the compiler fetches early belongs to the tiles, inside of a step."""
    absent = ("dropout_mask", "valid")
    found, _ = compiled("lstm", "forward", "fp32", True, absent)
    lines = [line.strip() for line in found.asm["ttgir"].splitlines()]
    steps, tiles = (
        next(n for n, line in enumerate(lines) if line.startswith(f"scf.for %{name}"))
        for name in ("t", "start")
    )
    reads = [
        n
        for n, line in enumerate(lines)
        if re.search("async_copy_global|tt.load", line)
    ]
    assert steps < tiles < min(reads)
    barriers = [n for n, line in enumerate(lines) if "barrier" in line]
    assert max(reads) < barriers[-1]
    after = lines[barriers[-1] + 1 :]
    assert not [line for line in after if "async_copy" in line or "tt.load" in line]
