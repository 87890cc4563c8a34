"""Archives in the layouts in which the sources are published."""

import io
import tarfile
import wave
import zipfile

import numpy as np

SPEECHLESS = (
    "ascending-2tone",
    "beep",
    "beeperr",
    "descending-2tone",
    *(f"silence/{seconds}" for seconds in range(1, 11)),
)


def recordings_of(npz):
    """Names and recordings of a file of the compact layout."""
    with np.load(npz, allow_pickle=False) as arrays:
        ends = np.cumsum(arrays["lengths"])[:-1]
        recordings = np.split(arrays["samples"], ends)
        if "names" in arrays:
            return dict(zip(arrays["names"].tolist(), recordings, strict=True))
        speakers = arrays["speaker_names"][arrays["speaker"]]
        parts = zip(arrays["digit"], speakers, arrays["take"], strict=True)
        names = [f"{digit}_{speaker}_{take}" for digit, speaker, take in parts]
        return dict(zip(names, recordings, strict=True))


def wav(samples, rate=8000, channels=1):
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((channels, 2, rate, 0, "NONE", ""))
        writer.writeframes(np.asarray(samples, "<i2").tobytes())
    return file.getvalue()


def github_zip(recordings):
    """A repository as GitHub packs it: a root folder, and more than recordings."""
    file = io.BytesIO()
    root = "free-spoken-digit-dataset-26eb9aa"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{root}/README.md", "digits")
        archive.writestr(f"{root}/other/0_nobody_0.wav", wav([1, 2, 3]))
        for name in reversed(recordings):
            archive.writestr(f"{root}/recordings/{name}.wav", wav(recordings[name]))
    return file.getvalue()


def debian_package(recordings):
    """A package with the prompts, and with sounds that are no speech."""
    noise = np.arange(100)
    return ar(
        ("debian-binary", b"2.0\n"),
        ("control.tar.xz", b"odd"),
        ("data.tar.xz", tar_xz({**recordings, **dict.fromkeys(SPEECHLESS, noise)})),
    )


def tar_xz(recordings):
    file = io.BytesIO()
    root = "./usr/share/asterisk/sounds/en_US_f_Allison"
    with tarfile.open(fileobj=file, mode="w:xz", preset=0) as tar:
        folder = tarfile.TarInfo(root)
        folder.type = tarfile.DIRTYPE
        tar.addfile(folder)
        for name in reversed(recordings):
            content = wav(recordings[name])
            member = tarfile.TarInfo(f"{root}/{name}.wav")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return file.getvalue()


def ar(*members):
    archive = b"!<arch>\n"
    for name, content in members:
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        archive += header.encode() + content + b"\n" * (len(content) % 2)
    return archive
