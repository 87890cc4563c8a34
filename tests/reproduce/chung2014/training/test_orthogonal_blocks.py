import keras
import numpy as np
import pytest

from keras_gated.layers import GRU
from reproduce.studies.chung2014.training.orthogonal_blocks import OrthogonalBlocks

pytestmark = pytest.mark.everywhere


def draw(initializer, shape):
    return keras.ops.convert_to_numpy(initializer(shape, "float32"))


@pytest.mark.parametrize(("units", "gates"), [(5, 4), (7, 3), (6, 1), (1, 3)])
def test_every_block_is_orthogonal(units, gates):
    matrix = draw(OrthogonalBlocks(1), (units, gates * units))
    assert matrix.shape == (units, gates * units)
    for block in np.split(matrix, gates, axis=1):
        np.testing.assert_allclose(block @ block.T, np.eye(units), atol=1e-5)


def test_blocks_differ():
    blocks = np.split(draw(OrthogonalBlocks(1), (5, 20)), 4, axis=1)
    for number, block in enumerate(blocks):
        for other in blocks[:number]:
            assert np.abs(block - other).max() > 0.1


def test_the_seed_decides():
    first, again, other = (draw(OrthogonalBlocks(seed), (4, 12)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1


def test_the_global_seed_decides_where_there_is_none():
    drawn = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        drawn.append(draw(OrthogonalBlocks(), (4, 12)))
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert np.abs(drawn[0] - drawn[2]).max() > 0.1


@pytest.mark.parametrize("shape", [(4, 6), (4, 3)])
def test_columns_that_are_no_multiple_of_rows_are_named(shape):
    with pytest.raises(ValueError, match=rf"shape=\({shape[0]}, {shape[1]}\)"):
        OrthogonalBlocks(1)(shape)


def test_the_config_makes_the_same_matrix():
    initializer = OrthogonalBlocks(3)
    assert initializer.get_config() == {"seed": 3}
    again = OrthogonalBlocks.from_config(initializer.get_config())
    np.testing.assert_array_equal(draw(initializer, (3, 9)), draw(again, (3, 9)))


def test_a_layer_takes_it():
    layer = GRU(5, recurrent_initializer=OrthogonalBlocks(1))
    layer.build((None, None, 3))
    matrix = keras.ops.convert_to_numpy(layer.cell.recurrent_kernel)
    for block in np.split(matrix, 3, axis=1):
        np.testing.assert_allclose(block @ block.T, np.eye(5), atol=1e-5)
