"""Times our layers beside those of `torch.nn` as users of PyTorch call them.

    python benchmarks/plain_torch.py

There is no model and no trainer of Keras: a layer is called with a tensor, and the
gradients of its weights are computed from those of its outputs, or it is called under
`torch.no_grad()`. All take turns, as in `layers.py`; shown are medians in milliseconds.
"""

import argparse
import os
import sys
from pathlib import Path
from statistics import median
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.help import Help
from benchmarks.workloads import UNITS, Step, Workload

WORKLOADS = ("16x64x88->36", "24x96x96->46", "4x1500x88->36", "24x300x40->160")


def main() -> None:
    """Runs the command line."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=Help
    )
    parser.add_argument(
        "--workload", nargs="+", default=WORKLOADS, help="BATCHxTIMExFEATURES->UNITS"
    )
    parser.add_argument("--unit", nargs="+", choices=UNITS, default=["lstm", "gru"])
    parser.add_argument("--repeats", type=int, default=25, help="rounds")
    options = parser.parse_args()
    # Read when Keras is imported.
    os.environ["KERAS_BACKEND"] = "torch"
    from benchmarks.worker import take_turns

    print("| B x T x D -> H | unit | of | ours, ms | torch.nn, ms | torch.nn / ours |")
    print("|---|---|---|---|---|---|")
    for name in options.workload:
        for unit in options.unit:
            layers = steps(unit, Workload.parse(name))
            for kind in ("forward and backward", "inference"):
                contenders = {of: layer[kind] for of, layer in layers.items()}
                taken = take_turns(contenders, options.repeats, patience=60.0)
                ours, torch_nn = (median(t["times_ms"]) for t in taken.values())
                print(
                    f"| {name} | {unit} | {kind} | {ours:.2f} | {torch_nn:.2f} | "
                    f"{torch_nn / ours:.2f} |",
                    flush=True,
                )


def steps(unit: str, workload: Workload) -> dict[str, dict[str, Step]]:
    """What is timed of both layers."""
    import torch

    from benchmarks.peers import OURS, TORCH, Batch

    batch, units = Batch(workload), workload.units
    ours = OURS[unit](units)
    ours.build(batch.x.shape)
    of_torch = getattr(torch.nn, TORCH[unit])(
        workload.features, units, batch_first=True
    )
    x, gradient = torch.from_numpy(batch.x), torch.from_numpy(batch.y)

    def both(layer: Any, call: Any) -> dict[str, Step]:
        def forward_and_backward() -> None:
            layer.zero_grad()
            call(x).backward(gradient)

        def inference() -> None:
            with torch.no_grad():
                call(x)

        return {"forward and backward": forward_and_backward, "inference": inference}

    return {
        "ours": both(ours, ours),
        "torch.nn": both(of_torch, lambda x: of_torch(x)[0]),
    }


if __name__ == "__main__":
    main()
