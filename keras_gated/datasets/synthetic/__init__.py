"""Tasks of symbols that are drawn from a seed: what a network remembers, counted."""

from keras_gated.datasets.synthetic.arithmetic import arithmetic
from keras_gated.datasets.synthetic.copying import copying
from keras_gated.datasets.synthetic.dataset import SyntheticDataset
from keras_gated.datasets.synthetic.memorization import memorization
from keras_gated.datasets.synthetic.xml import xml, xml_ceiling

__all__ = [
    "SyntheticDataset",
    "arithmetic",
    "copying",
    "memorization",
    "xml",
    "xml_ceiling",
]
