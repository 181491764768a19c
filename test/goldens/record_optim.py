"""Records steps of Optax's contributed optimizers, for src/engine/optim/contrib/contrib.test.ts: the parameters after each step.

    pip install optax && python test/goldens/record_optim.py > src/engine/optim/contrib/contrib.json
"""
import json
import sys

import jax
import jax.numpy as jnp
import optax
from optax import contrib

start = {"b": jnp.array([0.5, -1.0, 2.0]), "w": jnp.sin(jnp.arange(12.0)).reshape(4, 3)}
x, y = jnp.cos(jnp.arange(20.0)).reshape(5, 4), jnp.sin(jnp.arange(15.0) * 0.3).reshape(5, 3)


def loss(p):
    return jnp.mean(jnp.square(jnp.tanh(x @ p["w"]) + p["b"] - y))


def run(tx, steps=6):
    tx = optax.with_extra_args_support(tx)
    params, state, rows = start, tx.init(start), []
    for _ in range(steps):
        value, grads = jax.value_and_grad(loss)(params)
        extra = {"grad_fn": lambda p, i: jax.grad(loss)(p)} if isinstance(state, contrib.SAMState) else {"value": value, "obj_fn": loss}
        updates, state = tx.update(grads, state, params, **extra)
        params = optax.apply_updates(params, updates)
        rows.append([round(float(v), 6) for l in jax.tree.leaves(params) for v in l.ravel()])
    return rows


def run_private(tx, steps=3):
    params, state, rows = start, tx.init(start), []
    per_example = jax.vmap(jax.grad(lambda p, x, y: jnp.mean(jnp.square(jnp.tanh(x @ p["w"]) + p["b"] - y))), (None, 0, 0))
    for _ in range(steps):
        updates, state = tx.update(per_example(params, x, y), state, params)
        params = optax.apply_updates(params, updates)
        rows.append([round(float(v), 6) for l in jax.tree.leaves(params) for v in l.ravel()])
    return rows


uphill = lambda: optax.chain(contrib.normalize(), optax.sgd(0.1))
momentum = lambda: optax.sgd(0.1, momentum=0.9)
numbers = {"b": None, "w": contrib.GaLoreDimensionNumbers(1, (0,))}
cases = {
    "cocob": contrib.cocob(),
    "cocob decayed": contrib.cocob(alpha=10, weight_decay=0.01, learning_rate=0.5),
    "dadaptAdamw": contrib.dadapt_adamw(estim_lr0=1e-3, weight_decay=0.1),
    "prodigy": contrib.prodigy(estim_lr0=1e-3, weight_decay=0.1),
    "prodigy safeguarded": contrib.prodigy(estim_lr0=1e-3, safeguard_warmup=True, learning_rate=optax.linear_schedule(0.1, 1, 5)),
    "dog heuristic": contrib.dog(init_step=("heuristic", 0.01), weight_decay=0.01),
    "dog distance": contrib.dog(init_step=("distance", 0.1)),
    "dog learning_rate": contrib.dog(init_step=("learning_rate", 0.05)),
    "dowg": contrib.dowg(init_estim_sq_dist=0.01),
    "momo": contrib.momo(weight_decay=0.01),
    "momo adapted": contrib.momo(learning_rate=0.5, adapt_lower_bound=True, lower_bound=-1.0),
    "momoAdam": contrib.momo_adam(weight_decay=0.01),
    "momoAdam adapted": contrib.momo_adam(learning_rate=0.1, adapt_lower_bound=True, lower_bound=-1.0),
    "sam": contrib.sam(momentum(), uphill()),
    "sam every three": contrib.sam(momentum(), optax.chain(contrib.normalize(), optax.adam(0.1)), sync_period=3, reset_state=False),
    "sam opaque": contrib.sam(momentum(), uphill(), opaque_mode=True, sync_period=3),
    "sophia": contrib.sophia(0.05, update_interval=3, gamma=0.5),
    "sophia seeded": contrib.sophia(0.05, hessian_diagonal_fn=contrib.hutchinson_estimator_diag_hessian(jax.random.PRNGKey(7)), clip_threshold=None, eps=0.1),
    "mechanize": contrib.mechanize(optax.adam(1.0)),
    "mechanize decayed": contrib.mechanize(momentum(), weight_decay=0.1, s_init=1e-3, num_betas=3),
    "galore": contrib.galore(0.05, rank=2, update_proj_gap=10, weight_decay=0.01),
    "galore transposed": contrib.galore(0.05, rank=1, scale=0.5, weight_dimension_numbers=numbers),
}
private = {
    "dpsgd": contrib.dpsgd(0.1, 1.0, 0.5, 3),
    "dpsgd nesterov": contrib.dpsgd(0.1, 0.2, 0.1, 4, momentum=0.9, nesterov=True),
    "differentiallyPrivateAggregate": contrib.differentially_private_aggregate(0.5, 0.1, jax.random.key(5)),
}
json.dump({name: run(tx) for name, tx in cases.items()} | {name: run_private(tx) for name, tx in private.items()}, sys.stdout, separators=(",", ":"))
