"""Every reader of foreign bytes, by a name for reports."""

from tests.fuzz.readers import interchange, models, music, speech, web

READERS = {
    **music.READERS,
    **speech.READERS,
    **models.READERS,
    **interchange.READERS,
    **web.READERS,
}
