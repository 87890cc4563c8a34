"""Lets a trained model continue music or speech, or write a folk tune.

    python reproduce/generate.py --model jsb_chorales gru --prompt chorale 3
    python reproduce/generate.py --model tunes gru --key Dmaj --meter 6/8

It is the command `generate` of the study that is named behind `--model`, or of the one
that is run by default. `--help` behind the model shows the options.
"""

import sys
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce import command_line, studies

COMMAND = "generate"


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command of the study.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    return command_line.main([_study(words), COMMAND, *words])


def _study(words: Sequence[str]) -> str:
    """The study behind `--model`, if it has the command."""
    able = [name for name in studies.names() if COMMAND in _commands_of(name)]
    for option, word in pairwise(words):
        if option == "--model" and word in able:
            return word
    return studies.default()


def _commands_of(name: str) -> Iterable[str]:
    return studies.options_of(name).commands


if __name__ == "__main__":
    sys.exit(main())
