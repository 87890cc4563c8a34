"""The loops on JAX for GPUs: one kernel for a whole sequence, by Pallas and Triton.

A program takes some sequences of the batch through all steps, and waits for no other.
What the units of a step need of each other goes through memory, where the programs of
a GPU leave it in their own cache: Triton cannot cut a piece out of what lies in
registers. So the sizes of the code and of the registers do not grow with the units.

`program.py` has what kernels are written with, a file for each unit its kernels,
`launch.py` starts them, `loop.py` makes a `Loop` of them and `choice.py` says when that
is taken. `cudnn.py` calls cuDNN where it has the very equations.
"""

from keras_gated.recurrence._jax_gpu.loop import GPULoop

__all__ = ["GPULoop"]
