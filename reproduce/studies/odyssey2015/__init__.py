"""Greff et al. 2015, "LSTM: A Search Space Odyssey" (arXiv:1503.04069)."""
