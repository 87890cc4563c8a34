import numpy as np
import pytest

from keras_gated.datasets import phones
from keras_gated.losses import check_ctc_labels

NAMES = ("hh", "ax", "l", "ow")


def test_there_and_back():
    label = phones.encode(" hh ax\n l ow ", NAMES)
    assert label.tolist() == [1, 2, 3, 4]
    assert phones.decode(label, NAMES) == "hh ax l ow"
    assert phones.encode("", NAMES).shape == (0,) and phones.decode([], NAMES) == ""


def test_unknown_symbols_are_named_with_their_place():
    with pytest.raises(
        ValueError, match=r"phones: 'HH' at place 1, 'x' at place 3\. K"
    ):
        phones.encode("HH ax x", NAMES)
    with pytest.raises(ValueError, match=r"'z' at place 5, and 3 more\. Known are: hh"):
        phones.encode("z " * 8, NAMES)
    for wrong in (0, 5):
        with pytest.raises(ValueError, match=f"from 1 to 4. Received {wrong}"):
            phones.decode([1, wrong], NAMES)


def test_labels_of_a_data_set_are_its_phones_in_order():
    utterance = phones.Utterance(
        np.zeros((6, 2), np.float32), np.array([2, 2, 0, 1, 1, 2], "uint8"), "me", "Hm."
    )
    data = phones.PhoneDataset(
        name="hums",
        train=[utterance],
        valid=[],
        test=[],
        phone_names=("a", "b", "c"),
        voice_names=("me",),
        frames_per_second=100,
        source="here",
        fingerprint="",
    )
    (label,) = data.labels("train")
    assert label.tolist() == [3, 1, 2, 3]
    assert phones.decode(label, data.phone_names) == "c a b c"
    check_ctc_labels(data.labels("train"), [6], num_classes=4)
    with pytest.raises(ValueError, match="Unknown split 'dev'"):
        data.labels("dev")
