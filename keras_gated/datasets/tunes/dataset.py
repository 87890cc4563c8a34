"""`TuneDataset`, what `load` returns."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keras_gated.datasets.tunes.reading import Refusal
from keras_gated.datasets.tunes.tune import Tune

SPLITS = ("train", "valid", "test")


@dataclass(frozen=True, eq=False)
class TuneDataset:
    """Tunes, split so that no melody is in two splits.

    Args:
        name: The collections.
        train: Tunes to learn from.
        valid: Tunes to choose by.
        test: Tunes to report.
        refusals: What was not understood, and why.
        families: How many families of melodies there are.
        source: Where they come from.
        fingerprint: SHA-256 of the tokens of each split.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> tune = tunes.Tune("M:3/4 K:Gmaj G 2 B 2 d 2 |]".split())
        >>> data = tunes.TuneDataset(
        ...     name="one", train=[tune], valid=[tune], test=[tune], refusals=[],
        ...     families=1, source="made up", fingerprint="")
        >>> [len(tunes.symbols(tune)) for tune in data.valid]
        [11]
    """

    name: str
    train: list[Tune] = field(repr=False)
    valid: list[Tune] = field(repr=False)
    test: list[Tune] = field(repr=False)
    refusals: list[Refusal] = field(repr=False)
    families: int
    source: str
    fingerprint: str


def fingerprint(splits: Mapping[str, Sequence[Tune]]) -> str:
    """SHA-256 of the tokens of each split."""
    digest = hashlib.sha256()
    for split in SPLITS:
        digest.update(f"{split} {len(splits[split])}\n".encode())
        for tune in splits[split]:
            digest.update(" ".join(tune.tokens).encode() + b"\n")
    return digest.hexdigest()
