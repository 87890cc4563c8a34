"""What a model of raw speech must beat: two baselines fitted in closed form."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Frames = tuple[Sequence[Array], Sequence[Array]]


def speech_baselines(
    inputs_targets_by_split: Mapping[str, Frames],
) -> list[dict[str, Any]]:
    """Scores two baselines on every split, in nats per step.

    - "independent Gaussian": every sample is drawn from one normal distribution, of
      the mean and variance of the training targets. At unit variance 10 samples cost
      14.19 nats.
    - "linear autoregression": the targets are an affine function of the inputs, by
      least squares on the training split, plus normal noise with the full covariance
      of the training residuals.

    Two averages are given: over all steps (`pooled`), and over the means of the
    sequences (`per_sequence`). They coincide where all sequences have one length, as
    those of a `SpeechDataset` do: each sequence then has the same share in both.

    Args:
        inputs_targets_by_split: Inputs `(steps, inputs)` and targets
            `(steps, outputs)` of each sequence, as `SpeechDataset.frames` returns
            them, by the name of the split; `"train"` must be among them.

    Returns:
        For each baseline a dictionary of its `name` and its `nll`, which holds
        `pooled` and `per_sequence` for each split.

    Raises:
        ValueError: Without a training split, for a split without steps or whose
            inputs and targets do not match, or where the training targets are
            predicted without error, so that there is no density.

    Examples:
        >>> import numpy as np
        >>> from reproduce.baselines import speech_baselines
        >>> noise = np.random.default_rng(0).normal(size=(4, 5000, 30))
        >>> frames = list(noise[:, :, :20]), list(noise[:, :, 20:])
        >>> for baseline in speech_baselines({"train": frames}):
        ...     print(baseline["name"], round(baseline["nll"]["train"]["pooled"], 1))
        independent Gaussian 14.2
        linear autoregression 14.2
    """
    if "train" not in inputs_targets_by_split:
        raise ValueError(
            f"needs the split 'train' to fit, has {list(inputs_targets_by_split)}"
        )
    for split, frames in inputs_targets_by_split.items():
        _check(split, *frames)
    inputs, targets = _concatenated(inputs_targets_by_split["train"])
    mean, variance = targets.mean(), targets.var()
    weights = np.linalg.lstsq(inputs, targets, rcond=None)[0]
    residuals = targets - inputs @ weights
    gaussian = _cholesky(variance * np.eye(targets.shape[1]))
    autoregression = _cholesky(residuals.T @ residuals / len(residuals))
    nll: dict[str, dict[str, dict[str, float]]] = {
        "independent Gaussian": {},
        "linear autoregression": {},
    }
    for split, frames in inputs_targets_by_split.items():
        inputs, targets = _concatenated(frames)
        lengths = [len(sequence) for sequence in frames[0]]
        nll["independent Gaussian"][split] = _averages(
            _normal_nll(targets - mean, gaussian), lengths
        )
        nll["linear autoregression"][split] = _averages(
            _normal_nll(targets - inputs @ weights, autoregression), lengths
        )
    return [{"name": name, "nll": scores} for name, scores in nll.items()]


def _check(split: str, inputs: Sequence[Array], targets: Sequence[Array]) -> None:
    if len(inputs) == 0 or len(inputs) != len(targets):
        raise ValueError(
            f"{split} has {len(inputs)} sequences of inputs and {len(targets)} of "
            "targets, needs as many of each and at least one"
        )
    for index, (given, predicted) in enumerate(zip(inputs, targets, strict=True)):
        if len(given) == 0 or len(given) != len(predicted):
            raise ValueError(
                f"{split} sequence {index} has {len(given)} steps of inputs and "
                f"{len(predicted)} of targets, needs as many of each and at least one"
            )


def _concatenated(frames: Frames) -> tuple[Array, Array]:
    """All steps of all sequences, the inputs with a 1 for the offset."""
    inputs = np.concatenate(frames[0]).astype(np.float64)
    targets = np.concatenate(frames[1]).astype(np.float64)
    return np.column_stack([inputs, np.ones(len(inputs))]), targets


def _cholesky(covariance: Array) -> Array:
    try:
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError as error:
        raise ValueError(
            "the training targets are predicted without error: their covariance "
            f"{covariance.shape} is not positive definite"
        ) from error


def _normal_nll(residuals: Array, cholesky: Array) -> Array:
    """Negative log density of each row under N(0, L L'), given L."""
    whitened = np.linalg.solve(cholesky, residuals.T)
    log_determinant = 2 * np.log(np.diag(cholesky)).sum()
    constant = len(cholesky) * np.log(2 * np.pi) + log_determinant
    return 0.5 * (constant + np.square(whitened).sum(axis=0))


def _averages(nll: Array, lengths: Sequence[int]) -> dict[str, float]:
    starts = np.cumsum([0, *lengths[:-1]])
    per_sequence = np.add.reduceat(nll, starts) / lengths
    return {"pooled": float(nll.mean()), "per_sequence": float(per_sequence.mean())}
