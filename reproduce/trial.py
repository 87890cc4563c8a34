"""What decides the outcome of training one model, whatever study it belongs to."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, asdict, dataclass, fields
from hashlib import sha256
from json import dumps
from typing import Any, ClassVar, Self

from optuna.distributions import BaseDistribution


@dataclass(frozen=True, kw_only=True)
class Trial:
    """The part of a trial that the engine reads; a study adds its settings to it.

    Args:
        dataset: Name of the data set.
        data: `"canonical"` for the paper's data, or what stands in for it.
        data_fingerprint: SHA-256 of the data.
        candidate: Number of the candidate among those that compete.
        seed: Seed of weights, noise and order.
        backend: The Keras backend.
        max_epochs: Epochs after which it ends.
        patience: Epochs without a better validation score after which it ends.
        encoding: How what the data hold becomes vectors; `""` if there is but one way.
        prune_epoch: Epochs after which it ends if all its validation scores are above
            `prune_above`; 0 if it is not judged before its end.
        prune_above: See `prune_epoch`.
    """

    dataset: str
    data: str
    data_fingerprint: str
    candidate: int
    seed: int
    backend: str
    max_epochs: int
    patience: int
    encoding: str = ""
    prune_epoch: int = 0
    prune_above: float = 0.0

    study: ClassVar[str]
    """Name of the study."""

    cell: ClassVar[tuple[str, ...]] = ("dataset",)
    """Fields that tell results apart; what differs in others competes."""

    space: ClassVar[Mapping[str, BaseDistribution]]
    """The fields that are searched, and where."""

    candidate_form: ClassVar[str] = "draw{:03d}"
    """What the number of a candidate is in names."""

    @property
    def competition(self) -> str:
        """The name of the trials that compete, of which validation chooses one."""
        where = (str(getattr(self, name)) for name in self.cell)
        return "-".join((self.study, *where, self.backend, f"seed{self.seed}"))

    @property
    def name(self) -> str:
        """A name for files, unique within a sweep."""
        return f"{self.competition}-{self.candidate_form.format(self.candidate)}"

    @property
    def candidate_settings(self) -> dict[str, Any]:
        """The settings that are searched."""
        return {name: getattr(self, name) for name in self.space}

    @property
    def label(self) -> str:
        """The searched settings in few characters, for the terminal."""
        return " ".join(
            f"{value:.1e}" if isinstance(value, float) else str(value)
            for value in self.candidate_settings.values()
        )

    @property
    def config(self) -> dict[str, Any]:
        """The fields as a dictionary of plain values, as JSON gives it back."""
        return _plain(asdict(self))

    @classmethod
    def from_config(cls, config: Mapping[str, Any]) -> Self:
        """The trial that has a configuration; what came later has its default.

        Raises:
            ValueError: If it has other fields, or lacks some.
        """
        known = {field.name for field in fields(cls)}
        lacking = {f.name for f in fields(cls) if _is_needed(f)} - config.keys()
        if lacking or config.keys() - known:
            raise ValueError(
                f"A trial of {cls.study} has the settings {sorted(known)}; this one "
                f"lacks {sorted(lacking)} and has {sorted(config.keys() - known)} "
                "besides. Another version made it: use that one, or name another "
                "output folder with --out."
            )
        return cls(**config)

    @property
    def digest(self) -> str:
        """A few characters that differ where any field does."""
        return sha256(dumps(self.config, sort_keys=True).encode()).hexdigest()[:12]


def _is_needed(field: Field[Any]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {key: _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value
