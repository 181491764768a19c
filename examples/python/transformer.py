"""A block of a transformer: attention and a multilayer perceptron, with its gradient. The scopes are shown in the graph."""
import jax
import jax.numpy as jnp

HEADS, WIDTH, LENGTH, BATCH = 4, 64, 32, 8


def init(key):
    shapes = {"qkv": (WIDTH, 3 * WIDTH), "out": (WIDTH, WIDTH), "up": (WIDTH, 4 * WIDTH), "down": (4 * WIDTH, WIDTH)}
    keys = jax.random.split(key, len(shapes))
    return {name: jax.random.normal(k, s) / s[0] ** 0.5 for k, (name, s) in zip(keys, shapes.items())}


def normalize(x):
    return (x - x.mean(-1, keepdims=True)) * jax.lax.rsqrt(x.var(-1, keepdims=True) + 1e-5)


def attention(params, x):
    q, k, v = jnp.split(normalize(x) @ params["qkv"], 3, axis=-1)
    q, k, v = (t.reshape(*t.shape[:-1], HEADS, -1) for t in (q, k, v))
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) / q.shape[-1] ** 0.5
    causal = jnp.tril(jnp.ones((x.shape[1], x.shape[1]), bool))
    weights = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf), axis=-1)
    mixed = jnp.einsum("bhqk,bkhd->bqhd", weights, v)
    return mixed.reshape(x.shape) @ params["out"]


@jax.jit
def block(params, x):
    with jax.named_scope("attention"):
        x = x + attention(params, x)
    with jax.named_scope("perceptron"):
        return x + jax.nn.gelu(normalize(x) @ params["up"]) @ params["down"]


@jax.jit
def gradients(params, x):
    return jax.grad(lambda p: (block(p, x) ** 2).mean())(params)


if __name__ == "__main__":
    weights = init(jax.random.key(0))
    tokens = jax.random.normal(jax.random.key(1), (BATCH, LENGTH, WIDTH))
    print("output", block(weights, tokens).shape)
    print("gradients", jax.tree.map(lambda g: g.shape, gradients(weights, tokens)))
