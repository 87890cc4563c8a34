"""Generation written out in NumPy, in double precision, one step after the other."""

import numpy as np


def sources(seed, batch):
    """Two generators for each sequence."""
    for sequence in np.random.SeedSequence(seed).spawn(batch):
        yield [np.random.default_rng(source) for source in sequence.spawn(2)]


def bernoulli_noise(seed, batch, steps, size, temperature=1.0):
    """What a logit has to exceed."""
    drawn = [first.logistic(size=(steps, size)) for first, _ in sources(seed, batch)]
    return temperature * np.stack(drawn)


def mixture_noise(seed, batch, steps, components, size, temperature=1.0):
    """What is added to the log-weights, and what the scales are multiplied by."""
    pairs = [
        (first.gumbel(size=(steps, components)), second.normal(size=(steps, size)))
        for first, second in sources(seed, batch)
    ]
    gumbel, normal = (np.stack(part) for part in zip(*pairs, strict=True))
    return temperature * gumbel, np.sqrt(temperature) * normal


def generate(layers, pick, prompt, steps):
    """Runs layers over a prompt and on.

    Args:
        layers: Functions `(x, states)` to the output and the next states, each with
            its first states.
        pick: What an event becomes of the last output, by the number of its step.
        prompt: `(batch, time, input_size)`.
        steps: Number of events.
    """
    states = [first for _, first in layers]
    events, given = [], prompt[:, 0]
    for t in range(prompt.shape[1] - 1 + steps):
        x = given
        for i, (layer, _) in enumerate(layers):
            x, states[i] = layer(x, states[i])
        if t + 1 < prompt.shape[1]:
            given = prompt[:, t + 1]
            continue
        events.append(pick(x, len(events)))
        given = np.concatenate([given, events[-1]], -1)[:, -given.shape[1] :]
    return np.stack(events, 1)


def recurrent(step, weights, count, batch):
    """A recurrent layer that starts from zeros."""
    zeros = (np.zeros((batch, len(weights[1]))),) * count

    def layer(x, states):
        after = step(x, states, *weights)
        return after[0], after

    return layer, zeros


def dense(weights, activation=lambda x: x):
    kernel, bias = weights
    return lambda x, states: (activation(x @ kernel + bias), states), None


def pick_bernoulli(noise):
    return lambda logits, t: (logits > noise[:, t]).astype(float)


def pick_mixture(noise, components):
    gumbel, normal = noise
    floor = np.sqrt(np.finfo("float32").eps)

    def pick(packed, t, floor=floor):
        size = normal.shape[-1]
        logits, means, raw = np.split(
            packed, [components, components * (1 + size)], axis=-1
        )
        rows = np.arange(len(packed))
        chosen = np.argmax(logits + gumbel[:, t], axis=-1)
        means, raw = (
            a.reshape(-1, components, size)[rows, chosen] for a in (means, raw)
        )
        return means + (np.log1p(np.exp(raw)) + floor) * normal[:, t]

    return pick
