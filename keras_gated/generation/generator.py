"""Sequences drawn from a model, step by step."""

from typing import Any, Literal
from weakref import WeakKeyDictionary

import keras
import numpy as np
import numpy.typing as npt

from keras_gated.generation._arguments import (
    Prompt,
    read_prompt,
    read_seed,
    read_steps,
    read_temperature,
    shows_progress,
)
from keras_gated.generation._chain import Chain, read_chain
from keras_gated.generation._sampling import NoiseSource
from keras_gated.generation._steps import Continuation, WarmUp, state_count
from keras_gated.layers import BernoulliHead

CHUNK_STEPS = 256
"""Steps of one compiled call."""

LONG_STEPS = 10_000
"""Steps from which on a run shows how far it is, if not told otherwise."""

Compiled = tuple[Chain, WarmUp, Continuation]

_COMPILED: WeakKeyDictionary[Any, Compiled] = WeakKeyDictionary()


def generate(
    model: Any,
    prompt: Any = None,
    steps: int = 100,
    temperature: float = 1.0,
    seed: int | None = None,
    *,
    greedy: bool = False,
    batch_size: int | None = None,
    verbose: Literal["auto", 0, 1] = "auto",
) -> npt.NDArray[Any]:
    r"""Draws sequences from a model: each event is drawn given all events before it.

    The model is a chain: recurrent layers of this package; layers that treat every step
    alone, such as `Dense`, `Dropout` and `Activation`; and a `BernoulliHead` or an
    `MDNHead`; any of them in `WeightNoise`, `DropConnect`, `AdaptiveWeightNoise`,
    `WeightNormalization` or `TimeDistributed`. It may be `Sequential` or functional,
    and what `keras_gated.models.sequence_model` builds is one. Noise and dropout are
    off.

    The recurrent layers read the prompt in their fast loop. From there on each step
    takes the last `input_size` numbers of the input before it and the event drawn
    since. That is the event itself for a model of chords, and the latest 20 samples
    for one that is given 20 samples and predicts the 10 that follow.

    The temperature $T$ makes what is likely more likely ($T < 1$) or less. A Bernoulli
    head's logits are divided by $T$. So are those of a mixture's components, whose
    standard deviations are multiplied by $\sqrt T$; each Gaussian alone then has the
    density it had, to the power $1 / T$ but for a constant.

    Time grows with the number of steps, memory does not but for what is returned.
    What is compiled is kept as long as the model, but for one with
    `WeightNormalization`, which is read and compiled anew in each call.

    Args:
        model: A built model; weights that change later are seen.
        prompt: What the sequences start with: `(batch, time, input_size)`, or
            `(time, input_size)` for one sequence, or for `batch_size` that go on from
            it in different ways. Zeros and ones for a Bernoulli head. `None` starts
            from one step of zeros.
        steps: Number of events to draw.
        temperature: $T$, positive.
        seed: The same seed gives the same sequences, whatever the number of steps (the
            first 100 of 1,000 are those of 100) and of sequences, and up to rounding
            on every backend. `None` gives other ones each time.
        greedy: Whether to leave nothing to chance, the limit of a low temperature:
            outputs whose probability exceeds one half, or the mean of the component
            with the largest weight.
        batch_size: Number of sequences, where `prompt` does not say.
        verbose: 1 shows a progress bar, 0 does not, `"auto"` does from 10,000 steps
            on.

    Returns:
        The events after the prompt, without it: `(batch, steps, event_size)`. Zeros
        and ones in uint8 for a Bernoulli head, as in `keras_gated.datasets.music`; in
        the dtype of the head for a mixture.

    Raises:
        ValueError: If the model is no such chain, with the name of the layer in the
            way, or an argument is out of range.

    Examples:
        >>> import numpy as np
        >>> from keras_gated.generation import generate
        >>> from keras_gated.layers import BernoulliHead
        >>> from keras_gated.models import sequence_model
        >>> model = sequence_model("gru", 8, BernoulliHead(88), input_size=88)
        >>> prompt = np.zeros((4, 88), "uint8")
        >>> prompt[:, [39, 43, 46]] = 1
        >>> music = generate(model, prompt, steps=12, seed=1, batch_size=3)
        >>> music.shape, music.dtype
        ((3, 12, 88), dtype('uint8'))
        >>> again = generate(model, prompt, steps=5, seed=1, batch_size=2)
        >>> bool((again == music[:2, :5]).all())
        True

    Reference:
        Graves, Generating sequences with recurrent neural networks, 2013
        (arXiv:1308.0850), section 2; Boulanger-Lewandowski et al., Modeling temporal
        dependencies in high-dimensional sequences, 2012, for polyphonic music.
    """
    chain, warm_up, continuation = _compiled(model)
    prompts = read_prompt(chain, prompt, batch_size)
    steps = read_steps(steps)
    noise = NoiseSource(
        chain.head, len(prompts), read_seed(seed), read_temperature(temperature, greedy)
    )
    bar = None
    if shows_progress(verbose, is_long=steps >= LONG_STEPS):
        bar = keras.utils.Progbar(steps, unit_name="step")

    is_binary = isinstance(chain.head, BernoulliHead)
    events = np.empty(
        (len(prompts), steps, chain.head.event_size),
        "uint8" if is_binary else chain.head.compute_dtype,
    )
    carried = _start(chain, warm_up, prompts.astype(chain.head.compute_dtype))
    for start in range(0, steps, CHUNK_STEPS):
        # The last chunk is as long as the others, so that nothing new is compiled.
        drawn, *carried = continuation.predict_on_batch(
            [noise.draw(CHUNK_STEPS), *carried]
        )
        end = min(start + CHUNK_STEPS, steps)
        events[:, start:end] = drawn[:, : end - start]
        if bar is not None:
            bar.update(end)
    return events


def _compiled(model: Any) -> Compiled:
    """The chain of a model and what runs it, kept for the next call."""
    chain = read_chain(model)
    kept = _COMPILED.get(model)
    if kept is None or kept[0] != chain:
        kept = _COMPILED[model] = chain, WarmUp(chain), Continuation(chain)
    return kept


def _start(chain: Chain, warm_up: WarmUp, prompts: Prompt) -> list[Prompt]:
    """The input of the first step to draw, and the states before it."""
    before, last = prompts[:, :-1], prompts[:, -1]
    if before.shape[1]:
        return [last, *warm_up.predict_on_batch(before)]
    states = (
        np.zeros((len(prompts), layer.units), last.dtype)
        for layer in chain.recurrent
        for _ in range(state_count(layer))
    )
    return [last, *states]
