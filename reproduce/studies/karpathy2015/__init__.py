"""Karpathy, Johnson and Li 2015, "Visualizing and Understanding Recurrent Networks"
(arXiv:1506.02078)."""
