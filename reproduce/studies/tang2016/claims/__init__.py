"""The claims of the paper's abstract and of summaries of it, with our evidence.

Every row is a paired comparison over seeds by Student's t, and has the verdict `HELD`
if the mean difference is significantly above 0 (p below 0.05), `NOT_HELD` if below, and
`UNDECIDED` otherwise. The claims:

- *The GRU is slightly better than the LSTM*: errors of the LSTM minus those of the GRU,
  of frames and phones.
- *Cells of an LSTM pile up at the extremes in higher layers, a GRU spreads*: the share
  of activations above 0.9, of the last layer less the first, and of the LSTM less the
  GRU.
- *Units respond to phones, those of an LSTM more strongly*: units for each phone at
  shares of their own maximum, the LSTM less the GRU. The paper takes 80 % for one and
  50 % for the other; both are shown.
- *The GRU moves more smoothly*: length of a step in units of the spread of states, of
  the LSTM less the GRU.
- *The GRU forgets noise faster*: half-life of the distance to the clean run, of the
  LSTM less the GRU.
- *Shortcuts help*: errors without shortcuts less those with them.
"""

import pandas as pd

from reproduce.studies.tang2016.claims.error_claims import error_rows
from reproduce.studies.tang2016.claims.memory_claims import memory_rows
from reproduce.study import Results
from reproduce.verdicts import as_table

__all__ = ["claim_table"]


def claim_table(results: Results) -> pd.DataFrame:
    """Tests every claim on every data set."""
    return as_table([*error_rows(results), *memory_rows(results)])
