"""The package music21, whose scores are read as they are, without its parsers."""

import importlib.metadata
import importlib.util
from pathlib import Path


def corpus_folder(name: str, extra: str) -> Path:
    """A folder of the scores in the installed music21.

    Args:
        name: The folder.
        extra: Which extra brings music21, for the message.

    Raises:
        ImportError: Where music21 is not installed.
    """
    spec = importlib.util.find_spec("music21")
    if spec is None or spec.origin is None:
        raise ImportError(
            f'music21 is not installed: pip install "keras_gated[{extra}]"'
        )
    return Path(spec.origin).parent / "corpus" / name


def music21_version() -> str:
    """The version of the installed music21."""
    return importlib.metadata.version("music21")
