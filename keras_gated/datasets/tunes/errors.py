"""What is said of ABC that is not understood."""


class AbcError(ValueError):
    """ABC, or tokens of it, that the grammar does not know.

    Args:
        reason: What is wrong, in words that are the same wherever it is.
        place: Where, such as `"line 12, column 7"` or `"token 31"`.
        detail: What was found there.

    Examples:
        >>> from keras_gated.datasets import tunes
        >>> try:
        ...     tunes.Tune(("M:6/8", "K:Dmaj", "A", "H", "|")).notes()
        ... except tunes.AbcError as error:
        ...     print(error)
        token 3: unknown token, 'H'
    """

    def __init__(self, reason: str, place: str, detail: str = "") -> None:
        self.reason = reason
        self.place = place
        self.detail = detail
        super().__init__(f"{place}: {reason}" + (f", {detail}" if detail else ""))
