"""The cells of JAX's "Autodiff Cookbook" and "Custom derivative rules" notebooks that give numbers, run on a real JAX.

    python test/notebooks/cells.py > test/notebooks/expected.json

notebooks.test.ts runs the same cells on the engine and compares.
"""
import json
import jax
import jax.numpy as jnp
import numpy as np
from jax import custom_jvp, custom_vjp, grad, hessian, jacfwd, jacrev, jit, jvp, random, value_and_grad, vjp, vmap

out = {"jax": jax.__version__}


def cell(name, value):
    leaves = [np.asarray(x) for x in jax.tree.leaves(value)]
    flat = []
    for x in leaves:
        x = x.reshape(-1)
        flat += [float(v) for v in (np.stack([x.real, x.imag], -1).reshape(-1) if np.iscomplexobj(x) else x)]
    out[name] = flat


# ---- The Autodiff Cookbook
cell("cookbook 1", grad(jnp.tanh)(2.0))
cell("cookbook 2", grad(grad(jnp.tanh))(2.0))
cell("cookbook 3", grad(grad(grad(jnp.tanh)))(2.0))
key = random.key(0)
sigmoid = lambda x: 0.5 * (jnp.tanh(x / 2) + 1)
predict = lambda W, b, inputs: sigmoid(jnp.dot(inputs, W) + b)
inputs = jnp.array([[0.52, 1.12, 0.77], [0.88, -1.08, 0.15], [0.52, 0.06, -1.30], [0.74, -2.49, 1.39]])
targets = jnp.array([True, True, False, True])


def loss(W, b):
    preds = predict(W, b, inputs)
    return -jnp.sum(jnp.log(preds * targets + (1 - preds) * (1 - targets)))


key, W_key, b_key = random.split(key, 3)
W, b = random.normal(W_key, (3,)), random.normal(b_key, ())
cell("cookbook 4: W", W)
cell("cookbook 5: b", b)
cell("cookbook 6: loss", loss(W, b))
cell("cookbook 7: W_grad", grad(loss, argnums=0)(W, b))
cell("cookbook 8: b_grad", grad(loss, 1)(W, b))
cell("cookbook 9: both", grad(loss, (0, 1))(W, b))
loss2 = lambda p: loss(p["W"], p["b"])
cell("cookbook 10: dict", grad(loss2)({"W": W, "b": b}))
cell("cookbook 11: value and grad", value_and_grad(loss, (0, 1))(W, b))
eps = 1e-4
key, subkey = random.split(key)
vec = random.normal(subkey, W.shape)
unitvec = vec / jnp.sqrt(jnp.vdot(vec, vec))
cell("cookbook 12: unit vector", unitvec)
cell("cookbook 13: directional derivative", jnp.vdot(grad(loss)(W, b), unitvec))
hvp = lambda f, x, v: grad(lambda x: jnp.vdot(grad(f)(x), v))(x)
f0 = lambda W: loss(W, b)
cell("cookbook 14: hvp", hvp(f0, W, unitvec))
f = lambda W: predict(W, b, inputs)
cell("cookbook 15: jacfwd", jacfwd(f)(W))
cell("cookbook 16: jacrev", jacrev(f)(W))
predict_dict = lambda p, inputs: predict(p["W"], p["b"], inputs)
cell("cookbook 17: jacrev of a dict", jacrev(predict_dict)({"W": W, "b": b}, inputs))
cell("cookbook 18: hessian", hessian(f)(W))
key, subkey = random.split(key)
v = random.normal(subkey, W.shape)
cell("cookbook 19: jvp", jvp(f, (W,), (v,)))
y, vjp_fun = vjp(f, W)
key, subkey = random.split(key)
u = random.normal(subkey, y.shape)
cell("cookbook 20: vjp value", y)
cell("cookbook 21: vjp", vjp_fun(u))
hvp2 = lambda f, primals, tangents: jvp(grad(f), primals, tangents)[1]
g = lambda X: jnp.sum(jnp.tanh(X) ** 2)
key, s1, s2 = random.split(key, 3)
X, V = random.normal(s1, (3, 4)), random.normal(s2, (3, 4))
cell("cookbook 22: forward over reverse", hvp2(g, (X,), (V,)))
cell("cookbook 23: by the full Hessian", jnp.tensordot(hessian(g)(X), V, 2))
cell("cookbook 24: reverse over forward", grad(lambda X: jvp(g, (X,), (V,))[1])(X))
cell("cookbook 25: reverse over reverse", grad(lambda x: jnp.vdot(grad(g)(x), V))(X))
key, subkey = random.split(key)
M = random.normal(subkey, (5, 4))
cell("cookbook 26: vmjp", vmap(vjp_fun)(M))
key, subkey = random.split(key)
N = random.normal(subkey, (5, 3))
cell("cookbook 27: vmjvp", vmap(lambda s: jvp(f, (W,), (s,))[1])(N))
z = 3.0 + 4j
cell("cookbook 28: holomorphic sine", grad(jnp.sin, holomorphic=True)(z))
cell("cookbook 29: conj", grad(jnp.conjugate, holomorphic=True)(z))
fz = lambda z: (lambda x, y: x**2 + y**2)(jnp.real(z), jnp.imag(z))
cell("cookbook 30: real of complex", grad(fz)(z))
A = jnp.array([[5.0, 2.0 + 3j, 5j], [2.0 - 3j, 7.0, 1.0 + 7j], [-5j, 1.0 - 7j, 12.0]])
cell("cookbook 31: complex Cholesky", grad(lambda X: (lambda L: jnp.sum((L - jnp.sin(L)) ** 2))(jnp.linalg.cholesky(X)), holomorphic=True)(A))
cell("cookbook 32: complex jvp", jvp(lambda z: jnp.exp(z) * jnp.conj(z), (1.0 + 2j,), (0.5 - 1j,)))
cell("cookbook 33: complex vjp", vjp(lambda z: jnp.exp(z) * jnp.conj(z), 1.0 + 2j)[1](jnp.array(0.5 - 1j)))

