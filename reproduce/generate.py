"""Lets a trained model continue music or speech, or write a folk tune.

    python reproduce/generate.py --model jsb_chorales gru --prompt chorale 3
    python reproduce/generate.py --model tunes gru --key Dmaj --meter 6/8

It is the command `generate` of the study that is named behind `--model`, or that left
the file named there, or else of the study that is run by default. `--help` behind the
model shows the options.
"""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce import command_line, studies

COMMAND = "generate"
TRIAL = ".npz"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command of the study.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    study = _study(words)
    able = [name for name in studies.names() if COMMAND in _commands_of(name)]
    if study not in able:
        print(
            f"error: The study {study} has no models that generate. Those of "
            f"{', '.join(able)} do.",
            file=sys.stderr,
        )
        return command_line.BAD_USAGE
    return command_line.main([study, COMMAND, *words])


def _study(words: Sequence[str]) -> str:
    """The study that the model belongs to."""
    # The words are split as the command itself will split them.
    app = App(help_flags=(), version_flags=())
    app.default(_model)
    _, bound, _, _ = app.parse_known_args(words)
    model = Path(*bound.kwargs.get("model", ())[:1])
    # The files of trials are named after them, the study first.
    name = model.stem.split("-")[0] if model.suffix == TRIAL else str(model)
    return name if name in studies.names() else studies.default()


def _model(
    *,
    model: Annotated[
        tuple[str, ...], Parameter(consume_multiple=True, allow_repeating=True)
    ] = (),
) -> None:
    """What is looked for among the words; the rest is left alone."""


def _commands_of(name: str) -> Iterable[str]:
    return studies.options_of(name).commands


if __name__ == "__main__":
    sys.exit(main())
