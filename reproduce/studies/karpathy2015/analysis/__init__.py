"""What the study makes of the probabilities of single characters, in NumPy.

Texts are streams: an array of bytes `(streams, steps + 1)`, whose first column is given
and whose others are predicted. Probabilities are those of the right character,
`(streams, steps)`.
"""
