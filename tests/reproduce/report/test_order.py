import pandas as pd

from reproduce.report.order import in_order, rank

LABELS = {"unit": {"lstm": "LSTM", "gru": "GRU"}}


def test_rows_come_in_the_order_of_the_labels():
    rows = [("a", "gru", 1), ("b", "zrnn", 2), ("a", "arnn", 3), ("a", "lstm", 4)]
    table = pd.DataFrame(rows, columns=["set", "unit", "seed"])
    assert in_order(LABELS, table, ["unit"])["seed"].tolist() == [4, 1, 3, 2]
    assert in_order(LABELS, table, ["set", "unit"])["seed"].tolist() == [4, 1, 3, 2]
    assert in_order(LABELS, table, ["seed"]).index.tolist() == [0, 1, 2, 3]


def test_rows_of_one_value_stay_as_they_were():
    table = pd.DataFrame({"unit": ["gru", "lstm", "gru"], "seed": [2, 1, 0]})
    assert in_order(LABELS, table, ["unit"]).index.tolist() == [1, 0, 2]


def test_unknown_values_come_last():
    assert rank(LABELS, "unit", "gru") < rank(LABELS, "unit", "arnn")
    assert rank(LABELS, "other", 3) < rank(LABELS, "other", 4)
