"""Times our recurrent layers beside those of Keras and of `torch.nn`.

    python benchmarks/layers.py --backend all

Each backend runs in a process of its own, where all contenders take turns, so that a
change in the speed of the machine meets all of them; what counts are the ratios. The
rows are printed as they come. The output folder then has `layers.json` with every
single time, `layers.md` with the table, and `growth.png` if asked for with `--growth`.
"""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import results, table, workloads
from benchmarks.help import Help
from benchmarks.processes import Worker, WorkerError
from benchmarks.workloads import Workload

if TYPE_CHECKING:
    from rich.status import Status

INTERRUPTED = 130


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status: 0, 1 if a worker failed or the output folder cannot be made,
        130 after Ctrl-C.
    """
    options = parse(arguments)
    # Our files come with Keras, which reads its backend once, when it is imported.
    os.environ["KERAS_BACKEND"] = options.backends[0]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        run(options)
    except (WorkerError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED
    return 0


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """Reads the options and fills in what follows from them."""
    parser = argparse.ArgumentParser(
        description=(__doc__ or "").splitlines()[0],
        formatter_class=Help,
    )
    parser.add_argument(
        "--backend",
        nargs="+",
        choices=("all", *workloads.BACKENDS),
        default=["all"],
        help="backends of Keras",
    )
    parser.add_argument(
        "--device",
        choices=workloads.DEVICES,
        help="where to compute; without it, where the backend does by itself",
    )
    parser.add_argument(
        "--numbers",
        nargs="+",
        choices=workloads.NUMBERS,
        default=["float32"],
        help="types of the numbers",
    )
    parser.add_argument(
        "--workload",
        nargs="+",
        default=["all"],
        help="all, none, or any sizes BATCHxTIMExFEATURES->UNITS",
    )
    parser.add_argument(
        "--unit",
        nargs="+",
        choices=("all", *workloads.UNITS),
        default=["all"],
        help="recurrent units",
    )
    parser.add_argument(
        "--repeats", type=at_least(2), default=15, help="rounds; a third if very long"
    )
    parser.add_argument(
        "--patience",
        type=float,
        default=60.0,
        help="seconds; a step that takes longer is measured only once",
    )
    parser.add_argument(
        "--no-jit", action="store_true", help="no XLA on TensorFlow, as in plain Keras"
    )
    parser.add_argument(
        "--masks", action="store_true", help="all units and Keras with masks, too"
    )
    parser.add_argument(
        "--limit",
        type=float,
        default=math.inf,
        help="seconds after which a backend begins no further row",
    )
    parser.add_argument(
        "--memory", action="store_true", help="peak memory too, in more processes"
    )
    parser.add_argument(
        "--growth", action="store_true", help="how the time grows with T, B and H too"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("benchmarks/results"),
        help="folder of layers.json, layers.md and pictures",
    )
    options = parser.parse_args(arguments)
    options.backends = chosen(options.backend, workloads.BACKENDS)
    options.numbers = chosen(options.numbers, workloads.NUMBERS)
    options.units = chosen(options.unit, workloads.UNITS)
    try:
        options.workloads = read_workloads(options.workload)
    except ValueError as error:
        parser.error(f"argument --workload: {error}")
    return options


def chosen(given: Iterable[str], everything: Iterable[str]) -> list[str]:
    """What was named, each once, or everything."""
    return list(dict.fromkeys(everything if "all" in given else given))


def read_workloads(given: list[str]) -> list[Workload]:
    """The workloads that were named, each once; `all` and `none` are names too."""
    if given == ["none"]:
        return []
    names = chosen(given, (workload.name for workload in workloads.WORKLOADS))
    return [Workload.parse(name) for name in names]


def at_least(lowest: int) -> Callable[[str], int]:
    """A reader of whole numbers for `argparse`."""

    def read(text: str) -> int:
        number = int(text)
        if number < lowest:
            raise argparse.ArgumentTypeError(f"must be {lowest} or more, not {number}")
        return number

    read.__name__ = "whole number"
    return read


def run(options: argparse.Namespace) -> None:
    """Measures on one backend after the other, and writes after every result."""
    from rich.console import Console

    console = Console()
    found: dict[str, Any] = {
        "about": results.about(options.repeats, options.patience),
        "rows": [],
        "growth": [],
    }
    for line in (table.about_line(found["about"]), "", *table.head_lines()):
        console.out(line, highlight=False)
    for backend in options.backends:
        with (
            Worker(backend, options.device) as worker,
            console.status(backend) as status,
        ):
            for row in rows(worker, options, status):
                found["rows"].append(row)
                console.out(table.row_line(row), highlight=False)
                save(found, options.out)
            for curve in growth(worker, options, status) if options.growth else ():
                found["growth"].append(curve)
                console.out(table.growth_line(curve), highlight=False)
                save(found, options.out)
    console.out(f"Written: {options.out}", highlight=False)


def rows(
    worker: Worker, options: argparse.Namespace, status: "Status"
) -> Iterator[results.Row]:
    """Measures all contenders on every workload with every unit."""
    jit = compiles(worker.backend, options)
    end = time.monotonic() + options.limit
    for numbers, workload, unit in product(
        options.numbers, options.workloads, options.units
    ):
        if time.monotonic() > end:
            return
        status.update(f"{worker.backend}, {numbers}, {workload.name}, {unit}")
        contenders = workloads.contenders(
            unit, worker.backend, options.device, options.masks
        )
        task = {
            "workload": workload.name,
            "unit": unit,
            "jit": jit,
            "numbers": numbers,
        }
        # The worker waits meanwhile, and so takes no time from these.
        peaks = {
            contender: peak(worker, contender=contender, **task)
            for contender in (contenders if options.memory else ())
        }
        reply = worker.ask(
            "times",
            contenders=contenders,
            modes=["training", "inference"],
            repeats=workload.repeats(options.repeats),
            patience=options.patience,
            **task,
        )
        if options.device not in (None, reply["device"]):
            raise WorkerError(f"{worker.backend} sees no {options.device.upper()}.")
        yield results.make_row(
            worker.backend, workload, unit, jit, reply, peaks, numbers
        )


def peak(worker: Worker, **task: Any) -> float:
    """The peak memory of one contender, in a process of its own.

    PyTorch forgets an earlier peak of a GPU's memory, and takes the process that is.
    """
    if (worker.backend, worker.device) == ("torch", "gpu"):
        return float(worker.ask("memory", **task)["peak_mb"])
    with Worker(worker.backend, worker.device) as fresh:
        return float(fresh.ask("memory", **task)["peak_mb"])


def growth(
    worker: Worker, options: argparse.Namespace, status: "Status"
) -> Iterator[dict[str, Any]]:
    """Measures our training step along every dimension."""
    for dimension, sizes in workloads.GROWTH_SIZES.items():
        timings = []
        for workload in workloads.growth_workloads(dimension):
            status.update(f"{worker.backend}, growth, {workload.name}")
            reply = worker.ask(
                "times",
                workload=workload.name,
                unit=workloads.GROWTH_UNIT,
                contenders=["ours"],
                modes=["training"],
                repeats=options.repeats,
                patience=options.patience,
                jit=compiles(worker.backend, options),
            )
            timings.append(reply["modes"]["training"]["ours"])
        yield results.make_growth(worker.backend, dimension, list(sizes), timings)


def compiles(backend: str, options: argparse.Namespace) -> bool:
    """Whether Keras is to compile with XLA."""
    return backend == "jax" or (backend == "tensorflow" and not options.no_jit)


def save(found: dict[str, Any], out: Path) -> None:
    """Writes all that was found so far; each file is replaced as a whole."""
    from keras_gated._files import replacing

    texts = {"layers.json": json.dumps(found, indent=1), "layers.md": table.page(found)}
    for name, text in texts.items():
        with replacing(out / name) as file:
            file.write(text.encode())
    if found["growth"]:
        from benchmarks.picture import draw_growth

        draw_growth(found["growth"], out / "growth.png")


if __name__ == "__main__":
    sys.exit(main())
