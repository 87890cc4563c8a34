import keras
import numpy as np
import pytest

from keras_gated.datasets import SequenceBatches, music

FEATURES = 3


def numbered_sequences(lengths):
    """Sequences in which every step has a number of its own, and one silent step."""
    first = np.cumsum([0, *lengths[:-1]])
    sequences = []
    for start, length in zip(first, lengths, strict=True):
        steps = np.arange(start, start + length, dtype="float32")
        sequences.append(np.stack([steps, -steps, np.ones_like(steps)], axis=1))
    sequences[0][1] = 0
    return sequences


LENGTHS = np.random.default_rng(5).integers(2, 60, 41).tolist()
SEQUENCES = numbered_sequences(LENGTHS)


def contents(batches):
    return [tuple(array.tobytes() for array in batch) for batch in batches]


def lengths_served(batches):
    return [inputs.shape[1] for inputs, _, _ in batches]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("padded_lengths", [1, 4, 100, [20, 59, 80]])
@pytest.mark.parametrize("batch_size", [1, 4, 16, 64])
def test_every_step_is_served_once(shuffle, padded_lengths, batch_size):
    batches = SequenceBatches.next_step(
        SEQUENCES, batch_size, shuffle=shuffle, padded_lengths=padded_lengths
    )
    served = []
    for inputs, targets, weight in batches:
        length = inputs.shape[1]
        assert inputs.shape == targets.shape == (batch_size, length, FEATURES)
        assert weight.shape == (batch_size, length)
        assert inputs.dtype == targets.dtype == weight.dtype == "float32"
        assert set(np.unique(weight)) <= {0, 1}
        # A row is a run of valid steps, then padding.
        assert np.all(np.diff(weight, axis=1) <= 0)
        assert not inputs[weight == 0].any() and not targets[weight == 0].any()
        for row in range(batch_size):
            steps = int(weight[row].sum())
            if steps:
                served.append((inputs[row, :steps], targets[row, :steps]))
    assert batches.steps == sum(LENGTHS) - len(LENGTHS)
    served.sort(key=lambda pair: pair[1][0, 0])
    for (inputs, targets), sequence in zip(served, SEQUENCES, strict=True):
        np.testing.assert_array_equal(inputs, sequence[:-1])
        np.testing.assert_array_equal(targets, sequence[1:])


@pytest.mark.parametrize("batch_size", [1, 4, 16])
def test_one_shape_for_each_padded_length(batch_size):
    batches = SequenceBatches.next_step(SEQUENCES, batch_size, padded_lengths=3)
    shapes = {inputs.shape for inputs, _, _ in batches}
    assert len(shapes) <= 3
    assert sorted(shape[1] for shape in shapes) == list(batches.padded_lengths)
    assert batches.padded_lengths[-1] == max(LENGTHS) - 1


def test_explicit_padded_lengths():
    batches = SequenceBatches.next_step(SEQUENCES, 4, padded_lengths=[200, 30, 100, 30])
    assert batches.padded_lengths == (30, 100)
    for inputs, _, weight in batches:
        longest = int(weight.sum(axis=1).max())
        assert inputs.shape[1] == (30 if longest <= 30 else 100)


def test_more_lengths_need_fewer_steps():
    computed = [
        sum(
            weight.size
            for _, _, weight in SequenceBatches.next_step(
                SEQUENCES, 4, padded_lengths=count
            )
        )
        for count in (1, 2, 4)
    ]
    assert computed[0] > computed[1] > computed[2] >= sum(LENGTHS) - len(LENGTHS)


def test_same_seed_same_order():
    first, second = (SequenceBatches.next_step(SEQUENCES, 4, seed=7) for _ in range(2))
    for _ in range(3):
        assert contents(first) == contents(second)
        first.on_epoch_end()
        second.on_epoch_end()


def test_epochs_and_seeds_differ():
    batches = SequenceBatches.next_step(SEQUENCES, 4, seed=7)
    epochs = []
    for _ in range(4):
        epochs.append(contents(batches))
        batches.on_epoch_end()
    epochs.append(contents(SequenceBatches.next_step(SEQUENCES, 4, seed=8)))
    assert len({tuple(sorted(epoch)) for epoch in epochs}) == len(epochs)


