"""Tunes as MusicXML, which programs that draw scores read."""

import math
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from keras_gated.datasets.tunes._fields import fifths
from keras_gated.datasets.tunes._grammar import read_items
from keras_gated.datasets.tunes._items import (
    TICKS,
    Bar,
    Ending,
    Item,
    Key,
    Meter,
    Sound,
)
from keras_gated.datasets.tunes._note_values import (
    TYPES,
    named_value,
    note_values,
)
from keras_gated.datasets.tunes._symbols import header, note_token
from keras_gated.datasets.tunes._writing import begins_beat

_ACCIDENTALS = {
    "^": "sharp",
    "^^": "double-sharp",
    "=": "natural",
    "_": "flat",
    "__": "flat-flat",
}
_STYLES = {"||": "light-light", "|]": "light-heavy"}


def write_musicxml(tokens: Sequence[str], title: str) -> str:
    """The score of a tune, as it is written.

    Raises:
        AbcError: For tokens that are no tune.
    """
    items = read_items(tokens)
    meter, key = header(tokens)
    sounds = [item for item in items if isinstance(item, Sound)]
    common = math.gcd(TICKS, *(duration for s in sounds for duration in note_values(s)))
    score = Element("score-partwise", version="4.0")
    SubElement(SubElement(score, "work"), "work-title").text = title
    names = SubElement(SubElement(score, "part-list"), "score-part", id="P1")
    SubElement(names, "part-name")
    part = SubElement(score, "part", id="P1")
    writer = _Writer(part, common, begins_beat(items, meter), sounds)
    writer.attributes(("divisions", TICKS // common), key=key, meter=meter, clef=True)
    for item in items:
        writer.write(item)
    writer.end()
    return tostring(score, "unicode", xml_declaration=False)


class _Writer:
    def __init__(
        self,
        part: Element,
        common: int,
        beats: set[int],
        sounds: Sequence[Sound],
    ) -> None:
        self.part, self.common, self.beats = part, common, beats
        self.after = dict(zip((s.token for s in sounds), sounds[1:], strict=False))
        self.held: set[int] = set()
        self.beam: list[Element] = []
        self.ending = ""
        self.measure = self._new_measure()

    def write(self, item: Item) -> None:
        if isinstance(item, Sound):
            self._sound(item)
        elif isinstance(item, Bar):
            self._bar(item)
        elif isinstance(item, Ending):
            self._end_ending()
            self.ending = ",".join(map(str, sorted(item.rounds)))
            self._barline("left", ending=("start", self.ending))
        elif isinstance(item, Meter):
            self.attributes(meter=item.meter)
        elif isinstance(item, Key):
            self.attributes(key=item.key)

    def end(self) -> None:
        self._close_beam()
        if self.ending:
            self._barline("right", ending=("stop", self.ending))
        if self._is_empty() and len(self.part) > 1:
            self.part.remove(self.measure)

    def attributes(
        self,
        divisions: tuple[str, int] | None = None,
        key: str = "",
        meter: str = "",
        clef: bool = False,
    ) -> None:
        self._close_beam()
        found = SubElement(self.measure, "attributes")
        if divisions:
            _add(found, *divisions)
        if key:
            _add(SubElement(found, "key"), "fifths", fifths(key))
        if meter:
            beats, unit = meter.split("/")
            time = SubElement(found, "time")
            _add(time, "beats", beats)
            _add(time, "beat-type", unit)
        if clef:
            sign = SubElement(found, "clef")
            _add(sign, "sign", "G")
            _add(sign, "line", 2)

    def _sound(self, sound: Sound) -> None:
        if sound.token in self.beats:
            self._close_beam()
        for pitch, name in sound.graces:
            note = SubElement(self.measure, "note")
            SubElement(note, "grace")
            self._pitch(note, name, pitch)
            _add(note, "type", "eighth")
        after = self.after.get(sound.token)
        held = (
            set(sound.pitches) & set(after.pitches) if sound.tied and after else set()
        )
        pieces = note_values(sound)
        for number, duration in enumerate(pieces):
            first, last = number == 0, number == len(pieces) - 1
            self._chord(
                sound,
                duration,
                self.held if first else set(sound.pitches),
                held if last else set(sound.pitches),
                first,
            )
        self.held = held

    def _chord(
        self,
        sound: Sound,
        duration: int,
        stops: set[int],
        starts: set[int],
        first: bool,
    ) -> None:
        """One note value: all pitches of a sound, or a rest."""
        value, dots = named_value(int(duration / sound.ratio))
        for place, (pitch, name) in enumerate(
            zip(sound.pitches or (None,), sound.names or ("",), strict=True)
        ):
            note = SubElement(self.measure, "note")
            if place:
                SubElement(note, "chord")
            if pitch is None:
                SubElement(note, "rest")
            else:
                self._pitch(note, name, pitch)
            _add(note, "duration", duration // self.common)
            for kind, pitches in (("stop", stops), ("start", starts)):
                if pitch in pitches:
                    SubElement(note, "tie", type=kind)
            _add(note, "type", TYPES[value])
            for _ in range(dots):
                SubElement(note, "dot")
            mark = name[: len(name) - len(name.lstrip("^_="))]
            if mark and first:
                _add(note, "accidental", _ACCIDENTALS[mark])
            if sound.in_tuplet[1]:
                change = SubElement(note, "time-modification")
                _add(change, "actual-notes", sound.ratio.denominator)
                _add(change, "normal-notes", sound.ratio.numerator)
            if not place:
                self._add_to_beam(note, value, pitch is None)
            self._notations(note, sound, pitch, stops, starts, first and not place)

    def _notations(
        self,
        note: Element,
        sound: Sound,
        pitch: int | None,
        stops: set[int],
        starts: set[int],
        first: bool,
    ) -> None:
        notations = Element("notations")
        for kind, pitches in (("stop", stops), ("start", starts)):
            if pitch in pitches:
                SubElement(notations, "tied", type=kind)
        place, size = sound.in_tuplet
        if size and first and place in (0, size - 1):
            SubElement(notations, "tuplet", type="stop" if place else "start")
        if len(notations):
            note.append(notations)

    def _pitch(self, note: Element, name: str, pitch: int) -> None:
        written = note_token(name)
        found = SubElement(note, "pitch")
        _add(found, "step", written.letter)
        if pitch != written.natural:
            _add(found, "alter", pitch - written.natural)
        _add(found, "octave", written.octave)

    def _bar(self, bar: Bar) -> None:
        self._close_beam()
        if self._is_empty() and not bar.closes:
            # Nothing is between it and the bar line before it.
            if bar.opens:
                self._barline("left", repeat="forward")
            return
        ending = ("stop", self.ending) if self.ending and bar.ends_part else None
        style = _STYLES.get(bar.kind, "light-heavy" if bar.closes else "")
        if style or ending:
            repeat = "backward" if bar.closes else ""
            self._barline("right", style, ending, repeat)
        if bar.ends_part:
            self.ending = ""
        self.measure = self._new_measure()
        if bar.opens:
            self._barline("left", repeat="forward")

    def _end_ending(self) -> None:
        measures = list(self.part)
        if self.ending and len(measures) > 1:
            right = SubElement(measures[-2], "barline", location="right")
            SubElement(right, "ending", number=self.ending, type="stop")

    def _barline(
        self,
        location: str,
        style: str = "",
        ending: tuple[str, str] | None = None,
        repeat: str = "",
    ) -> None:
        line = SubElement(self.measure, "barline", location=location)
        if repeat == "forward":
            style = "heavy-light"
        if style:
            _add(line, "bar-style", style)
        if ending:
            SubElement(line, "ending", number=ending[1], type=ending[0])
        if repeat:
            SubElement(line, "repeat", direction=repeat)

    def _new_measure(self) -> Element:
        return SubElement(self.part, "measure", number=str(len(self.part) + 1))

    def _is_empty(self) -> bool:
        return self.measure.find("note") is None

    def _add_to_beam(self, note: Element, value: int, is_rest: bool) -> None:
        if is_rest or value <= TYPES.index("quarter"):
            self._close_beam()
        else:
            self.beam.append(note)

    def _close_beam(self) -> None:
        if len(self.beam) > 1:
            for place, note in enumerate(self.beam):
                last = place == len(self.beam) - 1
                kind = "end" if last else "continue" if place else "begin"
                beam = Element("beam", number="1")
                beam.text = kind
                notations = note.find("notations")
                where = len(note) if notations is None else list(note).index(notations)
                note.insert(where, beam)
        self.beam = []


def _add(parent: Element, name: str, text: object) -> None:
    SubElement(parent, name).text = str(text)
