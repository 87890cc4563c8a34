"""LSTM: A Search Space Odyssey (Greff et al. 2015, arXiv:1503.04069)."""
