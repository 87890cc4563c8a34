"""What is fuzzed, and what counts as a right end of reading a file."""

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.fuzz.corruptions import corrupt

Files = Mapping[str, bytes]
"""Names and contents of whole files."""


class WrongAnswerError(Exception):
    """A reader took a broken file and gave what no whole file could hold."""


def demand(condition: object, what: str) -> None:
    """Raises unless the answer of a reader is as it must be."""
    if not condition:
        raise WrongAnswerError(what)


@dataclass(frozen=True)
class Reader:
    """A reader of foreign bytes.

    Args:
        suffix: Of the file that it is given.
        read: The reader.
        check: Raises `WrongAnswerError` for an answer that cannot be right.
        whole: Makes the whole files to start from, by name.
        hostile: Makes the files that were thought up to harm it, by name.
        spoil: Spoils the inside of a whole file, behind its checksums; by default
            the bytes as they are.
        refusals: The errors that its documentation names.
        names: What the message of such an error says; by default the file.
        prepare: Called with the path of the file before it is read, to lay others
            beside it.
        writes: Whether the reader writes files.
        few: How many corrupted files the quick tier reads.
        many: How many the exhaustive tier reads.
    """

    suffix: str
    read: Callable[[Path], Any]
    check: Callable[[Any], None]
    whole: Callable[[], Files]
    hostile: Callable[[], Files] = dict
    spoil: Callable[[random.Random, bytes], bytes] = corrupt
    refusals: tuple[type[BaseException], ...] = (ValueError,)
    names: str | None = None
    prepare: Callable[[Path], None] = lambda path: None
    writes: bool = False
    few: int = 50
    many: int = 2000

    def corrupted(self, number: int, whole: list[bytes]) -> bytes:
        """The corrupted file of this number, always the same."""
        rng = random.Random(number)
        content = rng.choice(whole)
        if rng.random() < 0.5:
            return self.spoil(rng, content)
        return corrupt(rng, content, whole)