# ---- Custom derivative rules
log1pexp0 = lambda x: jnp.log(1.0 + jnp.exp(x))
cell("custom 1", log1pexp0(3.0))
cell("custom 2: jit", jit(log1pexp0)(3.0))
cell("custom 3: jit grad", jit(grad(log1pexp0))(3.0))
cell("custom 4: vmap jit grad", vmap(jit(grad(log1pexp0)))(jnp.arange(3.0)))
cell("custom 5: unstable", grad(log1pexp0)(100.0))


@custom_jvp
def log1pexp(x):
    return jnp.log(1.0 + jnp.exp(x))


@log1pexp.defjvp
def log1pexp_jvp(primals, tangents):
    (x,), (t,) = primals, tangents
    ans = log1pexp(x)
    return ans, (1 - 1 / (1 + jnp.exp(x))) * t


cell("custom 6: stable", grad(log1pexp)(100.0))
cell("custom 7: jit", jit(log1pexp)(3.0))
cell("custom 8: jit grad", jit(grad(log1pexp))(3.0))
cell("custom 9: vmap jit grad", vmap(jit(grad(log1pexp)))(jnp.arange(3.0)))
cell("custom 10: second derivative", grad(grad(log1pexp))(3.0))
h0 = lambda x: x / (1 + jnp.sqrt(x))
cell("custom 11: convention", grad(h0)(0.0))
h = custom_jvp(h0)
h.defjvp(lambda p, t: (h0(p[0]), ((jnp.sqrt(p[0]) + 2) / (2 * (jnp.sqrt(p[0]) + 1) ** 2)) * t[0]))
cell("custom 12: convention, fixed", grad(h)(0.0))


@custom_vjp
def clip_gradient(lo, hi, x):
    return x


