"""The named sources, and what their files are called and hash to."""

from keras_gated.datasets._published import PublishedSet

_ALIGNER = (
    "It is not on the web: pocketsphinx found the phones in recordings that are, and "
    "the file comes with the development data of keras_gated."
)

CATALOGUE = {
    "flite": PublishedSet(
        title="speech with phones flite",
        kind="speech",
        files={
            "flite_phones_logmel.npz": (
                "e301ed97c018901691ed5f0f4376774f6a86be6051251465df7d54bb01cf479b"
            )
        },
        # Nobody serves it: it was made with a speech synthesiser.
        sources=(),
        origin=(
            "It is not on the web: it was made with the speech synthesiser flite 2.2, "
            "and comes with the development data of keras_gated."
        ),
    ),
    "asterisk": PublishedSet(
        title="phones of asterisk",
        kind="speech",
        files={
            "asterisk_en_allison_phones.npz": (
                "6365ca350f57c248f93284e8e5d4b72881b4f2c51504b986f627b77f33a48232"
            )
        },
        sources=(),
        origin=_ALIGNER,
    ),
    "fsdd": PublishedSet(
        title="phones of fsdd",
        kind="speech",
        files={
            "fsdd_phones.npz": (
                "2f869cf3021f799b66ab547d7b833727a1dfee6c4838604359588435a4e8aeaa"
            )
        },
        sources=(),
        origin=_ALIGNER,
    ),
}
