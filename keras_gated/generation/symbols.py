"""Symbols drawn from a model of symbols, as they come."""

import itertools
import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from keras_gated.generation._arguments import (
    positive_integer,
    read_seed,
    read_steps,
    read_temperature,
)
from keras_gated.generation._symbol_chain import read_symbol_chain
from keras_gated.generation._symbol_sampling import SymbolSampler
from keras_gated.generation._symbol_steps import SymbolSteps

Numbers = npt.NDArray[np.intp]

NAME = "generate_symbols"


def generate_symbols(
    model: Any,
    prompt: npt.ArrayLike,
    steps: int | None = None,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int | None = None,
    *,
    greedy: bool = False,
    batch_size: int | None = None,
) -> Iterator[Any]:
    r"""Draws symbols from a model, each given all before it, and yields them at once.

    The model is a chain: a `OneHot` or a `keras.layers.Embedding`, or neither where it
    takes vectors with a single 1; recurrent layers of this package; layers that treat
    every step alone, such as `Dropout`; and a `SymbolHead`. They may be in wrappers of
    their weights, as for `generate`. What `keras_gated.models.sequence_model` builds
    is one. Noise and dropout are off, and states that the model carries play no part.

    `PeepholeLSTM`, `GRU` and `SimpleRNN` run as a `keras_gated.streaming.Stream`, tens
    of thousands of symbols a second; others, without the C++ loops or in other
    precision than float32, step by step in Keras, which is slow.

    The probabilities of the symbols are

    $$p_s \propto e^{a_s / T}$$

    for the logits $a$ of the head and the temperature $T$. With `top_p` below 1 only
    the most probable symbols remain, as few as have that much of the probability
    together.

    Args:
        model: A built model, whose weights are those at the time of the call.
        prompt: Symbols that the sequences start with, at least one: integers `(time,)`,
            or `(batch, time)` for several sequences.
        steps: Number of symbols to draw; `None` goes on for ever.
        temperature: $T$, positive.
        top_p: From above 0 to 1.
        seed: The same seed gives the same symbols, whatever the number of steps and of
            sequences, and for the same weights on every backend. `None` gives other
            ones each time.
        greedy: Whether to take the most probable symbol, the limit of a low
            temperature.
        batch_size: Number of sequences that go on from a prompt `(time,)` in different
            ways.

    Returns:
        An iterator: of integers for a prompt `(time,)` without `batch_size`, else of
        arrays `(batch,)`. Two iterators do not disturb each other.

    Raises:
        ValueError: If the model is no such chain, with the name of the layer in the
            way, or an argument is out of range.

    Examples:
        >>> from itertools import islice
        >>> from keras_gated.datasets.text import Vocabulary
        >>> from keras_gated.generation import generate_symbols
        >>> from keras_gated.layers import SymbolHead
        >>> from keras_gated.models import sequence_model
        >>> vocabulary = Vocabulary.of("abcd ")
        >>> model = sequence_model("gru", 8, SymbolHead(5), input_size=5, one_hot=True)
        >>> prompt = vocabulary.encode("a cab")
        >>> drawn = generate_symbols(model, prompt, top_p=0.9, seed=1)
        >>> text = vocabulary.decode(list(islice(drawn, 20)))
        >>> len(text), set(text) <= set("abcd ")
        (20, True)

    Reference:
        Holtzman et al., The curious case of neural text degeneration, 2020
        (arXiv:1904.09751), for `top_p`.
    """
    chain = read_symbol_chain(model)
    prompts = _read_prompt(prompt, chain.head.num_symbols, batch_size)
    if not (math.isfinite(top_p) and 0 < top_p <= 1):
        raise ValueError(
            f"{NAME} needs a top_p from above 0 to 1. Received top_p={top_p}."
        )
    if greedy and top_p != 1:
        raise ValueError(
            f"{NAME} received greedy=True and top_p={top_p}. A greedy choice has one "
            "symbol left; leave one of them out."
        )
    count = None if steps is None else read_steps(steps, NAME)
    sampler = SymbolSampler(
        len(prompts),
        read_temperature(temperature, greedy, NAME),
        float(top_p),
        read_seed(seed, NAME),
    )
    drawn = _draw(SymbolSteps(chain, len(prompts)), sampler, prompts, count)
    single = np.ndim(prompt) == 1 and batch_size is None
    return (int(symbols[0]) for symbols in drawn) if single else drawn


def _draw(
    chain: SymbolSteps, sampler: SymbolSampler, prompts: Numbers, count: int | None
) -> Iterator[Numbers]:
    for symbols in prompts.T:
        logits = chain.after(symbols)
    for number in itertools.count(1):
        symbols = sampler.draw(logits)
        yield symbols
        if number == count:
            return
        logits = chain.after(symbols)


def _read_prompt(prompt: Any, num_symbols: int, batch_size: int | None) -> Numbers:
    """The prompts of all sequences, `(batch, time)`.

    Raises:
        ValueError: If `prompt` is none, or `batch_size` none for it.
    """
    if batch_size is not None:
        batch_size = positive_integer("batch_size", batch_size, NAME)
    values = np.asarray(prompt)
    if values.ndim not in (1, 2) or 0 in values.shape:
        raise ValueError(
            f"{NAME} needs a prompt of shape (time,) or (batch, time), of one symbol "
            f"at least. Received a prompt of shape {values.shape}."
        )
    if not np.issubdtype(values.dtype, np.integer):
        raise ValueError(
            f"{NAME} needs a prompt of integers, as Vocabulary.encode gives them. "
            f"Received the dtype {values.dtype}."
        )
    wrong = np.argwhere((values < 0) | (values >= num_symbols))
    if len(wrong):
        place = tuple(map(int, wrong[0]))
        raise ValueError(
            f"{NAME} needs symbols from 0 to {num_symbols - 1}, which the model knows. "
            f"Received {values[place]} at the index {place} of the prompt."
        )
    if values.ndim == 2 and batch_size not in (None, len(values)):
        raise ValueError(
            f"{NAME} received batch_size={batch_size} and a prompt of {len(values)} "
            "sequences. Leave batch_size out, or give a prompt of shape (time,) that "
            "all sequences start with."
        )
    rows = values if values.ndim == 2 else np.repeat(values[None], batch_size or 1, 0)
    return rows.astype(np.intp)
