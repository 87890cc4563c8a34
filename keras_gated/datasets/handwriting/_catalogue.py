"""The files of Omniglot that hold its Latin letters."""

from keras_gated.datasets._download import RemoteFile
from keras_gated.datasets._published import PublishedSet

_REPOSITORY = (
    "https://raw.githubusercontent.com/brendenlake/omniglot/"
    "057f034baf2ecb8530bc5710e5a23584d2a519cc/python/"
)
_ZIPS = {
    "strokes_background_small1.zip": (
        "8cb3960fb6cf4ccf5f064ad83169f828c36c36782a0f6e7faacb7ecfae4468a2"
    ),
    "strokes_background_small2.zip": (
        "345bf2141efbea062833dbb2828abbc23d9e07825e46f2afdd4daecddfed6e78"
    ),
}

CATALOGUE = {
    "omniglot": PublishedSet(
        title="handwriting omniglot",
        kind="handwriting",
        files={
            "omniglot_strokes.npz": (
                "21c7a97ddf389f6f131e454721fdde8d98d9d2915b331d852773e35e68d47db8"
            ),
            **_ZIPS,
        },
        # Either has the Latin letters.
        sources=tuple(
            RemoteFile(_REPOSITORY + name, name, digest)
            for name, digest in _ZIPS.items()
        ),
        origin=f"The archives come from {_REPOSITORY}.",
    ),
}
