"""The paper's claims with our evidence.

Rows are compared by paired differences over seeds, each at the learning rate that
validation chooses for it, on the measure that counts of a task: on arithmetic, copying
and memorisation the accuracy of the symbols that can be known, on XML and words that of
all, on music the NLL, of which less is better. `matters` is a difference that matters,
of `measures.ACCURACY` or `measures.NLL`. The rules:

- *Gated units beat tanh*; *the forget gate is the one that matters*: held if the
  interval of the difference lies above 0, not held if below.
- *The input gate comes next*, *the output gate matters least*, *without the output gate
  it is worse, too*: likewise, of the differences between the ablations and the LSTM.
- *A forget bias of 1 helps*, *... closes the gap to the GRU*. The former likewise; the
  latter is held if the interval of LSTM-b minus GRU lies above `-matters`, not held if
  below.
- *MUT1 at least equals the GRU*: held if the interval lies above `-matters`, not held
  if below; on music held if below `matters`, not held if above. Its own number is the
  best of some 220 settings.
- *On music with dropout gates lose*: of the NLL of tanh minus that of a row with all of
  its gates; held if the interval lies below 0, not held if above.
- *The bias as a dial*: each start against 0, as above, but all at one learning rate.
- *Reached*: whether the mean over seeds is above or below a border that we set
  ourselves, or of XML above the paper's number less `CLOSE`. It is no test.
"""

import pandas as pd

from reproduce.studies.jozefowicz2015.claims.rows import (
    dial_rows,
    paper_rows,
    reached_rows,
)
from reproduce.studies.jozefowicz2015.claims.table import COLUMNS
from reproduce.study import Results
from reproduce.verdicts import as_table

__all__ = ["claim_table"]


def claim_table(results: Results) -> pd.DataFrame:
    """Tests every claim on every task."""
    rows = [*paper_rows(results), *dial_rows(results), *reached_rows(results)]
    return as_table(rows, COLUMNS) if rows else pd.DataFrame()