def test_shuffles_the_order_of_batches():
    batches = SequenceBatches.next_step(SEQUENCES, 2, seed=7)
    orders = set()
    for batches.epoch in range(5):
        orders.add(tuple(lengths_served(batches)))
    assert len(orders) == 5


def test_epoch_depends_on_its_number_alone():
    walked = SequenceBatches.next_step(SEQUENCES, 4, seed=7)
    for _ in range(5):
        walked.on_epoch_end()
    jumped = SequenceBatches.next_step(SEQUENCES, 4, seed=7)
    jumped.epoch = 5
    assert walked.epoch == 5
    assert contents(walked) == contents(jumped)


def test_seed_none_follows_keras():
    orders = []
    for seed in (1, 1, 2):
        keras.utils.set_random_seed(seed)
        orders.append(contents(SequenceBatches.next_step(SEQUENCES, 4)))
    assert orders[0] == orders[1] != orders[2]


def test_without_shuffle_epochs_are_equal():
    batches = SequenceBatches.next_step(SEQUENCES, 4, shuffle=False)
    before = contents(batches)
    batches.on_epoch_end()
    assert contents(batches) == before


@pytest.mark.parametrize("shuffle", [True, False])
def test_first_two_batches_differ_in_length(shuffle):
    batches = SequenceBatches.next_step(SEQUENCES, 2, shuffle=shuffle, seed=0)
    for batches.epoch in range(30):
        first, second = lengths_served([batches[0], batches[1]])
        assert first != second


def test_inputs_and_targets_of_their_own():
    inputs = [np.full((length, 2), length) for length in (3, 5, 5)]
    targets = [np.full((length,), 10 * length) for length in (3, 5, 5)]
    batches = SequenceBatches(inputs, targets, 2, shuffle=False, dtype="int32")
    assert len(batches) == 2
    by_length = {batch[0].shape[1]: batch for batch in batches}
    x, y, weight = by_length[3]
    assert x.dtype == y.dtype == weight.dtype == "int32"
    np.testing.assert_array_equal(x[:, :, 0], [[3, 3, 3], [0, 0, 0]])
    np.testing.assert_array_equal(y, [[30, 30, 30], [0, 0, 0]])
    np.testing.assert_array_equal(weight, [[1, 1, 1], [0, 0, 0]])


def test_leaves_the_sequences_alone():
    before = [sequence.copy() for sequence in SEQUENCES]
    batches = SequenceBatches.next_step(SEQUENCES, 4)
    for inputs, _, _ in batches:
        inputs[:] = 99
    for sequence, copy in zip(SEQUENCES, before, strict=True):
        np.testing.assert_array_equal(sequence, copy)


ONES = [np.ones((4, 2)), np.ones((6, 2))]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"batch_size": 0}, "batch_size must be positive, received 0"),
        ({"seed": -1}, "seed must not be negative, received -1"),
        ({"padded_lengths": 0}, "padded_lengths must be positive, received 0"),
        ({"padded_lengths": [5]}, r"padded_lengths \[5\] .* longest sequence, 6 steps"),
        ({"padded_lengths": []}, r"padded_lengths \[\] .* longest sequence, 6 steps"),
        ({"inputs": [], "targets": []}, "received 0 inputs and 0 targets"),
        ({"targets": ONES[:1]}, "received 2 inputs and 1 targets"),
        ({"targets": ONES[::-1]}, "sequence 0 .* received 4 and 6"),
        ({"inputs": [ONES[0], np.ones((6, 3))]}, r"sequence 1 .*\(3,\)"),
        ({"inputs": [np.ones((0, 2))], "targets": [np.ones((0, 2))]}, "0 and 0"),
    ],
)
def test_bad_arguments(arguments, reason):
    arguments = {"inputs": ONES, "targets": ONES, "batch_size": 2, **arguments}
    with pytest.raises(ValueError, match=reason):
        SequenceBatches(**arguments)


