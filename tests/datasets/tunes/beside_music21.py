"""Our reading of the corpora beside that of music21.

    python -m tests.datasets.tunes.beside_music21 --every 20

prints, for each corpus, how many tunes both read as the same notes, and what is in
those that they read differently. music21 is told the version of the standard, without
which it lets no accidental hold; ties are left out on both sides, since it also joins
notes of different pitch, which old files slur by a tie.
"""

import argparse
import re
from collections import Counter
from fractions import Fraction
from pathlib import Path

from music21 import exceptions21, harmony
from music21.abcFormat import ABCFile, translate

from keras_gated.datasets import tunes
from keras_gated.datasets.tunes._catalogue import CATALOGUE

SAME, FAILED = "the same notes", "music21 fails"
FINEST = 5040


def notes_by_music21(text):
    """Onset, duration and pitch of each note, without repeats."""
    score = translate.abcToStreamScore(ABCFile().readstr("%abc-2.1\n" + text))
    return sorted(
        (_exact(element.offset), _exact(element.quarterLength), pitch.midi)
        for element in score.flatten().notes
        if not (element.duration.isGrace or isinstance(element, harmony.ChordSymbol))
        for pitch in element.pitches
    )


def _exact(number):
    return Fraction(number).limit_denominator(FINEST)


def notes_by_us(tune):
    untied = tunes.Tune([token for token in tune.tokens if token != "-"])
    return sorted(tuple(note) for note in untied.notes(repeats=False))


def traits(tune, text):
    """What a tune has that music21 is known to read in another way."""
    tokens, body = list(tune.tokens), text[text.index("K:") :]
    found = {
        "bars that do not add up": not all(
            measure.adds_up for measure in tune.measures(repeats=False)
        ),
        "a grace note within a tuplet": _grace_in_tuplet(tokens),
        "an accidental that a tie carries": re.search(r"[\^=_]\S* ?- ?\|", body),
        "a field in brackets": re.search(r"\[[KLM]:", body),
        "rests of whole bars": re.search(r"(?m)^[^\"%:]*[ZX]", body),
        "invisible rests": "x" in re.sub(r'"[^"]*"|%.*', "", body),
        "a chord with lengths behind it": re.search(r"\][0-9/]", body),
        "an accidental in another octave": _octaves(tokens),
        "a sign between > and its notes": re.search(
            r"[<>] *[^\sA-Ga-g^=_z<>]|[-).] *[<>]", body
        ),
        "an accidental behind a decoration": re.search(r"[H-Wh-w~.][\^=_]", body),
        "a note behind H": re.search(r"H[A-Ga-g^=_z]", re.sub(r'"[^"]*"', "", body)),
        "M for major": re.search(r"(?m)^K: *[A-G]M\b", text),
        "a note right before ::": re.search(r"[A-Za-z]::", body),
        "a chord after an accidental": _chord_after_accidental(tokens),
        "a blank in a chord": re.search(r"\[[^\]\s|\"]+ [^\]|\"]*\]", body),
    }
    return [trait for trait, present in found.items() if present]


def _grace_in_tuplet(tokens):
    left = 0
    grace = False
    for token in tokens:
        if re.fullmatch(r"\([2-9].*", token):
            left = int(token.split(":")[-1].strip("("))
        elif token == "{":
            grace = True
            if left:
                return True
        elif token == "}":
            grace = False
        elif not grace and re.match(r"[\^=_]*[A-Ga-gz]", token):
            left = max(0, left - 1)
    return False


def _chord_after_accidental(tokens):
    """Whether an accidental is to hold for a note of a chord."""
    held, chord = set(), False
    for token in tokens[2:]:
        if token[0] in "|:":
            held = set()
        elif token in "[]":
            chord = token == "["
        elif match := re.fullmatch(r"([\^=_]*)([A-Ga-g])[,']*", token):
            if match[1]:
                held.add(match[2].upper())
            elif chord and match[2].upper() in held:
                return True
    return False


def _octaves(tokens):
    """Whether an accidental is to hold for the same letter in another octave."""
    held = {}
    for token in tokens[2:]:
        if token[0] in "|:":
            held = {}
        elif match := re.fullmatch(r"([\^=_]*)([A-Ga-g])([,']*)", token):
            letter, octave = match[2].upper(), match[2] + match[3]
            if match[1]:
                held[letter] = octave
            elif held.get(letter, octave) != octave:
                return True
    return False


def pieces(text):
    """The text of each tune, by the line on which it begins."""
    lines = text.replace("\r\n", "\n").split("\n")
    starts = [n for n, line in enumerate(lines, start=1) if line.startswith("X:")]
    ends = [*starts[1:], len(lines) + 1]
    return {
        start: "\n".join(lines[start - 1 : end - 1]).partition("\n\n")[0] + "\n"
        for start, end in zip(starts, ends, strict=True)
    }


def compare(corpus, every=1):
    """Counts what both make of every n-th tune of a corpus, and tells which differ."""
    counts, differing = Counter(), []
    number = 0
    for name, text in CATALOGUE[corpus].texts(None):
        by_line = pieces(text)
        for tune in tunes.parse_abc(text, name).tunes:
            number += 1
            if number % every:
                continue
            piece = by_line[int(tune.source.rpartition(":")[2])]
            outcome = _outcome(tune, piece)
            counts[outcome] += 1
            if outcome != SAME:
                differing.append((tune.source, outcome))
    return counts, differing


def _outcome(tune, text):
    try:
        theirs = notes_by_music21(text)
    except (exceptions21.Music21Exception, ValueError, AttributeError) as error:
        return f"{FAILED}: {type(error).__name__}"
    if theirs == notes_by_us(tune):
        return SAME
    return "; ".join(traits(tune, text)) or "none of these"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, help="compare every n-th tune")
    parser.add_argument("--list", type=Path, help="write those that differ to a file")
    options = parser.parse_args()
    rows = []
    for corpus in tunes.CORPORA:
        if corpus == "essen":
            continue
        counts, differing = compare(corpus, options.every)
        print(f"{corpus}: {counts.total()} tunes", flush=True)
        for outcome, count in counts.most_common():
            print(f"  {count:5d}  {outcome}")
        rows += [f"{corpus}\t{source}\t{outcome}" for source, outcome in differing]
    if options.list:
        options.list.write_text("\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
