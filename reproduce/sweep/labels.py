"""How trials are named in the terminal."""

from collections.abc import Sequence

from reproduce.studies.plan import Trial

ALWAYS = ("unit", "rate")


def labels(trials: Sequence[Trial]) -> dict[str, str]:
    """Short names that differ, by the names of the trials.

    A label has the unit, the learning rate, and of the rest what is not the same in all
    trials.
    """
    words = [_words(trial) for trial in trials]
    widths = {
        key: max(len(of_trial[key]) for of_trial in words)
        for key in (words[0] if words else ())
        if key in ALWAYS or len({of_trial[key] for of_trial in words}) > 1
    }
    return {
        trial.name: " ".join(
            f"{of_trial[key]:<{width}}" for key, width in widths.items()
        ).rstrip()
        for trial, of_trial in zip(trials, words, strict=True)
    }


def _words(trial: Trial) -> dict[str, str]:
    return {
        "dataset": trial.dataset,
        "protocol": trial.protocol,
        "arm": trial.arm,
        "unit": trial.unit,
        "rate": f"{trial.learning_rate:.1e}",
        "seed": f"seed {trial.seed}",
    }
