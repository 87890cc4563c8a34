"""Benchmarks: how long our layers take, beside Keras' and PyTorch's own."""
