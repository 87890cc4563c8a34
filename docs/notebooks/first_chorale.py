# %% [markdown]
# # A first chorale
#
# We train a small GRU on the chorales of J. S. Bach, let it go on where a chorale of
# the test set breaks off, listen to it, and look at what its gates do.
#
# The cells below run in Jupyter (with jupytext), in VS Code and as a plain Python
# program. They need `pip install "keras_gated[jax,data,generate,analysis]"` and take
# about a minute.

# %%
import os

os.environ.setdefault("KERAS_BACKEND", "jax")

from pathlib import Path

import keras
import numpy as np

from keras_gated import analysis
from keras_gated.callbacks import GradientClipping
from keras_gated.datasets import SequenceBatches, music
from keras_gated.generation import (
    generate,
    plot_piano_roll,
    synthesize,
    write_midi,
    write_wav,
)
from keras_gated.layers import BernoulliHead
from keras_gated.losses import BernoulliNLL
from keras_gated.metrics import MeanNLL
from keras_gated.models import sequence_model

OUT = Path(os.environ.get("FIRST_CHORALE_OUT", "first_chorale"))
EPOCHS = int(os.environ.get("FIRST_CHORALE_EPOCHS", "30"))
OUT.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(1)

# %% [markdown]
# ## The data
#
# A chorale is a piano roll: one row for each quarter note, one column for each key of a
# piano. The model reads the rows up to some moment and predicts the next one.

# %%
data = music.load("jsb_chorales")
train = SequenceBatches.next_step(data.train, batch_size=8, seed=1)
valid = SequenceBatches.next_step(data.valid, batch_size=32, shuffle=False)
print(len(data.train), "chorales,", data.train[0].shape, "steps and keys in the first")

# %% [markdown]
# ## The model
#
# 46 GRU units and one logit for each key: the size of Chung et al. (2014). The loss is
# the negative log-likelihood of a whole row, in nats.

# %%
model = sequence_model("gru", 46, BernoulliHead(88), input_size=88, weight_noise=0.075)
loss = BernoulliNLL()
model.compile(
    keras.optimizers.RMSprop(3e-3), loss, weighted_metrics=[MeanNLL(loss, name="nll")]
)
history = model.fit(
    train,
    validation_data=valid,
    epochs=EPOCHS,
    callbacks=[GradientClipping(max_norm=1.0), train.epoch_callback()],
    verbose=0,
)
print(f"validation: {history.history['val_nll'][-1]:.2f} nats per step")

# %% [markdown]
# ## A tune to hear
#
# The first 16 steps are Bach's. A temperature below 1 keeps the model to what it is
# sure of.

# %%
prompt = data.test[2][:16]
(continuation,) = generate(model, prompt, steps=48, temperature=0.8, seed=3)
chorale = np.concatenate([prompt, continuation])
write_midi(OUT / "chorale.mid", chorale, step_seconds=0.6)
write_wav(OUT / "chorale.wav", synthesize(chorale, 0.6, 22_050), 22_050)
plot_piano_roll(chorale, prompt_steps=len(prompt)).savefig(OUT / "chorale.png")

# %% [markdown]
# In a notebook, `IPython.display.Audio(OUT / "chorale.wav")` plays it.

# %% [markdown]
# ## What the gates do
#
# Which units keep their state (an update gate near 1), and which overwrite it at every
# step? Each point is a unit: its share of steps with the gate above 0.9 to the right,
# and below 0.1 upwards.

# %%
lengths = [len(piece) for piece in data.valid]
inputs = np.zeros((len(lengths), max(lengths), 88), "float32")
for row, piece in zip(inputs, data.valid, strict=True):
    row[: len(piece)] = piece
mask = np.arange(max(lengths)) < np.array(lengths)[:, None]

gates = analysis.gates(model, inputs)
shares = analysis.saturation(gates, mask=mask)
analysis.plot_saturation(shares).savefig(OUT / "saturation.png")
for layer, of_layer in shares.items():
    update = of_layer["update_gate"]
    print(
        f"{layer}: {update.right.mean():.0%} of all steps keep, "
        f"{update.left.mean():.0%} overwrite"
    )
