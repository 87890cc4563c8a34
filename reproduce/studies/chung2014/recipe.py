"""How one model is trained: everything but its learning rate."""

from dataclasses import dataclass
from typing import Literal

from reproduce.studies.chung2014.paper import CANDIDATES, LOG_RATE_RANGE, SPEECH

Optimizer = Literal["rmsprop", "floored_rmsprop", "adam"]


@dataclass(frozen=True)
class Recipe:
    """All settings of the training of one model but its learning rate.

    Args:
        optimizer: `"rmsprop"` with average 0.95; `"floored_rmsprop"` of the released
            code; `"adam"`.
        batch_size: Sequences in an update.
        window: Steps of the pieces that training sequences are cut into; 0 leaves
            them whole. Evaluation never cuts.
        reduction: Whether the loss of an update is the mean over its steps or their
            sum.
        clip: Whether the norm of the gradient or of the update is limited.
        max_norm: The limit.
        decay: Course of the learning rate, down to a hundredth at `max_epochs`.
        weight_noise: Standard deviation of the noise on the recurrent kernels.
        averaging: Decay of the running mean of the weights by which a model is
            judged; 0 judges it by its weights.
        initial_weights: `"keras"` for Keras' defaults with all biases zero;
            `"released"` for U(-0.1, 0.1) and an orthogonal block for each gate.
        marginal_bias: Whether the biases of a Bernoulli head start at the log odds of
            the training set.
        peepholes: Whether the LSTM has them.
        log_rate_range: Natural logarithms between which rates are drawn.
        candidates: Number of rates drawn.
        l2: What the loss has of the sum of squares of both recurrent kernels.
        weight_decay: Share of the rate by which an update shrinks both recurrent
            kernels, apart from the gradient.
        dropout: Share of the inputs of the recurrent layer that are left out.
        learned_noise: Whether the noise is learned; `weight_noise` is then where it
            begins.
    """

    optimizer: Optimizer = "rmsprop"
    batch_size: int = 4
    window: int = 0
    reduction: Literal["mean", "sum"] = "mean"
    clip: Literal["gradient", "update"] = "gradient"
    max_norm: float = 1.0
    decay: Literal["constant", "linear", "cosine"] = "constant"
    weight_noise: float = 0.075
    averaging: float = 0.0
    initial_weights: Literal["keras", "released"] = "keras"
    marginal_bias: bool = False
    peepholes: bool = True
    log_rate_range: tuple[float, float] = LOG_RATE_RANGE
    candidates: int = CANDIDATES
    l2: float = 0.0
    weight_decay: float = 0.0
    dropout: float = 0.0
    learned_noise: bool = False


def base_of(dataset: str) -> Recipe:
    """What the search leaves as it is: Adam, a cosine, and on music the log odds."""
    return Recipe(optimizer="adam", decay="cosine", marginal_bias=dataset not in SPEECH)
