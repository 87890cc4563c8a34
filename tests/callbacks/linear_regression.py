"""A linear model whose training NumPy can repeat in float64."""

import keras
import numpy as np

BATCH = 4


class LinearRegression:
    """`y = x w + b` under the mean squared error, trained by plain SGD."""

    def __init__(self, samples=12, inputs=3, outputs=2):
        rng = np.random.default_rng(7)
        self.x = rng.normal(size=(samples, inputs))
        self.y = rng.normal(size=(samples, outputs))
        self.weights = [rng.normal(size=(inputs, outputs)), rng.normal(size=outputs)]
        self.rate = 0.1

    def model(self, **compile_arguments):
        model = keras.Sequential(
            [keras.Input(self.x.shape[1:]), keras.layers.Dense(self.y.shape[1])]
        )
        model.set_weights(self.weights)
        arguments = {"optimizer": keras.optimizers.SGD(self.rate), "loss": "mse"}
        model.compile(**(arguments | compile_arguments))
        return model

    def fit(self, model, epochs=1, callbacks=(), **arguments):
        arguments = {"batch_size": BATCH, "shuffle": False, "verbose": 0} | arguments
        return model.fit(
            self.x, self.y, epochs=epochs, callbacks=list(callbacks), **arguments
        ).history

    def batches(self):
        for start in range(0, len(self.x), BATCH):
            yield self.x[start : start + BATCH], self.y[start : start + BATCH]

    def gradient(self, weights, x, y):
        error = 2 * (x @ weights[0] + weights[1] - y) / y.size
        return [x.T @ error, error.sum(0)]

    def train(self, weights, epochs=1, max_norm=np.inf, rate=None):
        """Weights after training, and the norms of the updates of each epoch."""
        weights, norms = list(weights), []
        for _ in range(epochs):
            norms.append([])
            for x, y in self.batches():
                gradient, norm = clip(self.gradient(weights, x, y), max_norm)
                norms[-1].append(norm)
                step = self.rate if rate is None else rate
                weights = [w - step * g for w, g in zip(weights, gradient, strict=True)]
        return weights, np.array(norms)


def clip(gradient, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in gradient))
    return [g * min(1, max_norm / norm) for g in gradient], norm
