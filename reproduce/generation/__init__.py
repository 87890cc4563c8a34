"""What `reproduce/generate.py` is made of: its options, a model, a prompt, files."""
