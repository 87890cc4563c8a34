"""Jozefowicz, Zaremba and Sutskever 2015: ten recurrent cells, and others by search."""
