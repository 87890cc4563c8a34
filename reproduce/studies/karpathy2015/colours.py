"""Colours that colour-blind readers tell apart, and lines that printers do."""

ORACLES = {
    "n-gram": "#0072B2",
    "memory": "#56B4E9",
    "rare word": "#009E73",
    "new word": "#F0E442",
    "punctuation": "#E69F00",
    "boost": "#D55E00",
    "nothing": "#999999",
}
"""Of the oracles in the order in which they are asked."""

LINES = (
    ("#0072B2", "-", "o"),
    ("#D55E00", "--", "s"),
    ("#009E73", "-.", "^"),
    ("#CC79A7", ":", "D"),
)
"""Colour, line and mark of what is drawn together."""

NGRAM = "#555555"
"""Of n-grams beside networks."""
