"""Where the CPU time of a small update goes, here and in another checkout.

    python benchmarks/updates.py --beside ../main

The model is that of the quick study: one recurrent layer with weight noise and a
Bernoulli head, trained by RMSProp on batches of 4 x 64 x 88, on JAX and one thread.
Each checkout has a process of its own, and they take turns.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
VARIABLES = {
    "KERAS_BACKEND": "jax",
    "NPROC": "1",
    "OMP_NUM_THREADS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "2",
}
UNITS = {"gru": 46, "lstm": 36}
UPDATES = 58
SHAPE = (4, 64, 88)
VALIDATED = 76


def main() -> None:
    """Prints milliseconds of CPU time for each component, one column a checkout."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--beside", type=Path, help="another checkout")
    parser.add_argument(
        "--rounds", type=int, default=15, help="how often each is timed"
    )
    parser.add_argument("--units", nargs="+", choices=UNITS, default=list(UNITS))
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        serve(options.units)
        return
    checkouts = {"here": ROOT}
    if options.beside:
        checkouts[str(options.beside)] = options.beside.resolve()
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(started(folder, options.units))
            for name, folder in checkouts.items()
        }
        (rows, *_) = [ask(process)["rows"] for process in processes.values()]
        found: dict[str, dict[str, list[float]]] = {
            name: {row: [] for row in rows} for name in processes
        }
        for _ in range(options.rounds):
            for row in rows:
                for name, process in processes.items():
                    found[name][row].append(ask(process, row)["ms"])
    show(rows, found)


def show(rows: list[str], found: dict[str, dict[str, list[float]]]) -> None:
    """Prints the medians, and what they are of those in the last column."""
    print("ms of CPU time an update".ljust(44), *(f"{name:>14}" for name in found))
    for row in rows:
        medians = [median(columns[row]) for columns in found.values()]
        ratio = f"{medians[0] / medians[-1]:8.2f}" if len(medians) > 1 else ""
        print(row.ljust(44), *(f"{value:14.3f}" for value in medians), ratio)


