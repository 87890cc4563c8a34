"""What the results of a random search say about variants and settings."""
