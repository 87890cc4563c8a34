"""One trial: the model, its optimizer, its checkpoints and its scores."""
