"""Chung, Gulcehre, Cho and Bengio 2014 (arXiv:1412.3555)."""
