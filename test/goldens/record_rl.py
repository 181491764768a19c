"""Records what RLax says, for src/engine/rl/rl.test.ts: values, and gradients in every argument of floats.

    pip install rlax && python test/goldens/record_rl.py > src/engine/rl/rl.json
"""
import dataclasses
import json
import re
import sys
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import rlax

warnings.filterwarnings("ignore")
cases = []
rng = np.random.RandomState(0)


def camel(name):
    return re.sub(r"_+([a-z0-9])", lambda m: m.group(1).upper(), name.rstrip("_"))


def written(x):
    """A value as JSON: arrays with their kind, records by their camelCase names."""
    if isinstance(x, (bool, str)) or x is None:
        return x
    if hasattr(x, "_fields"):
        return {camel(k): written(getattr(x, k)) for k in x._fields}
    if dataclasses.is_dataclass(x):
        return {camel(f.name): written(getattr(x, f.name)) for f in dataclasses.fields(x)}
    if isinstance(x, dict):
        return {camel(k): written(v) for k, v in x.items()}
    if isinstance(x, (tuple, list)):
        return [written(v) for v in x]
    if isinstance(x, (int, float)):
        return x
    if jnp.issubdtype(x.dtype, jax.dtypes.prng_key):
        return {"key": int(jax.random.key_data(x)[-1])}
    a = np.asarray(x)
    kind = {"f": "float32", "i": "int32", "b": "bool", "u": "uint32"}[a.dtype.kind]
    flat = [round(float(v), 6) if a.dtype.kind == "f" else int(v) for v in a.ravel()]
    flat = [{"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(str(v), v) for v in flat]
    return {"dtype": kind, "shape": list(a.shape), "data": flat}


def floats(x):
    return [jnp.sum(l) for l in jax.tree.leaves(x) if hasattr(l, "dtype") and jnp.issubdtype(l.dtype, jnp.floating)]


def record(call, fn, args, options, wrt, extra):
    out = fn(*args, **options)
    case = {"call": call, **extra, "args": [written(a) for a in args], "options": {camel(k): written(v) for k, v in options.items()}, "out": written(out)}
    if wrt is None:
        wrt = [i for i, a in enumerate(args) if isinstance(a, jax.Array) and a.dtype == jnp.float32]
    if wrt and floats(out):
        grads = jax.grad(lambda *a: sum(floats(fn(*a, **options))), argnums=tuple(wrt))(*args)
        # RLax's gradients in a target with a probability of 0 are NaN, 0 times the logarithm of 0: they are no example.
        kept = [k for k, g in enumerate(grads) if not jnp.any(jnp.isnan(g))]
        case["wrt"], case["grads"] = [wrt[k] for k in kept], [written(grads[k]) for k in kept]
    cases.append(case)


def case(name, *args, wrt=None, **options):
    record(camel(name), getattr(rlax, name), args, options, wrt, {})


def method(factory, make, name, *args, wrt=None):
    record(camel(factory), getattr(getattr(rlax, factory)(**make), name), args, {}, wrt, {"make": {camel(k): v for k, v in make.items()}, "method": camel(name)})


def f(*shape):
    return jnp.asarray(np.round(rng.randn(*shape), 3).astype(np.float32))


def prob(*shape):
    p = np.abs(rng.randn(*shape)) + 0.1
    return jnp.asarray((p / p.sum(-1, keepdims=True)).astype(np.float32))


def unit(*shape):
    return jnp.asarray(np.round(rng.uniform(0.05, 0.95, shape), 3).astype(np.float32))


def i(high, *shape):
    return jnp.asarray(rng.randint(0, high, shape).astype(np.int32))


T, A, N = 5, 3, 4
s = lambda: f()
for stop in (True, False):
    o = dict(stop_target_gradients=stop)
    case("td_learning", s(), s(), unit(), s(), **o)
    case("td_lambda", f(T), f(T), unit(T), f(T), unit(), **o)
    case("td_lambda", f(T), f(T), unit(T), f(T), unit(T), **o)
    case("sarsa", f(A), i(A), s(), unit(), f(A), i(A), **o)
    case("expected_sarsa", f(A), i(A), s(), unit(), f(A), prob(A), **o)
    case("sarsa_lambda", f(T, A), i(A, T), f(T), unit(T), f(T, A), i(A, T), unit(), **o)
    case("q_learning", f(A), i(A), s(), unit(), f(A), **o)
    case("double_q_learning", f(A), i(A), s(), unit(), f(A), f(A), **o)
    case("persistent_q_learning", f(A), i(A), s(), unit(), f(A), 0.7, **o)
    case("qv_learning", f(A), i(A), s(), unit(), s(), **o)
    case("qv_max", s(), s(), unit(), f(A), **o)
    case("q_lambda", f(T, A), i(A, T), f(T), unit(T), f(T, A), unit(T), **o)
    case("retrace", f(T, A), f(T, A), i(A, T), i(A, T), f(T), unit(T), prob(T, A), unit(T), 0.9, **o)
    case("retrace_continuous", f(T), f(T - 1), f(T), f(T), unit(T), f(T - 1), 0.8, **o)
    z = jnp.linspace(-2.0, 2.0, N)
    case("categorical_td_learning", z, f(N), s(), unit(), z * 1.1, f(N), wrt=[1, 5], **o)
    case("categorical_q_learning", z, f(A, N), i(A), s(), unit(), z * 0.9, f(A, N), wrt=[1, 6], **o)
    case("categorical_double_q_learning", z, f(A, N), i(A), s(), unit(), z, f(A, N), f(A), wrt=[1, 6], **o)
    for h in (0.0, 0.6):
        case("quantile_regression_loss", f(N), unit(N), f(6), huber_param=h, **o)
        case("quantile_q_learning", f(N, A), unit(N), i(A), s(), unit(), f(6, A), f(6, A), huber_param=h, **o)
        case("quantile_expected_sarsa", f(N, A), unit(N), i(A), s(), unit(), f(6, A), prob(A), huber_param=h, **o)
    for lam in (1.0, unit(), unit(T)):
        case("lambda_returns", f(T), unit(T), f(T), lambda_=lam, **o)
        case("vtrace", f(T), f(T), f(T), unit(T), unit(T) * 2, lambda_=lam, clip_rho_threshold=1.2, **o)
    mask = jnp.asarray([True, False, True, True, False])
    case("vtrace", f(T), f(T), f(T), unit(T), unit(T) * 2, sample_mask=mask, **o)
    case("leaky_vtrace", f(T), f(T), f(T), unit(T), unit(T) * 2, alpha_=0.7, lambda_=0.9, **o)
    case("vtrace_td_error_and_advantage", f(T), f(T), f(T), unit(T), unit(T) * 2, lambda_=0.9, clip_pg_rho_threshold=1.3, **o)
    case("leaky_vtrace_td_error_and_advantage", f(T), f(T), f(T), unit(T), unit(T) * 2, alpha=0.4, lambda_=unit(T), **o)
    for n in (1, 2, 7):
        case("n_step_bootstrapped_returns", f(T), unit(T), f(T), n, lambda_t=unit(T), wrt=[0, 1, 2], **o)
    case("discounted_returns", f(T), unit(T), s(), **o)
    case("discounted_returns", f(T), unit(T), f(T), **o)
    record(camel("importance_corrected_td_errors"), __import__("rlax._src.multistep", fromlist=["x"]).importance_corrected_td_errors, (f(T), unit(T), unit(T) * 2, unit(T), f(T + 1)), o, None, {})
    case("truncated_generalized_advantage_estimation", f(T), unit(T), unit(T), f(T + 1), **o)
    case("general_off_policy_returns_from_action_values", f(T, A), i(A, T), f(T), unit(T), unit(T), prob(T, A), **o)
    case("general_off_policy_returns_from_q_and_v", f(T - 1), f(T), f(T), unit(T), unit(T - 1), **o)
    g = dict(use_stop_gradient=stop)
    case("dpg_loss", f(A), f(A), **g)
    case("dpg_loss", f(A), f(A), dqda_clipping=0.5, **g)
    case("policy_gradient_loss", f(T, A), i(A, T), f(T), unit(T), **g)
    case("qpg_loss", f(T, A), f(T, A), **g)
    case("rm_loss", f(T, A), f(T, A), **g)
    case("rpg_loss", f(T, A), f(T, A), **g)
    case("clipped_surrogate_pg_loss", unit(T) * 2, f(T), 0.2, **g)
case("entropy_loss", f(T, A), unit(T))
case("categorical_l2_project", f(N), prob(N), jnp.linspace(-1.0, 1.5, 6), wrt=[0, 1])
case("categorical_l2_project", f(N), prob(N), jnp.asarray([-1.0, 0.0, 0.0, 2.0]), wrt=[0, 1])

for pair in ("IDENTITY_PAIR", "SIGNED_LOGP1_PAIR", "SIGNED_HYPERBOLIC_PAIR", "HYPERBOLIC_SIN_PAIR"):
    tx = getattr(rlax, pair)
    def with_pair(name, *args, first=False, pair=pair, tx=tx, **options):
        fn = getattr(rlax, name)
        if first:
            record(camel(name), lambda *a, **k: fn(tx, *a, **k), args, options, None, {"pair": pair, "first": True})
        else:
            record(camel(name), lambda *a, **k: fn(*a, tx_pair=tx, **k), args, options, None, {"pair": pair})
    with_pair("transformed_lambda_returns", f(T), unit(T), f(T), first=True, lambda_=0.8)
    with_pair("transformed_general_off_policy_returns_from_action_values", f(T, A), i(A, T), f(T), unit(T), unit(T), prob(T, A), first=True)
    with_pair("transformed_q_lambda", f(T, A), i(A, T), f(T), unit(T), f(T, A), unit(T))
    with_pair("transformed_retrace", f(T, A), f(T, A), i(A, T), i(A, T), f(T), unit(T), prob(T, A), unit(T), 0.9)
    with_pair("transformed_n_step_q_learning", f(T, A), i(A, T), f(T, A), i(A, T), f(T), unit(T), 2)
    x = f(6) * 3
    record(pair, tx.apply, (x,), {}, None, {"method": "apply"})
    record(pair, tx.apply_inv, (x,), {}, None, {"method": "applyInv"})
record("DISCOUNT_TRANSFORM_PAIR", rlax.DISCOUNT_TRANSFORM_PAIR.apply, (unit(4),), {}, None, {"method": "apply"})
record("DISCOUNT_TRANSFORM_PAIR", rlax.DISCOUNT_TRANSFORM_PAIR.apply_inv, (f(4),), {}, None, {"method": "applyInv"})
hot = jnp.asarray([-9.0, -4.0, -3.3, 0.0, 1.5, 4.0, 7.0], jnp.float32)
case("transform_to_2hot", hot, -4.0, 4.0, 9)
case("transform_from_2hot", prob(3, 9), -4.0, 4.0, 9)
record("twohotPair", rlax.twohot_pair(-4.0, 4.0, 9).apply, (hot,), {}, None, {"make": [-4.0, 4.0, 9], "method": "apply"})
hyper = rlax.SIGNED_HYPERBOLIC_PAIR
for name in ("muzero_pair", "unbiased_transform_pair"):
    tx = getattr(rlax, name)(-2.0, 2.0, 7, hyper)
    record(camel(name), tx.apply, (jnp.asarray([-20.0, -3.1, 0.2, 2.9, 30.0]),), {}, None, {"make": [-2.0, 2.0, 7], "pair": "SIGNED_HYPERBOLIC_PAIR", "method": "apply"})
    record(camel(name), tx.apply_inv, (prob(4, 7),), {}, None, {"make": [-2.0, 2.0, 7], "pair": "SIGNED_HYPERBOLIC_PAIR", "method": "applyInv"})
case("logit", unit(4))
case("sigmoid", f(4))
case("power", f(4), 0.3)
case("signed_hyperbolic", f(4) * 10, eps=0.01)
case("signed_parabolic", f(4) * 10, eps=0.01)

for make in ({}, {"temperature": 0.5}):
    key = jax.random.key(3)
    method("softmax", make, "sample", key, f(6, A))
    method("softmax", make, "probs", f(6, A))
    method("softmax", make, "logprob", jnp.asarray([0, 2, -1, 3, 1, 1], jnp.int32), f(6, A), wrt=[])
    method("softmax", make, "logprob", i(A, 6), f(6, A))
    method("softmax", make, "entropy", f(6, A))
    method("softmax", make, "kl", f(6, A), f(6, A))
method("clipped_entropy_softmax", {"temperature": 2.0, "entropy_clip": 0.8}, "entropy", f(6, A))
tied = jnp.asarray([[1.0, 2.0, 2.0], [0.0, -1.0, 0.5]])
for factory, make in (("greedy", {}), ("epsilon_greedy", {"epsilon": 0.2})):
    method(factory, make, "sample", jax.random.key(5), tied, wrt=[])
    method(factory, make, "probs", tied, wrt=[])
    method(factory, make, "logprob", jnp.asarray([1, 2], jnp.int32), tied, wrt=[])
    method(factory, make, "entropy", tied, wrt=[])
for m in ("sample", "probs", "entropy"):
    args = ([jax.random.key(1)] if m == "sample" else []) + [tied, 0.4]
    method("epsilon_greedy", {}, m, *args, wrt=[])
for make, sigma in (({"sigma": 0.7}, []), ({}, [unit(2, A)])):
    method("gaussian_diagonal", make, "sample", jax.random.key(4), f(2, A), *sigma)
    for m in ("prob", "logprob"):
        method("gaussian_diagonal", make, m, f(2, A), f(2, A), *sigma)
    for m in ("entropy", "kl_to_standard_normal"):
        method("gaussian_diagonal", make, m, f(2, A), *sigma)
method("gaussian_diagonal", {}, "kl", f(2, A), unit(2, A), f(2, A), unit(2, A))


class Spec:
    minimum, maximum = jnp.asarray([-2.0, 0.0, 1.0]), jnp.asarray([2.0, 3.0, 2.0])


spec = {"minimum": written(Spec.minimum), "maximum": written(Spec.maximum)}
squashed = rlax.squashed_gaussian()
for sp, js in ((None, None), (Spec, spec)):
    y = jnp.tanh(f(2, A) * 0.5) if sp is None else Spec.minimum + unit(2, A) * (Spec.maximum - Spec.minimum)
    record("squashedGaussian", lambda k, m, g, sp=sp: squashed.sample(k, m, g, sp), (jax.random.key(2), f(2, A), f(2, A)), {}, None, {"make": {}, "method": "sample", "spec": js})
    for m in ("prob", "logprob"):
        record("squashedGaussian", lambda v, mu, g, m=m, sp=sp: getattr(squashed, m)(v, mu, g, sp), (y, f(2, A), f(2, A)), {}, None, {"make": {}, "method": m, "spec": js})
for m in ("entropy", "kl_to_standard_normal"):
    method("squashed_gaussian", {"sigma_min": -3.0, "sigma_max": 1.0}, m, f(2, A), f(2, A))
method("squashed_gaussian", {}, "kl", f(2, A), f(2, A), f(2, A), f(2, A))
case("categorical_sample", jax.random.key(9), prob(7, A), wrt=[])
case("categorical_importance_sampling_ratios", f(T, A), f(T, A), i(A, T))
case("categorical_cross_entropy", prob(A), f(A), wrt=[1])
case("categorical_kl_divergence", f(T, A), f(T, A))
case("multivariate_normal_kl_divergence", f(A), unit(A), f(A), unit(A))

case("add_gaussian_noise", jax.random.key(1), f(A), 0.3)
case("add_ornstein_uhlenbeck_noise", jax.random.key(1), f(A), f(A), 0.15, 0.3)
case("add_dirichlet_noise", jax.random.key(1), prob(2, A), 0.3, 0.25)
case("knn_query", f(7, 2), f(3, 2), 4)
emb = f(3, 2)
reward, state = rlax.episodic_memory_intrinsic_rewards(emb, 2, 0.5, max_memory_size=6)
case("episodic_memory_intrinsic_rewards", emb, 2, 0.5, max_memory_size=6, wrt=[])
case("episodic_memory_intrinsic_rewards", f(3, 2), 2, 0.5, max_memory_size=6, intrinsic_reward_state=state, wrt=[])

case("l2_loss", f(4))
case("l2_loss", f(4), targets=f(4))
case("likelihood", jnp.asarray([0.0, 1.0, 0.3, 0.3]), jnp.asarray([0.0, 1.0, 1.0, 0.25]), wrt=[])
case("log_loss", unit(4), unit(4))
case("expectile_loss", f(5), f(5), 0.8)
case("huber_loss", f(6) * 2)
case("huber_loss", f(6) * 2, delta=0.5)
case("clip_gradient", f(4), -0.2, 0.3, wrt=[0])
case("pixel_control_rewards", unit(3, 4, 6, 2), 2)
for kind in ("feature", "absolute_change", "increase", "decrease"):
    case("feature_control_rewards", f(4, 2), cumulant_type=kind)
case("feature_control_rewards", f(4, 2), cumulant_type="potential", discount=0.9)
for d in (0.9, unit(2)):
    record("pixelControlLoss", rlax.pixel_control_loss, (unit(3, 4, 6, 2), i(A, 2), f(3, 2, 3, A), d, 2), {}, [0, 2], {})

P = lambda *shape, per=False: rlax.LagrangePenalty(alpha=jnp.abs(f(*shape)) + 0.1, epsilon=jnp.asarray(0.1, jnp.float32), per_dimension=per)
for stop in (True, False):
    g = dict(use_stop_gradient=stop)
    kls = [(unit(T), P()), (unit(T, A), P(A, per=True))]
    case("mpo_loss", f(4, T), f(4, T), P(), kls, wrt=[0, 1], **g)
    case("mpo_loss", f(T, 4), f(T, 4), P(), kls, wrt=[0, 1], sample_axis=1, policy_loss_weight=0.5, kl_loss_weight=2.0, **g)
    case("vmpo_loss", f(T), f(T), P(), kls, wrt=[0, 1], **g)
    case("vmpo_loss", f(T), f(T), P(), kls, wrt=[0, 1], top_k_fraction=1.0, restarting_weights=jnp.asarray([1.0, 0.0, 1.0, 1.0, 1.0]), importance_weights=unit(T), **g)

pop = rlax.PopArtState(f(4), unit(4) + 0.5, unit(4) + 1.5)
for name in ("normalize", "unnormalize"):
    case(name, pop, f(6), i(4, 6), wrt=[])
case("unnormalize_linear", pop, f(6, 4), i(4, 6), wrt=[])
case("art", pop, f(6), i(4, 6), 0.1, 0.01, 10.0, wrt=[])
case("pop", {"w": f(3, 4), "b": f(4)}, pop, rlax.PopArtState(f(4), unit(4) + 0.5, unit(4)), wrt=[])
init, update = rlax.popart(4, 0.1, 0.01, 10.0)
arguments = ({"w": f(3, 4), "b": f(4)}, init(), f(6) * 5, i(4, 6))
cases.append({"call": "popart", "make": [4, 0.1, 0.01, 10.0], "args": written(arguments), "out": written(update(*arguments))})

case("embed_oar", f(T, 2), i(A, T), f(T), A, wrt=[])
case("extract_subsequences", f(6, 2, 3), jnp.asarray([[0, 1, 3], [2, 2, 0]]), subsequence_len=2, max_valid_start_idx=4, wrt=[])
case("sample_start_indices", jax.random.key(8), 4, 3, 6)
case("fix_step_type_on_interruptions", i(3, 8, 3))
case("batched_index", f(T, A), i(A, T), keepdims=True)
case("one_hot", i(A, 4), A)
case("replace_masked", f(3, 2), f(3, 2), jnp.asarray([1, 0, 1]))
init, update = rlax.create_ema(0.9)
tree = {"a": f(3), "b": f(2, 2)}
state = init(tree)
_, state = update(tree, state)
second = {"a": f(3), "b": f(2, 2)}
cases.append({"call": "createEma", "make": [0.9], "args": [written(tree), written(second)], "out": written(update(second, state))})
json.dump(cases, sys.stdout, separators=(",", ":"))