def started(checkout: Path, units: list[str]) -> "subprocess.Popen[str]":
    """A process that measures what is in a checkout."""
    return subprocess.Popen(
        [sys.executable, str(Path(__file__).resolve()), "--measure", "--units", *units],
        cwd=checkout,
        env={**os.environ, **VARIABLES, "PYTHONPATH": str(checkout)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(process: "subprocess.Popen[str]", row: str = "") -> dict[str, Any]:
    """Sends the name of a component; none asks for all names."""
    assert process.stdin is not None
    assert process.stdout is not None
    print(row, file=process.stdin, flush=True)
    reply: dict[str, Any] = json.loads(process.stdout.readline())
    return reply


def serve(units: list[str]) -> None:
    """Times what standard input names, until it ends."""
    from time import process_time

    components = {
        f"{unit} {UNITS[unit]}: {name}": work
        for unit in units
        for name, work in components_of(unit, UNITS[unit]).items()
    }
    for work in components.values():
        work()
    for line in sys.stdin:
        row = line.rstrip("\n")
        if not row:
            print(json.dumps({"rows": list(components)}), flush=True)
            continue
        begin = process_time()
        components[row]()
        spent = (process_time() - begin) * 1e3 / UPDATES
        print(json.dumps({"ms": spent}), flush=True)


def components_of(unit: str, size: int) -> dict[str, Callable[[], object]]:
    """Functions that do each part of `UPDATES` updates."""
    import jax
    import keras
    import numpy as np

    from keras_gated.callbacks import GradientClipping, WallClock
    from keras_gated.layers import BernoulliHead
    from keras_gated.losses import BernoulliNLL
    from keras_gated.metrics import MeanNLL
    from keras_gated.models import sequence_model

    rng = np.random.default_rng(0)
    several = (UPDATES * SHAPE[0], *SHAPE[1:])
    inputs, targets = (rng.random((2, *several)) < 0.05).astype("float32")
    weight = np.ones(several[:2], "float32")
    batch = tuple(array[: SHAPE[0]] for array in (inputs, targets, weight))

    def model(noise: float = 0.075, steps: int = 1) -> keras.Model:
        keras.utils.set_random_seed(0)
        made = sequence_model(
            unit, size, BernoulliHead(SHAPE[2]), SHAPE[2], weight_noise=noise, seed=0
        )
        loss = BernoulliNLL()
        made.compile(
            keras.optimizers.RMSprop(1e-3, rho=0.95),
            loss,
            weighted_metrics=[MeanNLL(loss)],
            steps_per_execution=steps,
        )
        made.optimizer.build(made.trainable_variables)
        return made

    def repeated(
        function: Callable[..., object], *arrays: object
    ) -> Callable[[], object]:
        compiled = jax.jit(function)
        return lambda: [
            jax.block_until_ready(compiled(*arrays)) for _ in range(UPDATES)
        ]

    def step(made: keras.Model) -> Callable[[], object]:
        """The compiled training step, called as `fit` calls it."""
        # Metrics have variables from then on.
        made.train_on_batch(*batch[:2], sample_weight=batch[2])
        variables = (
            made.trainable_variables,
            made.non_trainable_variables,
            made.optimizer.variables,
            made.metrics_variables,
        )
        state = [[[jax.numpy.array(v.value) for v in part] for part in variables]]
        data = jax.device_put(batch)
        one = jax.jit(made.train_step, donate_argnums=0)

        def run() -> None:
            for _ in range(UPDATES):
                _, state[0] = one(tuple(state[0]), data)
            jax.block_until_ready(state[0])

        return run

    def fit(
        made: keras.Model, callbacks: list[keras.callbacks.Callback], validated: int
    ) -> Callable[[], object]:
        validation = (inputs[:validated], targets[:validated], weight[:validated])
        return lambda: made.fit(
            inputs,
            targets,
            batch_size=SHAPE[0],
            sample_weight=weight,
            validation_data=validation if validated else None,
            validation_batch_size=32,
            callbacks=callbacks,
            verbose=0,
        )

    clean, noisy = model(noise=0.0), model()
    layer, head, loss = clean.layers[1], clean.layers[2], BernoulliNLL()
    values = [v.value for v in layer.trainable_variables]
    rest = [v.value for v in layer.non_trainable_variables]
    outputs = layer(batch[0])
    head_values = [v.value for v in head.trainable_variables]

    def layer_loss(values: list[object]) -> object:
        return jax.numpy.sum(layer.stateless_call(values, rest, batch[0])[0] ** 2)

    def head_loss(values: list[object], outputs: object, weight: object) -> object:
        logits = head.stateless_call(values, [], outputs)[0]
        return loss(batch[1], logits, weight)

    wrapper = noisy.layers[1]
    noise_state = [v.value for v in wrapper.non_trainable_variables]
    noise_values = [v.value for v in wrapper.trainable_variables]

    def noise(values: list[object], state: list[object]) -> object:
        mapping = [
            *zip(wrapper.trainable_variables, values, strict=True),
            *zip(wrapper.non_trainable_variables, state, strict=True),
        ]
        with keras.StatelessScope(state_mapping=mapping):
            return [value for _, value in wrapper.replacements(training=True)]

    optimizer = noisy.optimizer
    optimizer_state = [v.value for v in optimizer.variables]
    gradients = [v.value for v in noisy.trainable_variables]
    components: dict[str, Callable[[], object]] = {
        "the compiled step": step(model()),
        "the compiled step without noise": step(model(noise=0.0)),
        "layer, forward and backward": repeated(jax.grad(layer_loss), values),
        "noisy weights": repeated(noise, noise_values, noise_state),
        "head and loss, forward and backward": repeated(
            jax.grad(head_loss, (0, 1)), head_values, outputs, batch[2]
        ),
        "optimizer": repeated(
            optimizer.stateless_apply, optimizer_state, gradients, gradients
        ),
        "fit": fit(scanned(model(steps=UPDATES)), [], 0),
        "fit, clipping, clock and validation": fit(
            scanned(model(steps=UPDATES)), [GradientClipping(), WallClock()], VALIDATED
        ),
    }
    return components


def scanned(model: Any) -> Any:
    """With all steps in one program, where the checkout can do it."""
    try:
        from keras_gated.training import scan_steps
    except ImportError:
        model.steps_per_execution = 1
        return model
    return scan_steps(model)


if __name__ == "__main__":
    main()
