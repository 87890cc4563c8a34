"""The table of the checks of wrappers that change weights."""

from keras_gated.testing._weight_wrappers import (
    averages,
    directions,
    files,
    freezing,
    inside,
    low_rank,
    quantization,
    sharing,
)
from keras_gated.testing.check import Check

_CHECKS = (
    Check(
        "frozen",
        "the wrapper is frozen between layers that learn, and thawed",
        freezing.frozen,
    ),
    Check(
        "frozen-from-the-start",
        "it is made with trainable=False, or frozen before it is built",
        freezing.frozen_from_the_start,
    ),
    Check(
        "frozen-layer",
        "the layer inside is frozen and thawed; what the wrapper learns goes on",
        freezing.frozen_layer,
    ),
    Check(
        "frozen-inside",
        "of two layers inside one is frozen and thawed, then the other",
        freezing.frozen_inside,
    ),
    Check("weights", "a clone with the same weights computes the same", files.weights),
    Check(
        "files",
        "new, built and frozen models go on from .keras files, weights files and "
        "weights in shards as without them",
        files.files,
    ),
    Check(
        "other-files",
        "the weights of the layer alone are refused, and so the other way round",
        files.other_files,
    ),
    Check("copies", "copies and pickles of model and layer are the same", files.copies),
    Check("export", "model.export computes the same", files.export, "exhaustive"),
    Check(
        "int8",
        "quantize('int8') does what it does to the layer alone, and the rest trains",
        quantization.int8,
    ),
    Check(
        "int4",
        "so does quantize('int4')",
        quantization.int4,
    ),
    Check(
        "float8",
        "so does quantize('float8'), and all trains",
        quantization.float8,
    ),
    Check(
        "quantized-files",
        "files of a model in int8 compute the same, and it trains",
        quantization.quantized_files,
    ),
    Check(
        "lora",
        "enable_lora changes no outputs, and trains its factors for the kernel",
        low_rank.lora,
    ),
    Check(
        "lora-before",
        "a layer that has such an update computes the same in the wrapper",
        low_rank.lora_before,
    ),
    Check(
        "lora-files",
        "files of a model with such an update compute the same",
        low_rank.lora_files,
    ),
    Check(
        "lora-int8",
        "so they do within 10% for an update of a kernel in int8",
        low_rank.lora_int8,
    ),
    Check(
        "shared-layer",
        "a layer in two wrappers has one kernel, trains, and loads its weights",
        sharing.shared_layer,
    ),
    Check(
        "shared-layer-files",
        "a model with a layer in two wrappers is loaded from a .keras file",
        sharing.shared_layer_files,
    ),
    Check(
        "called-twice",
        "a wrapper called twice in a model adds its losses once",
        sharing.called_twice,
    ),
    Check(
        "borrowed-weights",
        "weights that the layer borrows from another one learn by it",
        sharing.borrowed_weights,
    ),
    Check(
        "averages",
        "moving averages (use_ema, SwapEMAWeights) are those of all weights",
        averages.averages,
    ),
    Check(
        "statistics",
        "a batch normalisation and a metric inside are updated once a call",
        inside.statistics,
    ),
    Check(
        "statistics-in-training",
        "so is the batch normalisation in train_on_batch",
        inside.statistics_in_training,
    ),
    Check(
        "dropout",
        "dropout inside draws what it draws alone, anew in each call",
        inside.dropout,
    ),
    Check(
        "stateful",
        "a stateful layer inside carries its states, and reset_state sets them back",
        inside.stateful,
    ),
    Check(
        "regularizers",
        "the penalty is that of the weight of the layer, once",
        inside.regularizers,
    ),
    Check(
        "constraints",
        "the constraint of the weight of the layer holds after a step",
        inside.constraints,
    ),
    Check(
        "assigned-weight",
        "a layer that assigns to the weight itself is refused",
        inside.assigned_weight,
    ),
    Check(
        "bidirectional",
        "inside of Bidirectional it is the layer there, with masks and states",
        directions.bidirectional,
    ),
    Check(
        "bidirectional-files",
        "there it trains, is saved and loaded",
        directions.bidirectional_files,
    ),
    Check(
        "bidirectional-draws",
        "the two directions draw different numbers",
        directions.bidirectional_draws,
    ),
    Check(
        "around-bidirectional",
        "around Bidirectional it is the layer there, and trains",
        directions.around_bidirectional,
    ),
)

WRAPPER_CHECKS = {check.name: check for check in _CHECKS}
"""The checks of `check_weight_wrapper` by name, in the order in which they run."""
