"""How trials are named in the terminal."""

from collections.abc import Sequence

from reproduce.trial import Trial

CANDIDATE = "candidate"


def labels(trials: Sequence[Trial]) -> dict[str, str]:
    """Short names that differ, by the names of the trials.

    A label has the model, what was searched, and of the rest what is not the same in
    all trials.
    """
    if not trials:
        return {}
    words = [_words(trial) for trial in trials]
    always = (CANDIDATE, trials[0].cell[-1])
    widths = {
        key: max(len(of_trial[key]) for of_trial in words)
        for key in words[0]
        if key in always or len({of_trial[key] for of_trial in words}) > 1
    }
    return {
        trial.name: " ".join(
            f"{of_trial[key]:<{width}}" for key, width in widths.items()
        ).rstrip()
        for trial, of_trial in zip(trials, words, strict=True)
    }


def _words(trial: Trial) -> dict[str, str]:
    return {
        **{name: str(getattr(trial, name)) for name in trial.cell},
        CANDIDATE: trial.label,
        "seed": f"seed {trial.seed}",
    }
