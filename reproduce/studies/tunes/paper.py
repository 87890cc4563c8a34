"""The model of Sturm et al. 2016, whose tokens these are, by its authors' code.

Sturm, Santos, Ben-Tal and Korshunova, "Music transcription modelling and composition
using deep learning", CSMC 2016 (arXiv:1604.08723). Its tunes are not to be had, so
that none of its scores can be set beside ours.
"""

MODEL = {
    "tokens": 137,
    "layers": 3,
    "units": 512,
    "parameters": 5_599_881,
    "dropout": 0.5,
    "learning rate": 3e-3,
    "tunes in an update": 64,
    "epochs": 100,
}
