"""The checks of recurrent layers: each file has those of one topic."""
