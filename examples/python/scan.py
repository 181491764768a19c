"""A recurrent network as a scan: its body is a graph of its own. The second call has another length: JitLens says why it is traced again."""
import jax
import jax.numpy as jnp

WIDTH = 32


@jax.jit
def run(w, u, xs):
    def cell(h, x):
        h = jnp.tanh(h @ w + x @ u)
        return h, h.sum(-1)

    last, sums = jax.lax.scan(cell, jnp.zeros((16, WIDTH)), xs)
    return last, sums


# trace: f32[100]
@jax.jit
def smooth(signal):
    """Nobody calls it: the comment says what it would be called with."""
    return jnp.convolve(signal, jnp.ones(5) / 5, mode="same")


if __name__ == "__main__":
    w, u = jnp.eye(WIDTH) * 0.5, jnp.ones((8, WIDTH)) * 0.1
    print(run(w, u, jnp.ones((50, 16, 8)))[1][-1].mean())
    print(run(w, u, jnp.ones((20, 16, 8)))[1][-1].mean())
