"""The paper's claims with our evidence.

Every row has the verdict `HELD`, `NOT_HELD` or `UNDECIDED`. Pairs of networks are
judged by the sign test over all models and seeds; what one model's characters or units
show is judged by the interval over streams, braces or units, which knows the noise of
the text and not that of training. The rules:

- *Gated units beat tanh*; *two layers beat one*. Held if the sign test is significant
  in their favour, not held if it is in favour of the others.
- *Three layers add nothing clear.* Not held if the sign test is significant in their
  favour; held if the interval of the mean difference ends above `-MATTERS`.
- *n-grams beat the networks of rows 64 and 128; networks of row 256, of the kernel 512,
  pass them.* By the best of each.
- *Forget gates stay open*. Held if the interval of the share of units whose gate is
  above 0.9 at 90 % of the steps lies above 0. *None stays shut*: held if there is none
  below 0.1 at as many. *The first layer is diffuse*: held if fewer of its units are
  saturated than of any layer above, not held if more than of all.
- *The first layer of the GRU seldom makes use of its past*. Held if no unit's reset
  gate, or update gate, is above 0.9 at 90 % of the steps, not held if the interval of
  their share lies above 0.
- *Errors by oracle*. Held if the share is within `CLOSE` of the paper's, whose model is
  larger.
- *Scaling removes what n-grams know*. Held if the interval of their share of all errors
  that are fewer lies above one half, not held if below.
- *Braces*: against the 20-gram, by the intervals over braces. *Level* is what lies
  within `LEVEL` of it, not held what lies beyond.
- *Early training looks like ever longer n-grams*. Held if the epochs at which the model
  is closest to n-grams that see 1, 2, 3 and 4 characters ascend, not held if one falls.
"""

import pandas as pd

from reproduce.studies.karpathy2015.claims.character_claims import character_rows
from reproduce.studies.karpathy2015.claims.network_claims import network_rows
from reproduce.studies.karpathy2015.claims.table import COLUMNS
from reproduce.study import Results
from reproduce.verdicts import as_table

__all__ = ["claim_table"]


def claim_table(results: Results) -> pd.DataFrame:
    """Tests every claim on every text."""
    return as_table([*network_rows(results), *character_rows(results)], COLUMNS)
