"""What the command `generate` is made of: its options, a model, a prompt, files."""
