"""`Tune`, a melody as tokens, and its notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._items import Item, Sound, quarters
from keras_gated.datasets.tunes._musicxml import write_musicxml
from keras_gated.datasets.tunes._playing import play
from keras_gated.datasets.tunes._symbols import header
from keras_gated.datasets.tunes._writing import write_body
from keras_gated.datasets.tunes.bars import Measure, measures


class Note(NamedTuple):
    """A note of a tune.

    Attributes:
        onset: When it begins, in quarter notes from the beginning; exact.
        duration: How long it is, in quarter notes; exact.
        pitch: MIDI pitch; 60 is the middle C.
    """

    onset: Fraction
    duration: Fraction
    pitch: int


@dataclass(frozen=True)
class Tune:
    """A tune as tokens.

    The first two tokens are the meter and the key, `M:6/8` and `K:Dmaj`. Then come

    - pitches, `C` to `B` from the middle C on, `c` to `b` an octave higher, with `,`
      and `'` for octaves and `^`, `^^`, `_`, `__` or `=` before them for accidentals,
      which hold to the end of the bar; and `z`, a rest;
    - after a pitch its length in eighths, `2`, `3/2` or `/2`, if it is not one;
    - `>` and `<` between two notes, of which one is shortened for the other;
    - `(3` before three notes in the time of two, and other tuplets as ABC has them;
    - `-`, a tie; `{` and `}` around grace notes; `[` and `]` around chords;
    - bar lines `|`, `||`, `|]`, `|:`, `:|` and `::`, and the endings `[1` and `[2`;
    - changes of meter and key, `[M:9/8]` and `[K:Gmaj]`.

    These are the tokens of Sturm et al., but that endings are apart from bar lines and
    keys are not transposed. They may be any: whether they are a tune turns out when
    its notes are asked for.

    Args:
        tokens: The tokens.
        title: What it is called.
        source: Where it stands, such as `"book1.abc:7"`.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tune = tunes.Tune("M:6/8 K:Dmaj F 2 A d 3 :|".split(), title="Scrap")
        >>> tune.tokens
        ('M:6/8', 'K:Dmaj', 'F', '2', 'A', 'd', '3', ':|')
        >>> [(str(note.onset), note.pitch) for note in tune.notes(repeats=False)]
        [('0', 66), ('1', 69), ('3/2', 74)]
        >>> print(tune.abc(), end="")
        X:1
        T:Scrap
        M:6/8
        L:1/8
        K:Dmaj
        F2A d3 :|

    Reference:
        Sturm, Santos, Ben-Tal & Korshunova, "Music transcription modelling and
        composition using deep learning", CSMC 2016.
    """

    tokens: tuple[str, ...] = field(repr=False)
    title: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "tokens", tuple(self.tokens))

    @property
    def meter(self) -> str:
        """The meter at its beginning, such as `6/8`."""
        return header(self.tokens)[0]

    @property
    def key(self) -> str:
        """The key at its beginning, such as `Dmaj` or `Edor`."""
        return header(self.tokens)[1]

    def notes(self, repeats: bool = True) -> list[Note]:
        """Returns the notes in the order of their onsets.

        Tied notes are one. Grace notes take no time and are left out.

        Args:
            repeats: Whether they are played out.

        Raises:
            AbcError: For tokens that are no tune, with the first that is wrong.
        """
        items = read_items(self.tokens)
        return _notes(play(items) if repeats else items)

    def measures(self, repeats: bool = True) -> list[Measure]:
        """Returns the bars, with the length that each has and should have.

        Args:
            repeats: Whether they are played out.

        Raises:
            AbcError: For tokens that are no tune, with the first that is wrong.
        """
        items = read_items(self.tokens)
        return measures(play(items) if repeats else items, self.meter)

    def abc(self, number: int = 1) -> str:
        """Returns the tune in ABC notation, for any program that reads it.

        Notes of a beat stand together, four bars on a line.

        Args:
            number: Its reference number.

        Raises:
            AbcError: For tokens that are no tune; `text` shows them as they are.
        """
        meter, key = header(self.tokens)
        lines = [f"X:{number}", f"T:{self._title()}", f"M:{meter}", "L:1/8", f"K:{key}"]
        return "\n".join(lines + write_body(self.tokens)) + "\n"

    def musicxml(self) -> str:
        """Returns the tune in MusicXML, for programs that draw scores.

        Raises:
            AbcError: For tokens that are no tune.
        """
        return write_musicxml(self.tokens, self._title())

    def _title(self) -> str:
        printable = "".join(sign if sign.isprintable() else " " for sign in self.title)
        return " ".join(printable.split()) or "Untitled"


def _notes(items: Sequence[Item]) -> list[Note]:
    now = 0
    held: dict[int, tuple[int, int]] = {}  # By pitch: tied notes that go on.
    finished: list[tuple[int, int, int]] = []
    for item in items:
        if not isinstance(item, Sound):
            continue
        going_on, held = held, {}
        for pitch in dict.fromkeys(item.pitches):
            onset, duration = going_on.pop(pitch, (now, 0))
            if item.tied:
                held[pitch] = onset, duration + item.duration
            else:
                finished.append((onset, duration + item.duration, pitch))
        # A tie to another pitch holds nothing.
        finished.extend((*times, pitch) for pitch, times in going_on.items())
        now += item.duration
    finished.extend((*times, pitch) for pitch, times in held.items())
    return [
        Note(quarters(onset), quarters(duration), pitch)
        for onset, duration, pitch in sorted(finished, key=lambda n: (n[0], n[2]))
    ]
