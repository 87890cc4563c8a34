"""The table by which scores become JSB Chorales; its file says how it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("jsb_chorales.txt")

SIXTEENTHS_IN_FRAME = {False: 4, True: 2}
"""By whether a frame is an eighth note."""

NOTE_CODE = 22
"""What the code of a character exceeds the MIDI pitch that it stands for by."""

_CORRECTION = re.compile(r"(\d+)(s[^*\d]+|(?:h\d|t\d[+-]\d+)+)(?:\*(\d+))?")
_CHANGE = re.compile(r"h(\d)|t(\d)([+-]\d+)")

Frame = tuple[int, ...]
"""The MIDI pitches of a frame."""


@dataclass(frozen=True)
class WrittenOut:
    """A sequence without a score.

    Args:
        frames: Its frames.
    """

    frames: tuple[Frame, ...]


@dataclass(frozen=True)
class Correction:
    """What is done to a frame.

    Args:
        held: Voices that hold their pitches of the frame before.
        semitones: By voice, what is added to its pitch.
        frame: The pitches of the frame, if it is replaced.
    """

    held: tuple[int, ...] = ()
    semitones: tuple[tuple[int, int], ...] = ()
    frame: Frame | None = None


UNCHANGED = Correction()


@dataclass(frozen=True)
class Sampled:
    """A sequence taken from a score.

    Args:
        score: What follows `bwv` in the name of its file.
        semitones: By how much it is transposed upwards.
        times: The sixteenth note at which each frame is taken.
        holds_in_rests: Whether pitches are held where all voices rest.
        corrections: By the number of the frame.
    """

    score: str
    semitones: int
    times: tuple[int, ...]
    holds_in_rests: bool
    corrections: dict[int, Correction]


def read_table(path: Path = TABLE) -> list[WrittenOut | Sampled]:
    """Reads how each sequence is made, all splits one after another."""
    lines = path.read_text(encoding="ascii").splitlines()
    return [_sequence(line.split()) for line in lines if not line.startswith("#")]


def _sequence(words: list[str]) -> WrittenOut | Sampled:
    if words[0] == "=":
        frames: list[Frame] = []
        for word in words[1:]:
            frames.append(frames[-1] if word == "." else _frame(word))
        return WrittenOut(tuple(frames))
    score, semitones, frame_count, route, *others = words
    flags = {word for word in others if word.isalpha()}
    step = SIXTEENTHS_IN_FRAME["eighths" in flags]
    return Sampled(
        score=score,
        semitones=int(semitones),
        times=tuple(_times(route, step, int(frame_count))),
        holds_in_rests="held" in flags,
        corrections=dict(_corrections(word for word in others if word not in flags)),
    )


def _times(route: str, step: int, frame_count: int) -> Iterator[int]:
    left = frame_count
    for run in route.split("/"):
        first, _, count = run.partition("*")
        frames = int(count or left)
        left -= frames
        yield from (int(first) + step * frame for frame in range(frames))


def _corrections(words: Iterator[str]) -> Iterator[tuple[int, Correction]]:
    frame = 0
    for word in words:
        gap, what, run = _CORRECTION.fullmatch(word).groups()  # type: ignore[union-attr]
        frame += int(gap)
        for _ in range(int(run or 1)):
            yield frame, _correction(what)
            frame += 1


def _correction(what: str) -> Correction:
    if what.startswith("s"):
        return Correction(frame=_frame(what[1:]))
    changes = _CHANGE.findall(what)
    return Correction(
        held=tuple(int(held) for held, _, _ in changes if held),
        semitones=tuple((int(v), int(by)) for held, v, by in changes if not held),
    )


def _frame(notes: str) -> Frame:
    return () if notes == "-" else tuple(ord(note) - NOTE_CODE for note in notes)
