"""The command that lets a trained model write a tune.

    python reproduce/generate.py --model tunes gru --key Dmaj --meter 6/8

`--help` behind the model shows the rest.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Group, Parameter, Token
from cyclopts.validators import Number

from reproduce.command import run_command
from reproduce.options import WHERE, Backend, Natural, Positive

WHAT = Group("What to write", sort_key=1)

NAME, DEFAULT, TRIAL = "tunes", "gru", ".npz"


def read_model_choice(words: Sequence[str]) -> str | Path:
    """Reads the words after `--model`: `tunes UNIT`, or a file.

    Raises:
        ValueError: If they name no model, or a file that is not there.
    """
    if words[0] == NAME and len(words) <= 2:
        return words[1] if len(words) == 2 else DEFAULT
    path = Path(words[0])
    if len(words) > 1 or path.suffix != TRIAL:
        raise ValueError(
            f"a model is {NAME} and a unit, or a file {TRIAL} that a trial left, which "
            f"{' '.join(words)} is not"
        )
    if not path.is_file():
        raise ValueError(f"there is no model {path}")
    return path


def _convert(kind: Any, tokens: Sequence[Token]) -> str | Path:
    return read_model_choice([token.value for token in tokens])


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Options:
    """Which model writes what, and how."""

    model: Annotated[
        str | Path,
        Parameter(
            group=WHAT,
            converter=_convert,
            n_tokens=-1,
            accepts_keys=False,
            metavar="tunes UNIT|FILE",
            show_default=lambda choice: f"{NAME} {choice}",
        ),
    ] = DEFAULT
    """tunes and a unit, for a trained model that comes with the package; or the .npz
    file of a trial in the folder weights/ of a sweep"""

    key: Annotated[str, Parameter(group=WHAT)] = "Dmaj"
    """tonic and mode, such as Dmaj, Edor or F#min"""

    meter: Annotated[str, Parameter(group=WHAT)] = "6/8"
    """such as 6/8 or 4/4"""

    tries: Annotated[Positive, Parameter(group=WHAT)] = 20
    """tunes to write, of which the first is taken that is well formed"""

    temperature: Annotated[
        float, Parameter(group=WHAT, validator=Number(gt=0, lt=math.inf))
    ] = 1.0
    """below 1 for what is likely, above 1 for surprises"""

    top_p: Annotated[float, Parameter(group=WHAT, validator=Number(gt=0, lte=1))] = 0.9
    """only the most probable symbols, as few as have this much of the probability"""

    seed: Annotated[Natural, Parameter(group=WHAT)] = 0
    """another one writes another tune"""

    tempo: Annotated[
        float, Parameter(group=WHAT, validator=Number(gte=10, lte=1000))
    ] = 180
    """quarter notes in a minute"""

    backend: Annotated[Backend, Parameter(group=WHERE)] = "jax"
    """backend of Keras"""

    data_dir: Annotated[Path | None, Parameter(group=WHERE)] = None
    """folder of the data sets, else that in the variable KERAS_GATED_DATA; for the
    file of a trial"""

    out: Annotated[Path, Parameter(group=WHERE)] = Path("results", "generated")
    """folder of the files tune.abc, .mid, .wav and .svg"""

    @property
    def folder(self) -> Path:
        """The output folder."""
        return self.out.absolute()


def generate(options: Options = Options()) -> int:
    """Let a trained model write a folk tune in a key and a meter.

    Takes a model that comes with the package or the weights that a trial left, and
    writes a tune as ABC, MIDI, WAV and a score.

    Args:
        options: Which model writes what, and how.

    Returns:
        The exit status.
    """
    return run_command(_write, options)


def _write(options: Options) -> int:
    from dataclasses import replace

    from rich.console import Console

    from reproduce.folders import check_writable
    from reproduce.studies.tunes.files import write_files
    from reproduce.studies.tunes.writers import (
        first_well_formed,
        load_writer,
        read_header,
    )

    header = read_header(options.meter, options.key)
    check_writable(options.folder)
    writer = load_writer(options.model, options.data_dir)
    tune, check = first_well_formed(
        writer,
        header,
        options.tries,
        temperature=options.temperature,
        top_p=options.top_p,
        seed=options.seed,
    )
    if not check.well_formed:
        print(
            f"None of {options.tries} tunes is well formed; this one can be played.",
            file=sys.stderr,
        )
    model = options.model if isinstance(options.model, str) else options.model.stem
    titled = replace(tune, title=f"{model}, seed {options.seed}")
    console = Console()
    for path in write_files(titled, 60 / options.tempo, options.folder):
        console.print(str(path), highlight=False, soft_wrap=True)
    return 0
