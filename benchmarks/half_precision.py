"""Times training steps in bfloat16 beside those in float32, ours and others'.

    KERAS_BACKEND=torch python benchmarks/half_precision.py --unit gru

All contenders take turns in one process, on one backend of Keras. Ours and Keras'
layers in bfloat16 have the policy `mixed_bfloat16`, with weights in float32; those of
`torch.nn` have their weights in bfloat16, too.
"""

import argparse
import sys
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.help import Help
from benchmarks.layers import read_workloads
from benchmarks.workloads import NUMBERS, UNITS, Step


def main() -> None:
    """Runs the command line and prints a Markdown table."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0], formatter_class=Help
    )
    parser.add_argument(
        "--workload",
        nargs="+",
        default=["64x128x256->512"],
        help="all, or any sizes BATCHxTIMExFEATURES->UNITS",
    )
    parser.add_argument("--unit", choices=UNITS, default="lstm", help="recurrent unit")
    parser.add_argument("--repeats", type=int, default=9, help="rounds")
    parser.add_argument(
        "--keras", action="store_true", help="the layers of Keras as well"
    )
    options = parser.parse_args()

    import keras

    from benchmarks import peers
    from benchmarks.worker import take_turns

    policies = keras.dtype_policies.get
    jit = keras.backend.backend() != "torch"
    print("| workload | numbers | contender | ms a training step | over ours |")
    print("|---|---|---|---|---|")
    for workload in read_workloads(options.workload):
        batch = peers.Batch(workload)
        steps: dict[str, Step] = {}
        for numbers, policy in NUMBERS.items():
            keras.config.set_dtype_policy(policies(policy))
            makers = {"ours": peers.OURS, "keras": peers.KERAS}
            for name in ("ours", "keras") if options.keras else ("ours",):
                layer = makers[name][options.unit](workload.units)
                built = peers.keras_steps(layer, batch, jit)
                steps[f"{numbers} | {name}"] = built["training"]
            built = peers.torch_steps(peers.TORCH[options.unit], batch, numbers)
            steps[f"{numbers} | torch.nn"] = built["training"]
        reply = take_turns(steps, options.repeats, patience=60)
        times = {name: median(timing["times_ms"]) for name, timing in reply.items()}
        for name, taken in times.items():
            ratio = taken / times["bfloat16 | ours"]
            print(f"| {workload.name} | {name} | {taken:.4g} | {ratio:.2f} |")


if __name__ == "__main__":
    main()
