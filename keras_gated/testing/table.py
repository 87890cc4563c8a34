"""The table of the checks."""

from keras_gated.testing._checks import (
    arguments,
    devices,
    gradients,
    integers,
    masks,
    memory,
    models,
    precision,
    saving,
    seeds,
    shapes,
    states,
    threads,
    training,
    wrappers,
    wrong_shapes,
)
from keras_gated.testing.check import Check

_CHECKS = (
    Check(
        "no-mask",
        "without a mask, and in both directions, the layer is its cell step by step",
        masks.no_mask,
    ),
    Check(
        "masks",
        "with a mask, in both directions and with both kinds of masked outputs, the "
        "layer is its cell step by step",
        masks.masks,
    ),
    Check(
        "mask-arguments",
        "so it is for all combinations of mask, go_backwards, zero_output_for_mask, "
        "return_sequences and return_state",
        masks.mask_arguments,
        "exhaustive",
    ),
    Check(
        "all-masked",
        "masking every step leaves the states as they were",
        masks.all_masked,
    ),
    Check(
        "all-masked-output",
        "the output before the first valid step is the first of the initial states",
        masks.all_masked_output,
    ),
    Check(
        "mask-through-layers",
        "a mask goes through two layers behind Masking",
        masks.mask_through_layers,
    ),
    Check(
        "unknown-sizes",
        "a model that knows neither batch nor time predicts batches of two sizes",
        shapes.unknown_sizes,
    ),
    Check("one-sequence", "a batch of one sequence works", shapes.one_sequence),
    Check("one-step", "sequences of one step work", shapes.one_step),
    Check(
        "no-steps",
        "sequences of no step raise a ValueError that says so",
        shapes.no_steps,
    ),
    Check(
        "wrong-shapes",
        "sequences, states and masks of other shapes than the layer needs raise a "
        "ValueError that shows the shape; a batch of one is not repeated",
        wrong_shapes.wrong_shapes,
    ),
    Check(
        "initial-state",
        "the layer starts from initial_state; a single one needs no list",
        states.initial_state,
    ),
    Check(
        "streaming",
        "chunks, each from the states after the one before, are one pass",
        states.streaming,
    ),
    Check(
        "stateful",
        "with stateful=True windows are one pass, in calls and in predict_on_batch",
        states.stateful,
        "exhaustive",
    ),
    Check(
        "integers",
        "integers and booleans are the same numbers as floats",
        integers.integers,
    ),
    Check(
        "bidirectional",
        "Bidirectional runs the masked layer both ways",
        wrappers.bidirectional,
    ),
    Check(
        "bidirectional-merges",
        "so it does with all ways to merge, masked and not",
        wrappers.bidirectional_merges,
        "exhaustive",
    ),
    Check(
        "stacked-cells",
        "two masked cells in StackedRNNCells are a stack of two layers",
        wrappers.stacked_cells,
    ),
    Check(
        "time-distributed",
        "TimeDistributed runs the layer on every element, and another layer behind it",
        wrappers.time_distributed,
    ),
    Check(
        "functional",
        "states are inputs and outputs of a functional model",
        models.functional,
    ),
    Check("sequential", "the layer works in a sequential model", models.sequential),
    Check("subclassed", "the layer works in a subclassed model", models.subclassed),
    Check(
        "training-step",
        "a step of training is one along the gradient of the loss",
        training.training_step,
    ),
    Check(
        "fit",
        "training eagerly, in a graph and, but for PyTorch, with XLA gives the same "
        "weights",
        training.fit,
        "exhaustive",
    ),
    Check(
        "regularizers",
        "the penalties of kernel, recurrent_kernel, bias and outputs are losses",
        arguments.regularizers,
    ),
    Check(
        "constraints",
        "constraints of kernel, recurrent_kernel and bias hold after a step",
        arguments.constraints,
    ),
    Check("frozen", "a frozen layer keeps its weights", arguments.frozen),
    Check("config", "the config makes the same layer, also as JSON", saving.config),
    Check("cloning", "clone_model gives the same model", saving.cloning),
    Check(
        "files",
        ".keras files in safe mode, and weights and config, give the same model",
        saving.files,
    ),
    Check(
        "fresh-process",
        "so they do in a new process",
        saving.fresh_process,
        "exhaustive",
    ),
    Check(
        "mixed-float16",
        "mixed_float16 computes in float16 near to float32, and learns",
        precision.mixed_float16,
        "exhaustive",
    ),
    Check(
        "mixed-bfloat16",
        "mixed_bfloat16 computes in bfloat16 near to float32, and learns",
        precision.mixed_bfloat16,
        "exhaustive",
    ),
    Check(
        "float64",
        "float64 is computed and held in float64, near to float32",
        precision.float64,
        "exhaustive",
    ),
    Check(
        "seeds",
        "the same seed gives the same dropout, another one and another call do not",
        seeds.seeds,
    ),
    Check(
        "inference",
        "at inference nothing is dropped",
        seeds.inference_is_certain,
    ),
    Check(
        "gradients",
        "gradients to inputs, states and weights are those of finite differences",
        gradients.gradients,
    ),
    Check(
        "gradient-flow",
        "gradients through 1,000 steps are finite",
        gradients.gradient_flow,
        "exhaustive",
    ),
    Check(
        "two-devices",
        "training with batches spread over two devices gives the weights of one",
        devices.two_devices,
        "exhaustive",
    ),
    Check(
        "threads",
        "calls of a model in four threads at a time are those in one",
        threads.threads,
        "exhaustive",
    ),
    Check(
        "threads-predict",
        "so are those of its predict_on_batch",
        threads.threads_predict,
        "exhaustive",
    ),
    Check(
        "memory",
        "1,000 predictions leave no memory behind",
        memory.memory,
        "exhaustive",
    ),
)

CHECKS = {check.name: check for check in _CHECKS}
"""All checks by their names."""
