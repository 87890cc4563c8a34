"""A GPU that is not there, for which JAX compiles as far as Triton."""

from contextlib import nullcontext

import jax

DEPRECATED = "ignore:The Pallas Triton backend is deprecated:DeprecationWarning"
"""What JAX warns of from 0.11 on."""


def card():
    """A context in which JAX takes the GPU to be an H100, which 0.10 does by itself."""
    if jax.__version_info__ < (0, 11):
        return nullcontext()
    from jax.sharding import AbstractDevice, AbstractMesh, use_abstract_mesh

    device = AbstractDevice("NVIDIA H100", num_cores=None, platform="gpu")
    return use_abstract_mesh(AbstractMesh((), (), abstract_device=device))


def lowered(function, *arguments):
    """The program for a GPU, with the kernels lowered to Triton."""
    with card():
        traced = jax.jit(function).trace(*arguments)
        return traced.lower(lowering_platforms=("cuda",)).as_text()


def kernels(program):
    """How many kernels of Triton it starts."""
    return program.count("__gpu$xla.gpu.triton")
