"""Made-up trials of a random search, of which the answers are known."""

import numpy as np
import pandas as pd

from reproduce.studies.odyssey2015.names import VARIANTS

NO_EFFECT = dict.fromkeys(VARIANTS, 0.0)
AS_IN_THE_PAPER = {**NO_EFFECT, "FGR": 0.05, "NFG": 0.3, "NOAF": 0.5}


def make_trials(
    draws=30,
    effects=NO_EFFECT,
    score=lambda rate, size, momentum, noise: 8.5 + rate,
    dataset="jsb_chorales",
    spread=0.02,
    seed=0,
):
    """Trials whose score hangs on where in its range each hyper-parameter was drawn.

    Args:
        draws: Draws, the same for every variant.
        effects: What each variant adds to the score.
        score: The score by the places, between 0 and 1, of learning rate, units,
            1 - momentum and noise.
        dataset: The set.
        spread: Standard deviation of what is added by chance.
        seed: Seed of it all.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for candidate in range(draws):
        places = rng.random(4)
        rate, size, momentum, noise = places
        for variant, effect in effects.items():
            test = score(*places) + effect + spread * rng.standard_normal()
            rows.append(
                {
                    "dataset": dataset,
                    "variant": variant,
                    "candidate": candidate,
                    "seed": 0,
                    "units": 20 * 10**size,
                    "learning_rate": 1e-6 * 1e4**rate,
                    "one_minus_momentum": 0.01 * 100**momentum,
                    "input_noise": noise,
                    "valid": test - 0.1,
                    "test": test,
                    "recurrent_parameters": 1000,
                    "total_parameters": 3000 if variant == "FGR" else 1500,
                    "best_epoch": 3,
                    "epochs": 18,
                    "seconds": 1.0,
                }
            )
    return pd.DataFrame(rows)


def of_scores(scores, dataset="jsb_chorales"):
    """Trials with given test scores, for each variant one for each draw.

    Validation puts them in the order in which the test does.
    """
    tables = []
    for variant, tests in scores.items():
        table = make_trials(len(tests), {variant: 0.0}, dataset=dataset)
        tables.append(table.assign(test=list(tests), valid=list(tests)))
    return pd.concat(tables, ignore_index=True)
