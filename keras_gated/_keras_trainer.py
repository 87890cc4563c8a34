"""What this package knows of Keras' trainers beyond what Keras documents.

As seen in Keras 3.15.1 and 3.16.0.dev2026102704:

- `make_train_function` and `make_test_function` compile the method `train_step` or
  `test_step` of the model and leave a function in the attribute `train_function` or
  `test_function`, where `fit` and `evaluate` take it from anew for every call.
- On JAX this function takes a state and an iterator over batches, of which it takes
  `steps_per_execution`, and returns the logs of the last one and the new state. The
  state is a tuple of four lists, in tests of three, and the step hands it on the same
  way. `_get_state_sharding_spec` gives its layouts under a distribution.
- Keras 3.15 calls the compiled step once for each of these batches. Keras 3.16 hands
  out stacks of batches, and compiles a loop over them.
- Of a model that computes by Flax' NNX it compiles the method of the class instead.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any, Literal

import keras

Kind = Literal["train", "test"]


def stacks_batches() -> bool:
    """Whether this Keras compiles a loop over the batches of a call by itself."""
    major, minor = map(int, keras.version().split(".")[:2])
    return (major, minor) >= (3, 16)


def takes_steps_from_model() -> bool:
    """Whether Keras compiles the step that the model has as an attribute."""
    return not keras.config.is_nnx_enabled()


def maker(kind: Kind) -> str:
    """The name of the method that makes the function of a model."""
    return f"make_{kind}_function"


def make_function(model: keras.Model, kind: Kind) -> None:
    """Makes it as the class of the model does, whatever stands in for the method."""
    getattr(type(model), maker(kind))(model, force=True)


def function_made_anew(model: keras.Model, kind: Kind) -> Callable[..., Any]:
    """What is made of the step that the model has now; the model keeps its own."""
    name = f"{kind}_function"
    with replaced(model, name, None):
        getattr(model, maker(kind))(force=True)
        function: Callable[..., Any] = getattr(model, name)
        return function


@contextlib.contextmanager
def with_more_state(model: keras.Model) -> Iterator[None]:
    """Lets Keras compile a step whose state has one more part, of any layout."""
    if keras.distribution.distribution() is None:
        yield
        return
    layouts = (*model._get_state_sharding_spec(), None)
    with replaced(model, "_get_state_sharding_spec", lambda: layouts):
        yield


@contextlib.contextmanager
def replaced(owner: Any, name: str, value: Any) -> Iterator[None]:
    """Gives `owner` another attribute for the length of a `with` block."""
    own = vars(owner)
    is_own, previous = name in own, own.get(name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        if is_own:
            setattr(owner, name, previous)
        else:
            delattr(owner, name)
