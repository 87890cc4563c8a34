import keras
import numpy as np
import pytest

from keras_gated.layers import BernoulliHead, MDNHead, WeightNoise
from keras_gated.losses import BernoulliNLL, MixtureNLL
from keras_gated.models import UNITS, count_parameters, match_units, sequence_model

SPEECH = {"lstm": (195, 169_065), "gru": (227, 168_888), "tanh": (400, 168_400)}

MUSIC_UNITS = {"lstm": 36, "gru": 46, "tanh": 100}
MUSIC_PARAMETERS = {
    88: (18_108, 18_630, 18_900),
    93: (18_828, 19_320, 19_400),
    96: (19_260, 19_734, 19_700),
    105: (20_556, 20_976, 20_600),
    108: (20_988, 21_390, 20_900),
}

VARIANTS = [
    ("lstm", {}),
    ("lstm", {"use_peepholes": False}),
    ("lstm", {"use_bias": False}),
    ("gru", {}),
    ("gru", {"reset_after": True}),
    ("gru", {"reset_after": True, "use_bias": False}),
    ("tanh", {}),
    ("tanh", {"use_bias": False}),
    ("lstm_variant", {}),
    ("lstm_variant", {"coupled_gates": True, "use_output_gate": False}),
    ("lstm_variant", {"use_input_gate": False, "use_peepholes": False}),
    ("lstm_variant", {"use_forget_gate": False, "use_bias": False}),
    *((f"mut{n}", {}) for n in (1, 2, 3)),
    ("mut1", {"use_bias": False}),
    ("mut2", {"use_bias": False}),
]


@pytest.mark.parametrize("unit", SPEECH)
def test_speech_row_of_table_1(unit):
    units, parameters = SPEECH[unit]
    assert count_parameters(unit, units, 20) == parameters
    assert match_units(unit, 20, parameters) == units


@pytest.mark.parametrize("input_size", MUSIC_PARAMETERS)
def test_music_row_of_table_1(input_size):
    found = tuple(
        count_parameters(unit, units, input_size) for unit, units in MUSIC_UNITS.items()
    )
    assert found == MUSIC_PARAMETERS[input_size]


@pytest.mark.parametrize(("unit", "arguments"), VARIANTS)
def test_counts_are_those_of_the_layer(unit, arguments):
    layer = UNITS[unit](7, **arguments)
    layer.build((None, None, 5))
    assert count_parameters(unit, 7, 5, **arguments) == layer.count_params()


@pytest.mark.parametrize("unit", ["mut1", "mut2", "mut3"])
def test_counts_where_there_are_as_many_features_as_units(unit):
    layer = UNITS[unit](5)
    layer.build((None, None, 5))
    assert count_parameters(unit, 5, 5) == layer.count_params()


@pytest.mark.parametrize(("unit", "arguments"), VARIANTS)
def test_counts_with_an_output_are_those_of_the_model(unit, arguments):
    model = sequence_model(unit, 7, BernoulliHead(4), input_size=5, **arguments)
    found = count_parameters(unit, 7, 5, output_size=4, **arguments)
    assert found == model.count_params()
    model = sequence_model(unit, 7, MDNHead(3, 2), input_size=5, **arguments)
    outputs = 3 * (1 + 2 * 2)
    found = count_parameters(unit, 7, 5, output_size=outputs, **arguments)
    assert found == model.count_params()


@pytest.mark.parametrize(("unit", "arguments"), VARIANTS)
@pytest.mark.parametrize("parameters", [1, 100, 700, 5_000, 1_234_567])
def test_no_other_number_of_units_comes_closer_to_a_whole_model(
    unit, arguments, parameters
):
    units = match_units(unit, 20, parameters, output_size=88, **arguments)

    def distance(units):
        head = BernoulliHead(88)
        head.build((None, None, units))
        recurrent = count_parameters(unit, units, 20, **arguments)
        return abs(recurrent + head.count_params() - parameters)

    assert units >= 1
    assert distance(units) <= distance(units + 1)
    assert units == 1 or distance(units) <= distance(units - 1)


@pytest.mark.parametrize("unit", SPEECH)
def test_a_whole_model_is_matched_with_itself(unit):
    units, _ = SPEECH[unit]
    total = count_parameters(unit, units, 20, output_size=420)
    assert match_units(unit, 20, total, output_size=420) == units
    assert match_units(unit, 20, total) > units


@pytest.mark.parametrize(("unit", "arguments"), VARIANTS)
@pytest.mark.parametrize("parameters", [1, 100, 5_000, 1_234_567])
def test_no_other_number_of_units_comes_closer(unit, arguments, parameters):
    units = match_units(unit, 20, parameters, **arguments)

    def distance(units):
        return abs(count_parameters(unit, units, 20, **arguments) - parameters)

    assert units >= 1
    assert distance(units) <= distance(units + 1)
    assert units == 1 or distance(units) <= distance(units - 1)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize(
    ("head", "loss"),
    [(BernoulliHead(4), BernoulliNLL()), (MDNHead(2, 4), MixtureNLL(2))],
    ids=["bernoulli", "mixture"],
)
def test_model_trains_saves_and_loads(unit, head, loss, backend, tmp_path):
    head = type(head).from_config(head.get_config())
    model = sequence_model(unit, 5, head, input_size=3, weight_noise=0.05, seed=1)
    model.compile(keras.optimizers.SGD(0.05), loss, jit_compile=backend != "torch")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(4, 6, 3)).astype("float32")
    y = (rng.random((4, 6, 4)) < 0.2).astype("float32")
    history = model.fit(x, y, epochs=10, verbose=0).history["loss"]
    assert history[-1] < history[0]
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(
        loaded.predict(x, verbose=0), model.predict(x, verbose=0)
    )


def test_noise_is_on_the_recurrent_layer_only():
    model = sequence_model("gru", 5, BernoulliHead(4), 3, weight_noise=0.075)
    wrapped = [layer for layer in model.layers if isinstance(layer, WeightNoise)]
    assert [type(layer.layer) for layer in wrapped] == [UNITS["gru"]]
    assert wrapped[0].stddev == 0.075


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sequence_model("elman", 5, BernoulliHead(4), 3), "'elman'.*lstm, gru"),
        (lambda: sequence_model("gru", 0, BernoulliHead(4), 3), "units"),
        (lambda: sequence_model("gru", 5, BernoulliHead(4), 0), "input_size=0"),
        (lambda: sequence_model("gru", 5, BernoulliHead(4), 3, -0.1), "stddev=-0.1"),
        (lambda: match_units("gru", 20, 0), "parameters=0"),
        (lambda: match_units("gro", 20, 100), "'gro'"),
        (lambda: count_parameters("gru", -1, 20), "units=-1"),
        (lambda: count_parameters("gru", 5, 20, output_size=-1), "output_size.*-1"),
        (lambda: match_units("gru", 20, 100, output_size=-2), "output_size.*-2"),
    ],
)
def test_bad_arguments_are_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
