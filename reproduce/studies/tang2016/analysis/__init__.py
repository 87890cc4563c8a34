"""What the memory of a recogniser does."""
