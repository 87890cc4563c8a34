"""The command that compares temperatures and shares of the probability.

    python reproduce/run.py tunes settings --out results/tunes

`--help` shows the rest.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, get_args

from cyclopts import Parameter
from cyclopts.validators import Number

from reproduce.command import run_command
from reproduce.options import HOW_LONG, WHAT, WHERE, Backend, Natural, Positive

Unit = Literal["lstm", "gru", "tanh"]


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Which models draw, and how."""

    units: Annotated[tuple[Unit, ...], Parameter(group=WHAT)] = get_args(Unit)
    """units of the models that come with the package"""

    temperature: Annotated[
        tuple[float, ...], Parameter(group=WHAT, validator=Number(gt=0, lt=math.inf))
    ] = (0.6, 0.8, 1.0)
    """temperatures to draw at"""

    top_p: Annotated[
        tuple[float, ...], Parameter(group=WHAT, validator=Number(gt=0, lte=1))
    ] = (1.0, 0.9)
    """shares of the probability to draw from, each at every temperature"""

    samples: Annotated[Positive, Parameter(group=HOW_LONG)] = 500
    """tunes that are written for each"""

    seed: Annotated[Natural, Parameter(group=WHAT)] = 0
    """of the draws"""

    backend: Annotated[Backend, Parameter(group=WHERE)] = "jax"
    """backend of Keras"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA"""

    out: Annotated[Path, Parameter(group=WHERE)] = Path("results", "tunes-settings")
    """folder of settings.csv and settings.png"""


def settings(options: Options = Options()) -> int:
    """Compare the settings of draws, by what the models of the package write.

    At every setting each model writes tunes in the meters and keys of held-out tunes,
    which are judged as those of the study are: how many are well formed, and how long
    the longest run is that a training tune has, beside held-out tunes.

    Args:
        options: Which models draw, and how.

    Returns:
        The exit status.
    """
    return run_command(_compare, options)


def _compare(options: Options) -> int:
    from keras_gated._files import replacing
    from reproduce.folders import check_writable
    from reproduce.studies.tunes.comparison import compare_settings, draw_settings
    from reproduce.studies.tunes.data import load_task
    from reproduce.studies.tunes.names import ALL_COLLECTIONS, TOKENS, UNITS
    from reproduce.studies.tunes.writers import load_writer

    out = options.out.absolute()
    check_writable(out)
    table = compare_settings(
        {UNITS[unit]: load_writer(unit) for unit in options.units},
        load_task(ALL_COLLECTIONS, TOKENS, options.data_dir),
        [(t, p) for t in options.temperature for p in options.top_p],
        options.samples,
        options.seed,
    )
    with replacing(out / "settings.csv") as file:
        file.write(table.to_csv(index=False).encode())
    draw_settings(table, out / "settings.png")
    for name in ("settings.csv", "settings.png"):
        print(out / name)
    return 0
