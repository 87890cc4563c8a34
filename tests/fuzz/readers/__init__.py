"""Every reader of foreign bytes, by a name for reports."""

from tests.fuzz.readers import (
    abc,
    interchange,
    keras_objects,
    midi,
    models,
    music,
    speech,
    web,
)

READERS = {
    **abc.READERS,
    **music.READERS,
    **midi.READERS,
    **speech.READERS,
    **models.READERS,
    **keras_objects.READERS,
    **interchange.READERS,
    **web.READERS,
}
