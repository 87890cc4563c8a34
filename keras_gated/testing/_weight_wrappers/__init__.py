"""The checks of wrappers that change weights: each file has those of one topic."""
