"""What is recorded of many launches, with a stand-in for what a GPU records."""

from contextlib import contextmanager
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")
pytestmark = pytest.mark.once


class Recorded:
    """A graph: tensors, of which each replay doubles the second into the first."""

    def __init__(self):
        self.tensors = None

    def replay(self):
        doubled(self.tensors)


def doubled(tensors):
    written, read, *_ = tensors
    written.copy_(2 * read)


class Card:
    """Counts what is launched and recorded."""

    def __init__(self):
        self.launched, self.recorded, self.recording = 0, [], None
        self.is_capturing = False
        self.stream = SimpleNamespace(device="cuda:1", cuda_stream=7)

    def launch(self, tensors):
        if self.recording is None:
            self.launched += 1
            doubled(tensors)
        else:
            self.recording.tensors = tensors

    @contextmanager
    def graph(self, graph, **options):
        mode = torch.is_inference_mode_enabled(), torch.is_grad_enabled()
        self.recorded.append({**options, "mode": mode})
        self.recording = graph
        yield
        self.recording = None


@pytest.fixture
def card(monkeypatch):
    from keras_gated.recurrence._torch_gpu import graphs

    card = Card()
    cuda = {
        "CUDAGraph": Recorded,
        "Stream": lambda: "a stream of the current GPU",
        "current_stream": lambda: card.stream,
        "graph": card.graph,
        "is_current_stream_capturing": lambda: card.is_capturing,
    }
    for name, stand_in in cuda.items():
        monkeypatch.setattr(torch.cuda, name, stand_in)
    monkeypatch.setattr(graphs, "_graphs", type(graphs._graphs)())
    return card


def double(card, key="a key", size=3):
    from keras_gated.recurrence._torch_gpu.graphs import replayed

    with torch.inference_mode():
        read = torch.rand(size, requires_grad=True)
        written = torch.full((size,), float("nan"))
        replayed(card.launch, key, (written,), (read, None))
        torch.testing.assert_close(written, 2 * read)


def test_what_comes_again_is_recorded_once_and_replayed(card):
    double(card)
    assert (card.launched, len(card.recorded)) == (1, 0)
    for _ in range(3):
        double(card)
    # The second time is to compile it for the tensors that it is recorded with.
    assert (card.launched, len(card.recorded)) == (2, 1)


def test_it_is_recorded_on_its_own_gpu_and_outside_of_inference_mode(card):
    for _ in range(2):
        double(card)
    assert card.recorded == [
        {
            "stream": "a stream of the current GPU",
            "capture_error_mode": "thread_local",
            "mode": (False, False),
        }
    ]


def test_each_stream_and_each_size_has_a_graph_of_its_own(card):
    for _ in range(2):
        double(card)
    double(card, size=4)
    card.stream = SimpleNamespace(device="cuda:1", cuda_stream=8)
    double(card)
    assert len(card.recorded) == 1


def test_only_the_last_ones_are_kept(card):
    from keras_gated.recurrence._torch_gpu import graphs

    for number in range(graphs.MOST_GRAPHS + 1):
        double(card, key=number)
    assert next(iter(graphs._graphs))[0] == 1
    double(card, key=0)
    assert not card.recorded


@pytest.mark.parametrize("why", ["large", "recorded by somebody"])
def test_what_is_launched_as_it_is(why, card, monkeypatch):
    from keras_gated.recurrence._torch_gpu import graphs

    card.is_capturing = why != "large"
    if why == "large":
        monkeypatch.setattr(graphs, "MOST_BYTES", 20)
    for _ in range(3):
        double(card)
    assert (card.launched, card.recorded) == (3, [])
