"""The command that lets a trained model continue a piece of music or a recording.

    python reproduce/run.py generate --model jsb_chorales gru --prompt chorale 3

`--help` shows the rest.
"""

import sys
import warnings
from pathlib import Path

from reproduce.command import run_command
from reproduce.studies.chung2014.generation.options import Options


def generate(options: Options = Options()) -> int:  # noqa: B008
    """Let a trained model continue music or speech.

    Takes a model that comes with the package, a file saved as `.keras`, or the weights
    that a trial left in `weights/`, and writes the prompt with what the model makes of
    it as MIDI, WAV and PNG.

    Args:
        options: Which model continues what, and how.

    Returns:
        The exit status.
    """
    return run_command(_write, options)


def _write(options: Options) -> int:
    from rich.console import Console

    from reproduce.folders import check_writable

    check_writable(options.folder)
    console = Console()
    for path in _continue(options):
        console.print(str(path), highlight=False, soft_wrap=True)
    return 0


def _continue(options: Options) -> list[Path]:
    """The files with a continuation."""
    from keras_gated.generation import generate
    from keras_gated.generation._chain import read_chain
    from keras_gated.layers import BernoulliHead
    from reproduce.studies.chung2014.generation.files import write_music, write_speech
    from reproduce.studies.chung2014.generation.models import load_model
    from reproduce.studies.chung2014.generation.prompts import (
        beats_of,
        load_prompt,
        read_prompt_file,
    )

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
        return write_music(prompt, events, beats, options.folder)
    return write_speech(prompt, events, options.sample_rate, options.folder)
