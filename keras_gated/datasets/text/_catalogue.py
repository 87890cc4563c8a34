"""The named texts: what their files are called and hash to, and how they are cut."""

from dataclasses import dataclass

from keras_gated.datasets._download import RemoteFile
from keras_gated.datasets._published import PublishedSet


@dataclass(frozen=True)
class Entry:
    """One text.

    Args:
        published: Its files.
        fractions: How much of it is `train`, `valid` and `test`.
        length: Bytes that count, from the first one on; all if `None`.
    """

    published: PublishedSet
    fractions: tuple[float, float, float] = (0.8, 0.1, 0.1)
    length: int | None = None


def _published(
    title: str, name: str, digest: str, packed: str, origin: str, url: str | None = None
) -> PublishedSet:
    """A text as it is, or packed by xz; on the web there is only the first."""
    return PublishedSet(
        title=f"text {title}",
        kind="text",
        files={f"{name}.xz": packed, name: digest},
        sources=() if url is None else (RemoteFile(url, name, digest),),
        origin=origin,
    )


_CHAR_RNN = "https://cs.stanford.edu/people/karpathy/char-rnn/warpeace_input.txt"
_SHAKESPEARE = (
    "https://raw.githubusercontent.com/karpathy/char-rnn/"
    "6f9487a6fe5b420b7ca9afb0d7c078e37c1d1b4e/data/tinyshakespeare/input.txt"
)

CATALOGUE = {
    "war_and_peace": Entry(
        _published(
            "war_and_peace",
            "warpeace_input.txt",
            "52adf13b4aeeb5a84199b1ad2ef4781966839d4f9e707d552b42e3422cd17581",
            "66504d54c289f6a2c4f539efb75eaa5771b88e1d2a838dca3e83cd14599a734f",
            origin=f"The file comes from {_CHAR_RNN}.",
            url=_CHAR_RNN,
        ),
        # The paper counts this many: the file but for the blank lines at its end.
        length=3_258_246,
    ),
    "linux_kernel": Entry(
        _published(
            "linux_kernel",
            "linux_kernel_6.1.192.txt",
            "1e79e8a8d3a81ac87a42f3650620c2f0935c1d0bfb8fa5d0804356e7d2b05043",
            "cb145f555ff087e3aa30df2ff0ef5abc5e422716ac6385f6771a4d05c5b00d35",
            origin=(
                "It is not on the web: it was cut from Linux 6.1.192, and comes with "
                "the development data of keras_gated."
            ),
        ),
        fractions=(0.9, 0.05, 0.05),
    ),
    "tiny_shakespeare": Entry(
        _published(
            "tiny_shakespeare",
            "tinyshakespeare.txt",
            "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
            "21b40ccf4999c004256d116655824719001352dbc22636354d9cd0c645d03a4a",
            origin=f"The file comes from {_SHAKESPEARE}.",
            url=_SHAKESPEARE,
        )
    ),
    "king_james": Entry(
        _published(
            "king_james",
            "kjv_verses.txt",
            "cd45f0c9cedab8e4439bd6486c8952c77cc8b0ecc5d1f6ae3513f2039f47229d",
            "5ad9286f43d021be1ac1fc076989b0ab72bec9793035b6df1dc4c9f8f2f7aecb",
            origin=(
                "It is what the program of Debian's package bible-kjv 4.38 prints, "
                "`bible -f gen1:1-rev22:21`."
            ),
        )
    ),
}
