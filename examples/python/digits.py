"""A multilayer perceptron in JAX that reads handwritten digits (the UCI digits, examples/data), the same as examples/digits.ts.

Click "jit & profile" above a function to see what JAX and XLA make of it.
"""
import gzip
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np


def load():
    with gzip.open(Path(__file__).parent.parent / "data" / "digits.csv.gz", "rt") as f:
        rows = np.loadtxt(f, delimiter=",", dtype=np.float32)
    return jnp.array(rows[:, :64] / 16), jnp.array(rows[:, 64].astype(np.int32))


def init(key, sizes):
    keys = jax.random.split(key, len(sizes) - 1)
    return [
        {"w": jax.nn.initializers.glorot_uniform()(k, (m, n)), "b": jnp.zeros(n)}
        for k, m, n in zip(keys, sizes, sizes[1:])
    ]


def logits(params, x):
    *hidden, last = params
    for layer in hidden:
        x = jnp.tanh(x @ layer["w"] + layer["b"])
    return x @ last["w"] + last["b"]


def loss(params, x, y):
    target = jax.nn.one_hot(y, 10)
    return -(jax.nn.log_softmax(logits(params, x)) * target).sum(-1).mean()


@jax.jit
def train_step(params, velocity, x, y):
    """One step of gradient descent with momentum."""
    grads = jax.grad(loss)(params, x, y)
    velocity = jax.tree.map(lambda m, g: 0.9 * m + g, velocity, grads)
    return jax.tree.map(lambda p, m: p - 0.1 * m, params, velocity), velocity


@jax.jit
def accuracy(params, x, y):
    """The share of images that are read correctly."""
    return (logits(params, x).argmax(-1) == y).mean()


if __name__ == "__main__":
    images, labels = load()
    order = jax.random.permutation(jax.random.key(1), len(images))
    images, labels = images[order], labels[order]
    train, batch = 1437, 128
    params = init(jax.random.key(0), [64, 128, 64, 10])
    velocity = jax.tree.map(jnp.zeros_like, params)
    for epoch in range(30):
        for start in range(0, train - batch + 1, batch):
            params, velocity = train_step(params, velocity, images[start : start + batch], labels[start : start + batch])
        if epoch % 10 == 9:
            print(f"epoch {epoch + 1}: test accuracy {100 * accuracy(params, images[train:], labels[train:]):.1f} %")