clip_gradient.defvjp(lambda lo, hi, x: (x, (lo, hi)), lambda res, g: (None, None, jnp.clip(g, res[0], res[1])))
t = jnp.linspace(0, 10, 9)
cell("custom 13: gradients", vmap(grad(jnp.sin))(t))
cell("custom 14: clipped gradients", vmap(grad(lambda x: jnp.sin(clip_gradient(-0.75, 0.75, x))))(t))
from jax.lax import while_loop


def fixed_point_impl(f, a, x_guess):
    def cond_fun(carry):
        x_prev, x = carry
        return jnp.abs(x_prev - x) > 1e-6

    def body_fun(carry):
        _, x = carry
        return x, f(a, x)

    return while_loop(cond_fun, body_fun, (x_guess, f(a, x_guess)))[1]


fixed_point = custom_vjp(fixed_point_impl, nondiff_argnums=(0,))


def fixed_point_fwd(f, a, x_init):
    x_star = fixed_point(f, a, x_init)
    return x_star, (a, x_star)


def rev_iter(f, packed, u):
    a, x_star, x_star_bar = packed
    _, vjp_x = vjp(lambda x: f(a, x), x_star)
    return x_star_bar + vjp_x(u)[0]


def fixed_point_rev(f, res, x_star_bar):
    a, x_star = res
    _, vjp_a = vjp(lambda a: f(a, x_star), a)
    (a_bar,) = vjp_a(fixed_point(lambda p, u: rev_iter(f, p, u), (a, x_star, x_star_bar), x_star_bar))
    return a_bar, jnp.zeros_like(x_star)


fixed_point.defvjp(fixed_point_fwd, fixed_point_rev)
newton_sqrt = lambda a: fixed_point(lambda a, x: 0.5 * (x + a / x), a, a)
cell("custom 15: fixed point", newton_sqrt(2.0))
cell("custom 16: its gradient", grad(newton_sqrt)(2.0))
cell("custom 17: its second", grad(grad(newton_sqrt))(2.0))
fxy = custom_jvp(lambda x, y: jnp.sin(x) * y)
fxy.defjvp(lambda p, t: (fxy(*p), jnp.cos(p[0]) * t[0] * p[1] + jnp.sin(p[0]) * t[1]))
cell("custom 18: value", fxy(2.0, 3.0))
cell("custom 19: jvp", jvp(fxy, (2.0, 3.0), (1.0, 0.0)))
cell("custom 20: grad", grad(fxy)(2.0, 3.0))
fs = custom_jvp(lambda x, y: jnp.sin(x) * y)
fs.defjvps(lambda t, ans, x, y: jnp.cos(x) * t * y, lambda t, ans, x, y: jnp.sin(x) * t)
cell("custom 21: defjvps", grad(fs, (0, 1))(2.0, 3.0))
fn = custom_jvp(lambda x, y: x**2 * y)
fn.defjvps(lambda t, ans, x, y: 2 * x * y * t, None)
cell("custom 22: one rule only", grad(fn, (0, 1))(2.0, 3.0))
fv = custom_vjp(lambda x, y: jnp.sin(x) * y)
fv.defvjp(lambda x, y: (fv(x, y), (jnp.cos(x), jnp.sin(x), y)), lambda res, g: (res[0] * g * res[2], res[1] * g))
cell("custom 23: custom_vjp", grad(fv, (0, 1))(2.0, 3.0))
app = custom_jvp(lambda f, x: f(x), nondiff_argnums=(0,))
app.defjvp(lambda f, p, t: (f(p[0]), 2.0 * t[0]))
cell("custom 24: nondiff", app(lambda x: x**3, 3.0))
cell("custom 25: nondiff grad", grad(lambda x: app(lambda y: y**3, x))(3.0))
app2 = custom_jvp(lambda f, x, g: f(g(x)), nondiff_argnums=(0, 2))
app2.defjvp(lambda f, g, p, t: (f(g(p[0])), 3.0 * t[0]))
cell("custom 26: two nondiff", grad(lambda x: app2(lambda a: a**3, x, lambda a: 5 * a))(3.0))
print(json.dumps(out, indent=0))
