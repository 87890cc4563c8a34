"""Every reader of foreign bytes, by a name for reports."""

from tests.fuzz.readers import interchange, keras_objects, models, music, speech, web

READERS = {
    **music.READERS,
    **speech.READERS,
    **models.READERS,
    **keras_objects.READERS,
    **interchange.READERS,
    **web.READERS,
}
