"""One file for each study: its protocol and the numbers of its paper."""
