"""Trained models that write tunes, from the package or from a sweep."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keras_gated.datasets import tunes
from keras_gated.datasets.text import Vocabulary
from keras_gated.datasets.tunes import Check, Tune
from keras_gated.models import load_pretrained, pretrained_card
from reproduce.studies.tunes.data import load_task
from reproduce.studies.tunes.publication import DATASET
from reproduce.studies.tunes.training import TuneTraining
from reproduce.studies.tunes.trial import Trial
from reproduce.studies.tunes.writing import Header, Written, encode_header, write_tunes
from reproduce.training.arrays import load_arrays


@dataclass(frozen=True)
class Writer:
    """A model of tunes.

    Args:
        model: The model.
        vocabulary: Its symbols.
        longest: Symbols of its longest training tune.
    """

    model: Any
    vocabulary: Vocabulary
    longest: int

    def write(self, header: Header, count: int, **settings: Any) -> list[Written]:
        """Writes tunes of a meter and key; `settings` are those of `write_tunes`.

        Raises:
            ValueError: If the vocabulary lacks the meter or the key.
        """
        return write_tunes(
            self.model, self.vocabulary, [header] * count, self.longest, **settings
        )


def load_writer(choice: str | Path, data_dir: Path | None = None) -> Writer:
    """Loads a model.

    Args:
        choice: A unit, for the model that comes with the package, or the `.npz` file
            that a trial left in `weights/`.
        data_dir: Where the tunes of such a trial are, which have its vocabulary.

    Raises:
        ValueError: If there is no such model, the file holds none, or the tunes are
            others.
    """
    if isinstance(choice, Path):
        return _of_trial(choice, data_dir)
    card = pretrained_card(DATASET, choice)
    vocabulary = Vocabulary.from_config(card.get("vocabulary", {}))
    return Writer(load_pretrained(DATASET, choice), vocabulary, int(card["longest"]))


def read_header(meter: str, key: str) -> Header:
    """A meter and a key as tokens have them: `D` and `D major` are `Dmaj`.

    Raises:
        ValueError: If one of them is none.
    """
    fields = {"M": meter, "K": key}
    if not all(text.isprintable() and text.isascii() for text in fields.values()):
        raise ValueError(f"A meter and a key are needed. Received {meter!r}, {key!r}.")
    text = "".join(f"{name}:{value}\n" for name, value in fields.items())
    read, refused = tunes.parse_abc(f"X:1\n{text}C|]\n", "header")
    if refused:
        raise ValueError(
            "A meter such as 6/8 and a key such as Dmaj are needed. Received "
            f"{meter!r} and {key!r}: {refused[0].reason} {refused[0].detail}."
        )
    return read[0].meter, read[0].key


def first_well_formed(
    writer: Writer, header: Header, tries: int, **settings: Any
) -> tuple[Tune, Check]:
    """The first of some tunes that is well formed, else the first that can be played.

    Args:
        writer: The model.
        header: Meter and key.
        tries: Tunes to write.
        **settings: Those of `write_tunes`.

    Returns:
        The tune, and what is right about it.

    Raises:
        ValueError: If the model lacks the meter or the key, or none can be played.
    """
    encode_header(writer.vocabulary, header)
    checked = [
        (one, tunes.check_tune(one.tune, *header))
        for one in writer.write(header, tries, **settings)
    ]
    wishes: tuple[Callable[[Written, Check], bool], ...] = (
        lambda one, check: one.ended and check.well_formed,
        lambda one, check: not check.error,
    )
    for is_wished in wishes:
        for one, check in checked:
            if is_wished(one, check):
                return one.tune, check
    raise ValueError(
        f"Of {tries} tunes that the model wrote none can be played; the first one: "
        f"{checked[0][1].error}. Name more tries, another seed or a lower temperature."
    )


def _of_trial(path: Path, data_dir: Path | None) -> Writer:
    groups, notes = load_arrays(path)
    way_out = "A file of the folder weights/ of a sweep of tunes is needed."
    try:
        trial = Trial.from_config(notes["config"])
        weights = groups["weights"]
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} holds no model of tunes: {error}. {way_out}") from (
            error
        )
    task = load_task(trial.dataset, trial.encoding, data_dir)
    if task.fingerprint != trial.data_fingerprint:
        raise ValueError(
            f"{path} is of other tunes than are found here: SHA-256 "
            f"{trial.data_fingerprint} there, {task.fingerprint} in {task.source}."
        )
    if len(weights[1]) != trial.units or len(weights) < 2 * trial.layers:
        raise ValueError(
            f"{path} holds no model of {trial.layers} layers of {trial.units} units. "
            f"{way_out}"
        )
    model = TuneTraining().build(trial, task)
    model.set_weights(weights)
    return Writer(model, task.vocabulary, task.longest)
