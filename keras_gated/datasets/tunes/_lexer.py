"""Lines of a tune's body cut into what they are made of."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from keras_gated.datasets.tunes.errors import AbcError

LONGEST_LINE = 4096
"""Characters; the longest line of the corpora has a tenth of them."""

# fmt: off
_DECORATIONS = {
    "+", "0", "1", "2", "3", "4", "5", "<", "<(", "<)", ">", ">(", ">)", "Coda",
    "D.C.", "D.S.", "Segno", "accent", "arpeggio", "breath", "coda", "crescendo(",
    "crescendo)", "dacapo", "dacoda", "diminuendo(", "diminuendo)", "downbow",
    "emphasis", "f", "fermata", "ff", "fff", "ffff", "fine", "invertedfermata",
    "invertedturn", "invertedturnx", "longphrase", "lowermordent", "mediumphrase",
    "mf", "mordent", "mp", "open", "p", "plus", "pp", "ppp", "pppp", "pralltriller",
    "roll", "segno", "sf", "sfz", "shortphrase", "slide", "snap", "tenuto", "thumb",
    "trill", "trill(", "trill)", "turn", "turnx", "upbow", "uppermordent", "wedge",
}
# fmt: on

# Every repetition is bounded or of single characters, and no two alternatives begin
# alike but for the order in which they stand: the time is linear in the line.
_LEXEME = re.compile(
    r"""
    (?P<blank>[ \t`]+|y[0-9]{0,3}|\$)
  | (?P<comment>%.*)
  | (?P<continuation>\\[ \t]*(?:%.*)?$)
  | (?P<text>"[^"]{0,200}")
  | (?P<decoration>![^!|\s]{1,20}!|[.~H-Wh-w])
  | (?P<field>\[[A-Za-z]:[^\]]{0,100}\])
  | (?P<bar>(?P<line>:{0,2}(?:\[\|{1,2}\]?|\|{1,3}\]?):{0,2}|::)
        (?P<rounds>[1-9](?:[,-][1-9]){0,8})?)
  | \[(?P<ending>[1-9](?:[,-][1-9]){0,8})
  | \((?P<tuplet>[2-9](?::[1-9]?(?::[1-9]?)?)?)
  | (?P<slur>[()])
  | (?P<grace>\{/?|\})
  | (?P<note>(?P<accidental>\^{1,2}|_{1,2}|=)?(?P<letter>[A-Ga-g])(?P<octave>[,']{0,3})
        (?P<length>[0-9]{0,3}(?:/{1,4}[0-9]{0,3})?))
  | [zx](?P<rest>[0-9]{0,3}(?:/{1,4}[0-9]{0,3})?)
  | [ZX](?P<bar_rest>[0-9]{0,2})
  | (?P<chord_open>\[)
  | \](?P<chord_close>[0-9]{0,3}(?:/{1,4}[0-9]{0,3})?)
  | (?P<broken>>{1,3}|<{1,3})
  | (?P<tie>-)
  | (?P<line_break>[!*])
    """,
    re.VERBOSE | re.ASCII,
)


class Lexeme(NamedTuple):
    """A piece of a line.

    Attributes:
        kind: Name of its group in the grammar.
        match: What it and the groups in it matched.
        line: Its line in the file, from 1.
    """

    kind: str
    match: re.Match[str]
    line: int

    @property
    def text(self) -> str:
        """What its group matched."""
        return self.match[self.kind]

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"line {self.line}, column {self.match.start() + 1}"


_UNHEARD = {
    "blank",
    "comment",
    "continuation",
    "text",
    "decoration",
    "slur",
    "line_break",
}


def lexemes(line: str, number: int) -> Iterator[Lexeme]:
    """What can be heard of a line; decorations, slurs and texts are passed over.

    Raises:
        AbcError: For a sign that is not known, or a line that is too long.
    """
    if len(line) > LONGEST_LINE:
        place = f"line {number}, column {LONGEST_LINE + 1}"
        raise AbcError("line too long", place, f"{len(line)} characters")
    position = 0
    while position < len(line):
        match = _LEXEME.match(line, position)
        if not match:
            place = f"line {number}, column {position + 1}"
            reason = "unclosed text" if line[position] == '"' else "unknown sign"
            raise AbcError(reason, place, repr(line[position]))
        # The outermost group is the last to close.
        kind = match.lastgroup
        if kind == "decoration" and not _is_decoration(match[0]):
            # In old files a sign of its own, which breaks the line.
            position += 1
            continue
        if kind not in _UNHEARD:
            assert kind
            yield Lexeme(kind, match, number)
        position = match.end()


def _is_decoration(text: str) -> bool:
    return text[0] != "!" or text[1:-1] in _DECORATIONS
