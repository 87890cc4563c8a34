from tests.gradients import gradients as gradients
