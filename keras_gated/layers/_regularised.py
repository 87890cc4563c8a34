"""Recurrent dropout in its published forms, and zoneout, of all recurrent cells."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import keras
from keras import ops

from keras_gated._types import Shape, Tensor, Tensors
from keras_gated.recurrence.units import DropoutForm, Unit, Zoneout


class RegularisedCell(keras.layers.Layer):
    """Mixin that gives a Keras cell zoneout and the forms of recurrent dropout.

    Args:
        *args: Those of the cell.
        recurrent_dropout_form: Where `recurrent_dropout` acts: on the recurrent input
            (`"gal"`), the candidate (`"semeniuta"`) or the cell state (`"moon"`).
        zoneout: How probable it is that a step leaves an entry of a state as it was:
            one number, or one for each state.
        **kwargs: Those of the cell.

    Raises:
        ValueError: If the unit cannot have its dropout there, or `zoneout` is not as
            above. As what the unit is may take the whole constructor to say, it comes
            with the first call, or with the layer around the cell.

    Reference:
        Gal and Ghahramani 2016 (arXiv:1512.05287), section 4; Semeniuta et al. 2016
        (arXiv:1603.05118), for the dropout of the update vectors; Moon et al. 2015,
        "RNNDROP: a novel dropout for RNNs in ASR"; Krueger et al. 2016
        (arXiv:1606.01305), section 3.
    """

    recurrent_dropout: float
    seed_generator: keras.random.SeedGenerator

    def __init__(
        self,
        *args: Any,
        recurrent_dropout_form: DropoutForm = "gal",
        zoneout: float | Sequence[float] = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.recurrent_dropout_form = recurrent_dropout_form
        self.zoneout = tuple(zoneout) if isinstance(zoneout, (list, tuple)) else zoneout
        self._is_looped_over_by_keras = False

    @property
    @abstractmethod
    def unit(self) -> Unit:
        """The equations of a step."""

    @property
    def regularised_unit(self) -> Unit:
        """The equations of a step with the dropout and the zoneout of the cell."""
        unit, form = self.unit, self.recurrent_dropout_form
        if form not in unit.dropout_forms:
            raise ValueError(
                f"{type(self).__name__} has recurrent dropout of the form "
                f"{' or '.join(map(repr, unit.dropout_forms))}. Received "
                f"recurrent_dropout_form={form!r}."
            )
        if self.recurrent_dropout > 0 and form != unit.dropout_form:
            unit = replace(unit, dropout_form=form)
        rates = self._zoneout_rates(unit.states)
        return Zoneout(unit=unit, rates=rates) if any(rates) else unit

    def _zoneout_rates(self, states: tuple[str, ...]) -> tuple[float, ...]:
        given = self.zoneout
        rates = given if isinstance(given, tuple) else (given,) * len(states)
        if len(rates) != len(states) or not all(map(_is_rate, rates)):
            raise ValueError(
                f"{type(self).__name__} needs for zoneout a number from 0 to 1, or one "
                f"for each of its states: {', '.join(states)}. Received "
                f"zoneout={given!r}."
            )
        return tuple(map(float, rates))

    def recurrent_dropout_mask(
        self, state: Tensor, training: bool, steps: Shape = ()
    ) -> Tensor | None:
        """The mask `(batch, units)` of the recurrent dropout, if there is one.

        In the form of Semeniuta et al. each step has its own: `(*steps, batch, units)`.
        """
        if not training or self.recurrent_dropout == 0:
            return None
        if self.recurrent_dropout_form != "semeniuta":
            return super().get_recurrent_dropout_mask(state)
        ones = ops.ones((*steps, *ops.shape(state)), dtype=state.dtype)
        rate, seed = self.recurrent_dropout, self.seed_generator
        return keras.random.dropout(ones, rate, seed=seed)

    def zoneout_masks(
        self, states: Sequence[Tensor], training: bool, steps: Shape = ()
    ) -> Tensors:
        """Booleans `(*steps, batch, units)` for each state, `True` where it is held."""
        unit = self.regularised_unit
        if not training or not isinstance(unit, Zoneout):
            return ()
        return tuple(
            keras.random.uniform(
                (*steps, *ops.shape(state)), dtype="float32", seed=self.seed_generator
            )
            < rate
            for state, rate in zip(states, unit.rates, strict=True)
        )

    def check_draws(self) -> None:
        """Makes sure that a step alone, not a layer's loop, may draw what it needs."""
        draws = (
            self.recurrent_dropout > 0 and self.recurrent_dropout_form == "semeniuta"
        )
        draws = draws or isinstance(self.regularised_unit, Zoneout)
        compiled = self._is_looped_over_by_keras and keras.backend.backend() == "jax"
        if draws and compiled:
            raise ValueError(
                f"{type(self).__name__} draws anew in every step, for its zoneout or "
                "its recurrent_dropout_form='semeniuta'. The loop of keras.layers.RNN "
                "on JAX lets no step draw; use the layer of this cell, which draws for "
                "all steps before its loop."
            )

    def reset_masks(self) -> None:
        """Has the next call draw masks, whose batch may be another one."""
        self.reset_dropout_mask()
        self.reset_recurrent_dropout_mask()

    # Keras calls these four around its own loop. To set an attribute of a layer takes
    # as long as a short operation.
    def get_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        # Integers come as they are.
        return super().get_dropout_mask(ops.cast(step_input, self.compute_dtype))

    def get_recurrent_dropout_mask(self, step_input: Tensor) -> Tensor | None:
        if not self._is_looped_over_by_keras:
            self._is_looped_over_by_keras = True
        return super().get_recurrent_dropout_mask(step_input)

    def reset_dropout_mask(self) -> None:
        if self.dropout > 0:
            super().reset_dropout_mask()

    def reset_recurrent_dropout_mask(self) -> None:
        if self._is_looped_over_by_keras:
            self._is_looped_over_by_keras = False
        if self.recurrent_dropout > 0:
            super().reset_recurrent_dropout_mask()

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "recurrent_dropout_form": self.recurrent_dropout_form,
            "zoneout": self.zoneout,
        }


def _is_rate(value: Any) -> bool:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return is_number and 0 <= value <= 1