@pytest.mark.parametrize(
    ("given", "what"),
    [
        (np.ones((9, 88), "uint8"), r"one array of shape \(9, 88\).*\[array\]"),
        (np.ones(9), r"one array of shape \(9,\)"),
        ({"train": ONES}, "Received dict"),
        (iter(ONES), "Received list_iterator"),
        ((ONES, ONES), "Number 0 is list"),
        ([np.ones((4, 2)), 1.0], "Number 1 is float"),
        ([[0, 1], [1, 0]], "Number 0 is list"),
        ("rolls", "Number 0 is str"),
    ],
)
def test_what_is_no_list_of_arrays_is_named(given, what):
    with pytest.raises(ValueError, match=f"sequences must be a list.*{what}"):
        SequenceBatches.next_step(given, 2)
    with pytest.raises(ValueError, match=f"targets must be a list.*{what}"):
        SequenceBatches(ONES, given, 2)


def test_sequences_of_one_length_may_be_one_array():
    array = np.arange(24.0).reshape(2, 3, 4)
    ((inputs, targets, _),) = SequenceBatches.next_step(array, 2, shuffle=False)
    np.testing.assert_array_equal(inputs, array[:, :-1])
    np.testing.assert_array_equal(targets, array[:, 1:])


@pytest.mark.parametrize("length", [0, 1])
def test_a_sequence_to_predict_needs_two_steps(length):
    with pytest.raises(ValueError, match=f"sequence 2 has {length} steps"):
        SequenceBatches.next_step([*ONES, np.ones((length, 2))], 2)


def small_model():
    keras.utils.set_random_seed(0)
    inputs = keras.Input((None, FEATURES))
    outputs = keras.layers.Dense(FEATURES, use_bias=False)(inputs)
    model = keras.Model(inputs, outputs)
    model.compile(keras.optimizers.SGD(0.1), "mse")
    return model


NOISE = [
    np.random.default_rng(length).normal(size=(length, FEATURES)) for length in LENGTHS
]


def small_batches():
    return SequenceBatches.next_step(NOISE, 4, seed=3, padded_lengths=3)


def weights_after(train):
    model, batches = small_model(), small_batches()
    train(model, batches)
    return model.get_weights()[0]


def test_fit_serves_the_order_of_each_epoch():
    """One `fit`, two `fit`s resumed, and a plain loop make the same updates."""

    def fit(model, batches, first, last):
        model.fit(
            batches,
            initial_epoch=first,
            epochs=last,
            shuffle=False,
            callbacks=[batches.epoch_callback()],
            verbose=0,
        )

    def at_once(model, batches):
        fit(model, batches, 0, 3)

    def resumed(model, batches):
        fit(model, batches, 0, 1)
        fit(model, small_batches(), 1, 3)

    def plain_loop(model, batches):
        for batches.epoch in range(3):
            for batch in batches:
                model.train_on_batch(*batch)

    def other_order(model, batches):
        batches.seed = 4
        fit(model, batches, 0, 3)

    expected = weights_after(plain_loop)
    np.testing.assert_allclose(weights_after(at_once), expected, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(weights_after(resumed), expected, rtol=1e-5, atol=1e-6)
    assert np.abs(weights_after(other_order) - expected).max() > 1e-3


def test_evaluate_weighs_every_step_alike():
    # Keras' metrics weigh a step by one over its padded length: take one length.
    batches = SequenceBatches.next_step(NOISE, 4, padded_lengths=1)
    model = small_model()
    kernel = model.get_weights()[0].astype("float64")
    errors = [
        ((sequence[:-1] @ kernel - sequence[1:]) ** 2).mean(axis=1)
        for sequence in NOISE
    ]
    model.compile(loss="mse", weighted_metrics=["mse"])
    _, mean = model.evaluate(batches, verbose=0)
    np.testing.assert_allclose(mean, np.concatenate(errors).mean(), rtol=1e-5)


def test_compiles_once_for_each_padded_length(data_dir):
    chorales = music.load("jsb_chorales", data_dir)
    batches = SequenceBatches.next_step(chorales.train, 16)
    assert batches.steps == 13578
    assert len({inputs.shape for inputs, _, _ in batches}) <= 4
    computed = sum(weight.size for _, _, weight in batches)
    assert computed < 1.35 * batches.steps
    model = keras.Sequential([keras.Input((None, 88)), keras.layers.Dense(88)])
    model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=True))
    history = model.fit(batches, epochs=2, verbose=0, shuffle=False)
    assert history.history["loss"][1] < history.history["loss"][0]
