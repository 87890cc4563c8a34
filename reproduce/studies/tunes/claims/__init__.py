"""What is claimed of models of tunes, with our evidence.

Every row has the verdict `HELD`, `NOT_HELD` or `UNDECIDED`. Claims about written tunes
are judged by intervals over tunes and seeds, both drawn anew; those about nats by the
interval of paired differences, over units and seeds. The rules:

- *Well-formed tunes*: of each model, held if the interval of the share lies above
  `WELL_FORMED`, not held if below. *As many as of held-out tunes*, not all of them so:
  held if the interval of the difference begins above `-MARGIN`, not held if it ends
  below 0. *More of them than the 5-gram*: by the interval of the difference.
- *It does not copy*: the share of tunes with a long run of a training tune, in tokens
  and in notes of any key, less that of held-out tunes. Held if the interval ends below
  `MARGIN`, not held if it begins above 0. *The longest runs*, in tokens: held if the
  interval of the mean ends below `TOKEN_MARGIN`, not held if it begins above 0.
- *Form*: two parts of eight bars, and what comes again eight bars later. *As held-out
  tunes*: held if the interval of the difference begins above `-MARGIN`, not held if it
  ends below 0. *More than the 5-gram*: by the interval of the difference.
- *Tokens beat characters*; *gated units beat tanh*; *networks beat the 5-gram*: nats
  per note. Held if the interval of the differences ends below 0, not held if it begins
  above. With fewer than two pairs nothing is decided.
- *Statistics match*: the distance of Jensen and Shannon to the test tunes, beside that
  of as many validation tunes. Held if it is below the upper end of the interval of the
  latter, not held if its own interval begins above that. Of several seeds the one in
  the middle counts.
"""

import pandas as pd

from reproduce.studies.tunes.claims.nats import nat_rows
from reproduce.studies.tunes.claims.table import COLUMNS
from reproduce.studies.tunes.claims.written import written_rows
from reproduce.study import Results
from reproduce.verdicts import as_table

__all__ = ["claim_table"]


def claim_table(results: Results) -> pd.DataFrame:
    """Tests every claim on every data set."""
    rows = [*written_rows(results), *nat_rows(results)]
    order = list(dict.fromkeys(row["claim"] for row in rows))
    return as_table(sorted(rows, key=lambda row: order.index(row["claim"])), COLUMNS)
