"""The studies: each trains many models and sets their numbers beside a paper's."""
