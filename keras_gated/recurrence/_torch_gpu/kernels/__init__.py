"""The kernels in Triton: a file for each unit has its `forward` and `backward`."""
