"""Lets a trained model continue a piece of music or a recording.

    python reproduce/generate.py --model jsb_chorales gru --prompt chorale 3

takes a trained model that comes with the package, a file saved as `.keras`, or the
weights that a trial of `reproduce/run.py` left in `weights/`, and writes the prompt
with what the model makes of it as MIDI, WAV and PNG. `--help` shows the rest.
"""

import argparse
import sys
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reproduce.command import run_command
from reproduce.generation.options import parse


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line.

    Args:
        arguments: What to parse instead of the arguments of the process.

    Returns:
        The exit status: 0, 1 if the input was bad, 130 after Ctrl-C.
    """
    return run_command(_command, parse(arguments))


def _command(options: argparse.Namespace) -> int:
    from rich.console import Console

    from reproduce.folders import check_writable

    check_writable(options.out)
    console = Console()
    for path in _generate(options):
        console.print(str(path), highlight=False, soft_wrap=True)
    return 0


def _generate(options: argparse.Namespace) -> list[Path]:
    """The files with a continuation."""
    from keras_gated.generation import generate
    from keras_gated.generation._chain import read_chain
    from keras_gated.layers import BernoulliHead
    from reproduce.generation.files import write_music, write_speech
    from reproduce.generation.models import load_model
    from reproduce.generation.prompts import beats_of, load_prompt, read_prompt_file

    model, dataset = load_model(options.model)
    chain = read_chain(model)
    prompt = None
    if options.prompt.file is not None:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", UserWarning)
            prompt = read_prompt_file(
                options.prompt.file, options.prompt_steps, options.step, chain, dataset
            )
        for warning in caught:
            print(warning.message, file=sys.stderr)
    elif not options.prompt.is_silence:
        prompt, dataset = load_prompt(
            options.prompt,
            options.prompt_steps,
            chain,
            dataset,
            options.data_dir,
        )
    (events,) = generate(
        model, prompt, options.steps, options.temperature, options.seed
    )
    if isinstance(chain.head, BernoulliHead):
        beats = float(options.step or beats_of(dataset))
        return write_music(prompt, events, beats, options.out)
    return write_speech(prompt, events, options.sample_rate, options.out)


if __name__ == "__main__":
    sys.exit(main())
