"""Many small launches as one, by CUDA graphs."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

import torch

from keras_gated._types import Tensor, Tensors

MOST_GRAPHS = 8
"""The last ones in use are kept, each with the tensors that it works on."""

MOST_BYTES = 2**28
"""Launches on more than that take longer than they need to be sent."""

Launch = Callable[[Tensors], None]


class Graph:
    """Launches that were recorded, on tensors of their own."""

    def __init__(self, launch: Launch, given: Tensors) -> None:
        # Of what a recording makes in inference mode PyTorch 2.10 keeps some for the
        # graphs of everybody, who could not write it outside of that mode.
        with torch.inference_mode(False), torch.no_grad():
            self._own = tuple(x if x is None else x.clone() for x in given)
            # Nothing can be compiled while it is recorded.
            launch(self._own)
            self._graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(
                self._graph,
                # PyTorch's own is on the GPU that was the first to be recorded on.
                stream=torch.cuda.Stream(),
                # The gradients come from threads of PyTorch's own.
                capture_error_mode="thread_local",
            ):
                launch(self._own)

    def replay(self, given: Tensors, written: int) -> None:
        """Does the same to other tensors, of which the first are `written`."""
        _copy(given, self._own)
        self._graph.replay()
        _copy(self._own[:written], given[:written])


def replayed(launch: Launch, key: Any, written: Tensors, read: Tensors) -> None:
    """Launches, from the second time on as a graph.

    The first time compiles the kernel, and lengths that come once are not recorded.
    """
    given = (*written, *read)
    size = sum(x.numel() * x.element_size() for x in given if x is not None)
    if size > MOST_BYTES or torch.cuda.is_current_stream_capturing():
        launch(given)
        return
    stream = torch.cuda.current_stream()
    key = (key, stream.device, stream.cuda_stream, tuple(map(_kind, given)))
    with _lock:
        if key not in _graphs:
            launch(given)
            _graphs[key] = None
        else:
            graph = _graphs[key] or Graph(launch, given)
            _graphs[key] = graph
            graph.replay(given, len(written))
        _graphs.move_to_end(key)
        while len(_graphs) > MOST_GRAPHS:
            _graphs.popitem(last=False)


def _copy(given: Tensors, to: Tensors) -> None:
    for x, other in zip(given, to, strict=True):
        if x is not None:
            other.copy_(x)


def _kind(x: Tensor | None) -> tuple[Any, ...] | None:
    return None if x is None else (x.shape, x.dtype)


_graphs: OrderedDict[Any, Graph | None] = OrderedDict()
_lock = Lock()
