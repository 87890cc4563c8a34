"""The tunes of the documentation, and the part of the page that shows them."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import soundfile

from keras_gated._files import replacing
from keras_gated.datasets import tunes
from keras_gated.datasets.tunes import Tune
from keras_gated.generation import synthesize_melody, write_score
from keras_gated.models import list_pretrained
from reproduce.studies.tunes.beside import ngram_tunes
from reproduce.studies.tunes.data import TuneTask, load_task
from reproduce.studies.tunes.files import RATE
from reproduce.studies.tunes.names import NGRAM, TOKENS, UNITS
from reproduce.studies.tunes.publication import DATASET
from reproduce.studies.tunes.writers import first_well_formed, load_writer
from reproduce.studies.tunes.writing import Header

EXAMPLES = Path(__file__).resolve().parents[3] / "docs" / "examples"

PAGE = "tunes.md"
"""The part of the page, beside the sounds."""

HEADERS: tuple[Header, ...] = (("6/8", "Dmaj"), ("4/4", "Gmaj"))
TRIES, TEMPERATURE, TOP_P, SEED = 20, 1.0, 0.9, 1
BEAT_SECONDS = 0.3

COLLECTION = "nottingham"
"""What the n-gram is of."""


def make_examples(folder: Path, data_dir: Path | None = None) -> list[Path]:
    """Makes a tune of the n-gram, those of the models of the package, and the page.

    Args:
        folder: Where to.
        data_dir: Where the data are.

    Returns:
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    task = load_task(COLLECTION, TOKENS, data_dir)
    made, pieces = [], []
    for title, said, tune in (*_of_ngram(task), *_of_models()):
        stem = "tune_" + "_".join(title.lower().replace("/", "").split())
        tune = replace(tune, title=title)
        sound, score = folder / f"{stem}.ogg", folder / f"{stem}.svg"
        samples = synthesize_melody(tune.notes(), BEAT_SECONDS, RATE)
        with replacing(sound) as file:
            soundfile.write(file, samples, RATE, format="OGG")
        _write_score(score, tune)
        made += [sound, score]
        pieces.append(_piece(title, said, stem))
    with replacing(folder / PAGE) as file:
        file.write("\n".join(pieces).encode())
    return [*made, folder / PAGE]


def _of_ngram(task: TuneTask) -> Iterator[tuple[str, str, Tune]]:
    (header, *_) = HEADERS
    written = [one.tune for one in ngram_tunes(task, [header] * TRIES, SEED)]
    checks = [tunes.check_tune(tune, *header) for tune in written]
    number = next(
        (n for n, check in enumerate(checks) if check.well_formed),
        next(n for n, check in enumerate(checks) if not check.error),
    )
    formed = sum(check.well_formed for check in checks)
    yield (
        f"{NGRAM} {' '.join(header)}",
        f"Of {TRIES} tunes of the 5-gram of Nottingham {formed} are well formed.",
        written[number],
    )


def _of_models() -> Iterator[tuple[str, str, Tune]]:
    shipped = list_pretrained()
    for unit in UNITS:
        if (DATASET, unit) not in shipped:
            continue
        writer = load_writer(unit)
        for header in HEADERS:
            tune, _ = first_well_formed(
                writer,
                header,
                TRIES,
                temperature=TEMPERATURE,
                top_p=TOP_P,
                seed=SEED,
            )
            said = f'`load_pretrained("{DATASET}", "{unit}")`.'
            yield f"{UNITS[unit]} {' '.join(header)}", said, tune


def _write_score(path: Path, tune: Tune) -> None:
    """Writes a score that has a size, and can be read on a dark page, too."""
    write_score(path, tune.musicxml())
    text = path.read_text("utf-8")
    shown = re.sub(
        r'^<svg viewBox="0 0 (\d+) (\d+)"',
        r'<svg style="background: white" width="\1" height="\2" viewBox="0 0 \1 \2"',
        text,
    )
    with replacing(path) as file:
        file.write(shown.encode())


def _piece(title: str, said: str, stem: str) -> str:
    """A tune on the page; the path of a sound is from the page's own folder."""
    return f"""<figure markdown>
![Score of a tune: {title}](examples/{stem}.svg)
<figcaption markdown>{title}. {said}</figcaption>
<audio controls preload="metadata" src="../examples/{stem}.ogg"
  aria-label="A tune: {title}"></audio>
</figure>
"""
