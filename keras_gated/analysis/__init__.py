"""What recurrent layers do: gates, saturation, trajectories, gradients through time.

The numbers need NumPy only. Pictures need matplotlib and `trajectories` scikit-learn:
`pip install "keras_gated[analysis]"`.
"""

from keras_gated.analysis.activation_histograms import plot_activations
from keras_gated.analysis.gate_course import plot_course
from keras_gated.analysis.gate_saturation import (
    Saturation,
    plot_saturation,
    saturation,
)
from keras_gated.analysis.gradients_through_time import (
    gradient_norms,
    plot_gradient_norms,
)
from keras_gated.analysis.model_gates import gate_batches, gates
from keras_gated.analysis.state_trajectories import (
    Trajectories,
    plot_trajectories,
    trajectories,
)

__all__ = [
    "Saturation",
    "Trajectories",
    "gate_batches",
    "gates",
    "gradient_norms",
    "plot_activations",
    "plot_course",
    "plot_gradient_norms",
    "plot_saturation",
    "plot_trajectories",
    "saturation",
    "trajectories",
]
