"""An orthogonal matrix for every gate."""

from typing import Any

import keras
from keras import ops


class OrthogonalBlocks(keras.initializers.Initializer):
    """Fills `(units, gates * units)` with one orthogonal matrix for each gate.

    `keras.initializers.Orthogonal` makes the rows of the whole matrix orthogonal
    instead, which leaves the block of a gate without that property.

    Args:
        seed: Seed of the matrices.

    Reference:
        Chung et al. 2014 (arXiv:1412.3555), released code (footnote 3).
    """

    def __init__(self, seed: int | None = None) -> None:
        self.seed = seed
        self._generator = keras.random.SeedGenerator(seed)

    def __call__(self, shape: tuple[int, ...], dtype: Any = None) -> Any:
        """Returns the matrix.

        Raises:
            ValueError: If the columns are no multiple of the rows.
        """
        rows, columns = shape
        if columns % rows:
            raise ValueError(
                "OrthogonalBlocks needs a multiple of as many columns as rows. "
                f"Received shape={tuple(shape)}."
            )
        blocks = [
            keras.initializers.Orthogonal(seed=self._generator)((rows, rows), dtype)
            for _ in range(columns // rows)
        ]
        return ops.concatenate(blocks, axis=1)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed}
