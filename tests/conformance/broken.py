"""Layers that are wrong on purpose, each in one way."""

import threading

import keras
from keras import ops

from keras_gated.layers import GRU, GRUCell

registered = keras.saving.register_keras_serializable("keras_gated_broken")


@registered
class Broken(GRU):
    def spoiled(self, outputs, change):
        """The outputs changed, the states as they are."""
        if isinstance(outputs, (list, tuple)):
            return [change(outputs[0]), *outputs[1:]]
        return change(outputs)


@registered
class IgnoresMasks(Broken):
    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(sequences, initial_state, None, training)


@registered
class IgnoresStates(Broken):
    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(sequences, None, mask, training)


@registered
class RepeatsStates(Broken):
    """Starts all sequences from the states of one."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        shape = ops.shape(sequences)[0], self.units
        states = keras.tree.map_structure(
            lambda state: ops.broadcast_to(state, shape), initial_state
        )
        return super().call(sequences, states, mask, training)


@registered
class CarriesNothing(Broken):
    """Starts from zeros, whatever was before."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        self.reset_state()
        return super().call(sequences, initial_state, mask, training)


@registered
class HalvesIntegers(Broken):
    """Computes with integers until it must not."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        if "float" not in keras.backend.standardize_dtype(sequences.dtype):
            sequences = ops.cast(sequences, "int32") // 2
        return super().call(sequences, initial_state, mask, training)


@registered
class IgnoresDirection(Broken):
    def inner_loop(self, *args, **kwargs):
        wanted, self.go_backwards = self.go_backwards, False
        result = super().inner_loop(*args, **kwargs)
        self.go_backwards = wanted
        return result


@registered
class MixesBatch(Broken):
    """Looks at the other sequences of the batch."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        return self.spoiled(outputs, lambda y: y - ops.mean(y, axis=0, keepdims=True))


@registered
class StartsFromZeroOutput(Broken):
    """Puts out zeros before the first valid step, whatever the initial state."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        if mask is None:
            return outputs
        some = ops.any(ops.cast(mask, "bool"), axis=1)[:, None]
        return self.spoiled(outputs, lambda y: ops.where(some, y, 0 * y))


@registered
class KnowsItsLength(Broken):
    def compute_output_shape(self, sequences_shape, initial_state_shape=None):
        sequences_shape = (sequences_shape[0], 5, *sequences_shape[2:])
        return super().compute_output_shape(sequences_shape, initial_state_shape)


@registered
class DropsAxesOfOne(Broken):
    def call(self, *args, **kwargs):
        def change(y):
            axes = [axis for axis in (0, 1) if y.shape[axis] == 1]
            return ops.squeeze(y, axes[0]) if axes else y

        return self.spoiled(super().call(*args, **kwargs), change)


@registered
class MovesItsWeights(Broken):
    """Assigns to a weight in training, where only the optimizer should."""

    def build(self, sequences_shape, initial_state_shape=None):
        super().build(sequences_shape, initial_state_shape)
        self.scale = self.add_weight(shape=(), initializer="ones", name="scale")

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        outputs = self.spoiled(outputs, lambda y: y + 0 * ops.sum(self.scale))
        if training:
            self.scale.assign(0.9 * self.scale)
        return outputs


@registered
class LosesArguments(Broken):
    """Leaves the regularizer and the constraint of the kernel out."""

    def __init__(self, units, **kwargs):
        kwargs.update(kernel_regularizer=None, kernel_constraint=None)
        super().__init__(units, **kwargs)


@registered
class ForgetsArguments(Broken):
    """Leaves an argument out of its config."""

    def get_config(self):
        config = super().get_config()
        del config["return_sequences"]
        return config


@registered
class ComputesInFloat32(Broken):
    def call(self, *args, **kwargs):
        return self.spoiled(
            super().call(*args, **kwargs), lambda y: ops.cast(y, "float32")
        )


@registered
class IgnoresItsSeed(Broken):
    def __init__(self, units, seed=None, **kwargs):
        super().__init__(units, **kwargs)


@registered
class AlwaysDrops(Broken):
    def call(self, sequences, initial_state=None, mask=None, training=False):
        return super().call(sequences, initial_state, mask, True)


@registered
class HasHalfAGradient(Broken):
    def call(self, *args, **kwargs):
        return self.spoiled(
            super().call(*args, **kwargs), lambda y: (y + ops.stop_gradient(y)) / 2
        )


@registered
class HasNoGradientAtZero(Broken):
    """Adds a zero whose derivative is not a number."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        sequences = sequences + ops.sqrt(0 * sequences)
        return super().call(sequences, initial_state, mask, training)


@registered
class CountsItsCalls(Broken):
    """Keeps a state in Python, which a graph does not see."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.calls = 0

    def call(self, sequences, initial_state=None, mask=None, training=False):
        self.calls += 1
        outputs = super().call(sequences, initial_state, mask, training)
        return self.spoiled(outputs, lambda y: y * self.calls)


BOTH_HAVE_COME = threading.Barrier(2, timeout=600)


@registered
class SharesAPlace(Broken):
    """Keeps its inputs where other threads put theirs: two at a time have done so."""

    def call(self, sequences, initial_state=None, mask=None, training=False):
        self.place = [sequences]
        if threading.current_thread() is not threading.main_thread():
            BOTH_HAVE_COME.wait()
        return super().call(self.place[0], initial_state, mask, training)


@registered
class KeepsOutputs(Broken):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.seen = []

    def call(self, sequences, initial_state=None, mask=None, training=False):
        outputs = super().call(sequences, initial_state, mask, training)
        self.seen.append(outputs)
        return outputs


@registered
class CountingCell(GRUCell):
    """A cell that keeps a state in Python."""

    calls = 0

    def call(self, inputs, states, training=False):
        self.calls += 1
        output, after = super().call(inputs, states, training)
        return output * self.calls, after


@registered
class HasACountingCell(Broken):
    def __init__(self, units, **kwargs):
        super().__init__(units, **kwargs)
        self.cell = CountingCell(units)
