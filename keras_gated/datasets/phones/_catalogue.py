"""The named sources, and what their files are called and hash to."""

from keras_gated.datasets._published import PublishedSet

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
}
