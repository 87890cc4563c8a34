#!/usr/bin/env bash
# Optuna: a search with a seed that is stopped and started again repeats its first trials.
#
# Expected: a study in a database, opened again with load_if_exists=True and the same seeded
# sampler, goes on: 18 trials in three parts are the 18 trials of one part.
# Seen: the database keeps trials, not the state of the sampler's random numbers. Each part
# begins them anew, so RandomSampler and NSGAIISampler draw the very same points, and train
# them again: 6 points three times. TPESampler does so until its first ten trials are full.
# Copies count as trials of their own in all that is computed from the study.
# Size: two thirds of the budget here, more with more parts. Without a seed, or with
# QMCSampler, which numbers its points in the database, nothing is repeated.
#
# Explained to a user in 2022: optuna/optuna#3255.
# What to do: seed with a number that depends on len(study.trials), or keep the points in
# a list of your own and enqueue them.
#
# Seen on 2026-11-28 with optuna 5.0.0 and numpy 2.4.6.
set -euo pipefail
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
python3 -m venv "$room/venv"
"$room/venv/bin/pip" install --quiet --no-compile optuna==5.0.0 scipy==1.17.1 numpy==2.4.6

cd "$room"
venv/bin/python -W ignore - <<'END'
import sys

import numpy as np
import optuna

print(f"optuna {optuna.__version__}, numpy {np.__version__}")
optuna.logging.set_verbosity(optuna.logging.ERROR)
samplers = optuna.samplers


def objective(trial):
    rate = trial.suggest_float("learning_rate", 1e-5, 1e-1, log=True)
    unit = trial.suggest_categorical("unit", ["lstm", "gru"])
    return (np.log10(rate) + 3) ** 2 + (unit == "gru")


def distinct(sampler, parts):
    name = f"{sampler.__name__} {parts}"
    for _ in range(parts):
        study = optuna.create_study(
            storage="sqlite:///studies.db", study_name=name, load_if_exists=True,
            sampler=sampler(seed=1),
        )
        study.optimize(objective, n_trials=18 // parts)
    return len({tuple(trial.params.values()) for trial in study.trials}), len(study.trials)


names = ("RandomSampler", "NSGAIISampler", "TPESampler", "QMCSampler")
seen = {name: [distinct(getattr(samplers, name), parts) for parts in (1, 3)] for name in names}
print("Expected: as many points as trials, in one part or in three.")
for name, ((once, _), (resumed, trials)) in seen.items():
    print(f"Seen: {name}: {once} points in one part, {resumed} of {trials} in three")
resumed = {name: parts[1][0] for name, parts in seen.items()}
as_described = (
    all(parts[0] == (18, 18) for parts in seen.values())
    and resumed["RandomSampler"] == resumed["NSGAIISampler"] == 6
    and 6 < resumed["TPESampler"] < 18
    and resumed["QMCSampler"] == 18
)
print("as described" if as_described else "CHANGED")
sys.exit(not as_described)
END
