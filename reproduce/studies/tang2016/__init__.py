"""A study after Tang et al. 2016 (arXiv:1609.08789), whose corpus, WSJ, is licensed."""
