"""Times a training step of our cells beside the vanilla LSTM, the scan and the GRU.

    python benchmarks/cells.py --cells NIG FGR MUT1 --workload "16x64x88->36"

On JAX, where a step is one compiled program: the layer forward and backward, and an
update by SGD. All contenders take turns in one process: every cell with as many units
as the workload says, on the loop that it takes by itself and on the one that it takes
without those in C++; and with as many parameters as the GRU of so many units.
"""

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.help import Help
from benchmarks.layers import read_workloads
from benchmarks.workloads import Step, Workload

CELLS = ("V", "NIG", "NFG", "NOG", "NIAF", "NOAF", "CIFG", "NP", "FGR")
"""The variants of the LSTM by their names in `LSTM_VARIANTS`."""

OTHERS = ("GRU", "MUT1", "MUT2", "MUT3", "SimpleRNN")
"""Layers by their names."""

GRAPHS = {"GraphGRU": "gru", "GraphMUT1": "mut1"}
"""`GraphRNN` of the cells of these names in `KNOWN_CELLS`."""

ALL_CELLS = (*CELLS, *OTHERS, *GRAPHS)

VANILLA, PEER = "V", "GRU"


def main() -> None:
    """Runs the command line and prints a Markdown table for each workload."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=Help
    )
    parser.add_argument(
        "--workload",
        nargs="+",
        default=["1x64x88->64", "16x64x88->36"],
        help="any sizes BATCHxTIMExFEATURES->UNITS",
    )
    parser.add_argument(
        "--cells",
        nargs="+",
        choices=ALL_CELLS,
        default=ALL_CELLS,
        help="what to time; V and GRU always are",
    )
    parser.add_argument("--repeats", type=int, default=30, help="rounds")
    options = parser.parse_args()
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    cells = tuple(dict.fromkeys((VANILLA, PEER, *options.cells)))
    for workload in read_workloads(options.workload):
        measure(workload, cells, options.repeats)


def measure(workload: Workload, cells: tuple[str, ...], repeats: int) -> None:
    """Times all cells on one workload and prints the table."""
    from benchmarks.worker import take_turns

    parameters = count(PEER, workload.units, workload.features)
    equal = {cell: match(cell, workload.features, parameters) for cell in cells} | {
        PEER: workload.units
    }
    paths, steps = {}, {}
    for cell in cells:
        paths[cell] = made(cell, workload.units).recurrence.name
        steps[cell, "own"] = training(cell, workload, workload.units)
        steps[cell, "equal"] = training(cell, workload, equal[cell])
        if paths[cell] == "native":
            os.environ["KERAS_GATED_NATIVE"] = "0"
            steps[cell, "without C++"] = training(cell, workload, workload.units)
            del os.environ["KERAS_GATED_NATIVE"]
    turns = {" ".join(name): step for name, step in steps.items()}
    found = take_turns(turns, repeats, patience=60.0)
    ms = {name: median(found[" ".join(name)]["times_ms"]) for name in steps}

    print(f"\n{workload.name}; as many parameters as the GRU: {parameters}\n")
    print(
        "| cell | loop | ms | over V | without C++ | units of as many parameters "
        "| over GRU |"
    )
    print("|---|---|---|---|---|---|---|")
    for cell in cells:
        own = ms[cell, "own"]
        without = ms.get((cell, "without C++"))
        slower = f"{without / own:.2f} times" if without else ""
        print(
            f"| {cell} | {paths[cell]} | {own:.3f} | {own / ms[VANILLA, 'own']:.2f} "
            f"| {slower} | {equal[cell]} "
            f"| {ms[cell, 'equal'] / ms[PEER, 'equal']:.2f} |",
            flush=True,
        )


def made(cell: str, units: int) -> Any:
    """The layer of a name."""
    from keras_gated import graphs, layers

    if cell in GRAPHS:
        graph = graphs.KNOWN_CELLS[GRAPHS[cell]]
        return layers.GraphRNN(units, graph, return_sequences=True)
    if cell in layers.LSTM_VARIANTS:
        settings = layers.LSTM_VARIANTS[cell]
        return layers.LSTMVariant(units, return_sequences=True, **settings)
    return getattr(layers, cell)(units, return_sequences=True)


def count(cell: str, units: int, features: int) -> int:
    """How many parameters a cell has."""
    layer = made(cell, units)
    layer.build((None, None, features))
    return int(layer.count_params())


def match(cell: str, features: int, parameters: int) -> int:
    """The units that come closest to so many parameters.

    They are a polynomial of degree two of the units, which three of its values give.
    """
    import numpy as np

    few = (1, 2, 3)
    curve = np.polyfit(few, [count(cell, units, features) for units in few], 2)
    (root,) = (x.real for x in np.roots(curve - [0, 0, parameters]) if x.real > 0)
    return max(1, round(root))


def training(cell: str, workload: Workload, units: int) -> Step:
    """A training step, compiled, which comes back when it is done."""
    import jax
    import numpy as np

    rng = np.random.default_rng(0)
    shape = (workload.batch, workload.steps)
    x, y = (
        jax.device_put(rng.standard_normal((*shape, size), dtype=np.float32))
        for size in (workload.features, units)
    )
    layer = made(cell, units)
    layer.build(x.shape)
    values = [variable.value for variable in layer.trainable_variables]
    rest = [variable.value for variable in layer.non_trainable_variables]

    def loss(values: list[Any]) -> Any:
        return jax.numpy.mean((layer.stateless_call(values, rest, x)[0] - y) ** 2)

    def update(values: list[Any]) -> list[Any]:
        slopes = jax.grad(loss)(values)
        return [v - 0.01 * slope for v, slope in zip(values, slopes, strict=True)]

    step: Callable[[list[Any]], Any] = jax.jit(update).lower(values).compile()
    return lambda: jax.block_until_ready(step(values))


if __name__ == "__main__":
    main()
