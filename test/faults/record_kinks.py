"""Records what real JAX answers at kinks, zeros and infinities: values, first and second derivatives.

    JAX_PLATFORMS=cpu python test/faults/record_kinks.py     (pip install jax==0.10.2)

writes test/faults/kinks.json.gz, which test/unit/kinks.test.ts compares with. Functions of one operand at every point of POINTS, functions of two
at every pair of PAIRS, programs (written once in Python and once in JavaScript) at their own vectors.
"""

import gzip
import json
import math
import os
import re

import jax
import jax.numpy as jnp
import numpy as np

inf, nan = math.inf, math.nan
POINTS = [0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 0.5, -0.5, 2.0, -2.0, 3.0, -3.0, 6.0, 0.25, 1e-4, -1e-4, 1e-30, 30.0, -30.0, 1e4, -1e4, 1e30]
PAIRS = [0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 0.5, 2.0, -2.0, 3.0, 1e-10, 1e4]

UNARY = {
    "numpy": "abs absolute fabs sign sqrt cbrt square exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh "
    "arccosh arctanh negative positive reciprocal floor ceil trunc fix rint round sinc deg2rad rad2deg conjugate real imag angle nan_to_num i0 "
    "spacing unwrap isfinite isnan isinf signbit isposinf isneginf",
    "lax": "abs sign sqrt rsqrt cbrt square exp exp2 expm1 log log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh neg reciprocal "
    "floor ceil round logistic erf erfc erf_inv lgamma digamma bessel_i0e bessel_i1e is_finite",
    "nn": "relu relu6 sigmoid softplus sparse_plus sparse_sigmoid soft_sign silu log_sigmoid hard_sigmoid hard_silu hard_tanh mish elu selu celu "
    "leaky_relu squareplus gelu log1mexp identity",
    "scipy.special": "erf erfc erfinv expit logit entr digamma gammaln gamma gammasgn factorial i0 i0e i1 i1e ndtr ndtri log_ndtr "
    "spence loggamma erfcx dawsn log1p expm1",
}
BINARY = {
    "numpy": "add subtract multiply divide maximum minimum fmax fmin power float_power arctan2 hypot logaddexp logaddexp2 fmod remainder mod "
    "floor_divide copysign heaviside nextafter true_divide equal less greater_equal",
    "lax": "add sub mul div max min pow atan2 rem nextafter igamma igammac polygamma zeta",
    "scipy.special": "xlogy xlog1py rel_entr kl_div boxcox boxcox1p gammainc gammaincc betaln beta",
}
# name, Python, JavaScript, and the vectors that x is; the result is summed to give a gradient.
PROGRAMS = [
    ("norm", "jnp.linalg.norm(x)", "np.linalg.norm(x)", [[0, 0], [3, 4], [0, -2]]),
    ("norm 1", "jnp.linalg.norm(x, ord=1)", "np.linalg.norm(x, { ord: 1 })", [[0, 0], [3, -4]]),
    ("norm inf", "jnp.linalg.norm(x, ord=jnp.inf)", "np.linalg.norm(x, { ord: Infinity })", [[0, 0], [3, -3], [4, -3]]),
    ("norm -inf", "jnp.linalg.norm(x, ord=-jnp.inf)", "np.linalg.norm(x, { ord: -Infinity })", [[0, 0], [3, -3], [4, -3]]),
    ("norm 0", "jnp.linalg.norm(x, ord=0)", "np.linalg.norm(x, { ord: 0 })", [[0, 0], [3, -3]]),
    ("norm 3", "jnp.linalg.norm(x, ord=3)", "np.linalg.norm(x, { ord: 3 })", [[0, 0], [3, -3], [0, 2]]),
    ("max", "jnp.max(x)", "np.max(x)", [[0, 0, 0], [1, 1, 0], [-0.0, 0.0], [1, nan]]),
    ("min", "jnp.min(x)", "np.min(x)", [[0, 0, 0], [1, 1, 0], [-0.0, 0.0], [1, nan]]),
    ("sort", "(jnp.sort(x) * jnp.arange(1.0, x.size + 1))", "np.sort(x).mul(np.arange(1, x.size + 1, { dtype: 'float32' }))", [[1, 1, 1], [2, 0, 2, -1], [0.0, -0.0, 1]]),
    ("median", "jnp.median(x)", "np.median(x)", [[1, 1, 1], [1, 1, 2, 2], [3, 1, 2], [1, nan, 2]]),
    ("var", "jnp.var(x)", "np.var(x)", [[1, 1, 1], [1, 2, 4]]),
    ("std", "jnp.std(x)", "np.std(x)", [[1, 1, 1], [1, 2, 4]]),
    ("std ddof", "jnp.std(x, ddof=1)", "np.std(x, { ddof: 1 })", [[1, 1, 1], [1, 2, 4], [1]]),
    ("ptp", "jnp.ptp(x)", "np.ptp(x)", [[1, 1, 1], [1, 2, 2]]),
    ("prod", "jnp.prod(x)", "np.prod(x)", [[0, 0, 3], [0, 2, 3], [1, 2, 3]]),
    ("cumprod", "jnp.cumprod(x)", "np.cumprod(x)", [[0, 0, 3], [0, 2, 3], [1, 2, 3]]),
    ("cummax", "jax.lax.cummax(x)", "lax.cummax(x)", [[1, 1, 0], [0, 2, 2, 1]]),
    ("cummin", "jax.lax.cummin(x)", "lax.cummin(x)", [[1, 1, 0], [0, 2, 2, -1]]),
    ("cumlogsumexp", "jax.lax.cumlogsumexp(x)", "lax.cumlogsumexp(x)", [[1, 1, 0], [-inf, 2, 2], [1, inf, 2]]),
    ("logsumexp", "jax.nn.logsumexp(x)", "nn.logsumexp(x)", [[1, 1, 1], [0, 1000, 1000], [-inf, -inf], [inf, 1], [-inf, 1]]),
    ("softmax", "jax.nn.softmax(x)[0]", "nn.softmax(x).get(0)", [[1, 1, 1], [0, 1000, 1000], [-inf, 1], [inf, 1]]),
    ("log_softmax", "jax.nn.log_softmax(x)[0]", "nn.logSoftmax(x).get(0)", [[1, 1, 1], [0, 1000, 1000], [-inf, 1], [inf, 1]]),
    ("clip", "jnp.clip(x, -1, 1)", "np.clip(x, -1, 1)", [[-1, 1, 0, -2, 2, nan]]),
    ("clip equal bounds", "jnp.clip(x, 1, 1)", "np.clip(x, 1, 1)", [[-1, 1, 2]]),
    ("lax.clamp", "jax.lax.clamp(-1.0, x, 1.0)", "lax.clamp(-1, x, 1)", [[-1, 1, 0, -2, 2, nan]]),
    ("clamp bounds", "jax.lax.clamp(x[0], x[1], x[2])", "lax.clamp(x.get(0), x.get(1), x.get(2))", [[0, 0, 0], [0, 1, 2], [0, 2, 2], [0, -1, 2]]),
    ("where safe sqrt", "jnp.where(x > 0, jnp.sqrt(jnp.where(x > 0, x, 1)), 0)", "np.where(x.gt(0), np.sqrt(np.where(x.gt(0), x, 1)), 0)", [[0, 1, -1, 4]]),
    ("where unsafe sqrt", "jnp.where(x > 0, jnp.sqrt(x), 0)", "np.where(x.gt(0), np.sqrt(x), 0)", [[0, 1, -1, 4]]),
    ("x ** 0", "x ** 0", "x.pow(0)", [[0, 1, -1, nan, inf]]),
    ("x ** 1", "x ** 1", "x.pow(1)", [[0, 1, -1, nan, inf]]),
    ("x ** 2", "x ** 2", "x.pow(2)", [[0, 1, -1, nan, inf]]),
    ("x ** 3", "x ** 3", "x.pow(3)", [[0, 1, -1, nan, inf]]),
    ("x ** -1", "x ** -1", "x.pow(-1)", [[0, -0.0, 1, -1, inf]]),
    ("x ** -2", "x ** -2", "x.pow(-2)", [[0, -0.0, 1, -1, inf]]),
    ("x ** 0.5", "x ** 0.5", "x.pow(0.5)", [[0, 1, -1, inf]]),
    ("x ** 1.5", "x ** 1.5", "x.pow(1.5)", [[0, 1, -1, inf]]),
    ("x ** int array", "jnp.power(x, jnp.array([0, 1, 2, 3, -1]))", "np.power(x, np.array([0, 1, 2, 3, -1], { dtype: 'int32' }))", [[0, 0, 0, 0, 0], [1, 2, -1, 2, 2]]),
    ("x ** x", "x ** x", "x.pow(x)", [[0, 1, -1, 2, 0.5]]),
    ("2 ** x", "2 ** x", "np.power(2, x)", [[0, 1, -1, inf, -inf]]),
    ("0 ** x", "0.0 ** x", "np.power(0, x)", [[0, 1, -1, 2]]),
    ("maximum self", "jnp.maximum(x, x)", "np.maximum(x, x)", [[0, 1, -1]]),
    ("maximum 0", "jnp.maximum(x, 0)", "np.maximum(x, 0)", [[0, 1, -1, nan]]),
    ("minimum 0", "jnp.minimum(x, 0)", "np.minimum(x, 0)", [[0, 1, -1, nan]]),
    ("abs squared", "jnp.abs(x) ** 2", "np.abs(x).pow(2)", [[0, 1, -1]]),
    ("sqrt of square", "jnp.sqrt(x ** 2)", "np.sqrt(x.pow(2))", [[0, 1, -1]]),
    ("arctan2 of both", "jnp.arctan2(x[0], x[1])", "np.arctan2(x.get(0), x.get(1))", [[0, 0], [0, 1], [1, 0], [0, -1]]),
    ("hypot of both", "jnp.hypot(x[0], x[1])", "np.hypot(x.get(0), x.get(1))", [[0, 0], [0, 1], [1, 0], [3, -4], [1, 1]]),
    ("logaddexp of both", "jnp.logaddexp(x[0], x[1])", "np.logaddexp(x.get(0), x.get(1))", [[0, 0], [inf, inf], [-inf, -inf], [inf, 1], [-inf, 1], [1, 2]]),
    ("quantile", "jnp.quantile(x, 0.3)", "np.quantile(x, 0.3)", [[1, 1, 1], [3, 1, 2, 4], [0, 0, 1]]),
    ("percentile nearest", "jnp.percentile(x, 50, method='nearest')", "np.percentile(x, 50, { method: 'nearest' })", [[1, 1], [3, 1, 2, 4]]),
    ("top_k", "(jax.lax.top_k(x, 2)[0] * jnp.array([1.0, 2.0]))", "lax.topK(x, 2)[0].mul(np.array([1, 2]))", [[1, 1, 1], [3, 1, 2]]),
    ("interp", "jnp.interp(x, jnp.array([0.0, 1.0, 2.0]), jnp.array([0.0, 1.0, 0.0]))", "np.interp(x, np.array([0, 1, 2]), np.array([0, 1, 0]))", [[0, 1, 2, 0.5, -1, 3]]),
    ("mean where", "jnp.mean(x, where=x > 0)", "np.mean(x, { where: x.gt(0) })", [[1, -1, 0, 2], [-1, -2]]),
    ("nanmax", "jnp.nanmax(x)", "np.nanmax(x)", [[1, nan, 1], [nan, nan]]),
    ("nanmin", "jnp.nanmin(x)", "np.nanmin(x)", [[1, nan, 1], [nan, nan]]),
    ("nanmean", "jnp.nanmean(x)", "np.nanmean(x)", [[1, nan, 1], [nan, nan]]),
    ("nanvar", "jnp.nanvar(x)", "np.nanvar(x)", [[1, nan, 1], [1, nan, 3]]),
    ("nanstd", "jnp.nanstd(x)", "np.nanstd(x)", [[1, nan, 1], [1, nan, 3]]),
    ("nansum", "jnp.nansum(x ** 2)", "np.nansum(x.pow(2))", [[1, nan, 3]]),
    ("det", "jnp.linalg.det(x.reshape(2, 2))", "np.linalg.det(x.reshape([2, 2]))", [[1, 2, 2, 4], [0, 0, 0, 0], [1, 0, 0, 1]]),
    ("segment_max", "jax.ops.segment_max(x, jnp.array([0, 0, 1]), 2)", "ops.segmentMax(x, np.array([0, 0, 1], { dtype: 'int32' }), { numSegments: 2 })", [[1, 1, 2], [1, 3, 2]]),
    ("segment_prod", "jnp.stack([x[0] * x[1], x[2]])", "ops.segmentProd(x, np.array([0, 0, 1], { dtype: 'int32' }), { numSegments: 2 })", [[1, 1, 2], [0, 3, 2], [0, 0, 2]]),
    ("at max", "jnp.zeros(2).at[jnp.array([0, 0, 1])].max(x)", "np.zeros([2]).at(np.array([0, 0, 1], { dtype: 'int32' })).max(x)", [[1, 1, 2], [0, 0, 0], [-1, 3, 2]]),
    ("at min", "jnp.zeros(2).at[jnp.array([0, 0, 1])].min(x)", "np.zeros([2]).at(np.array([0, 0, 1], { dtype: 'int32' })).min(x)", [[-1, -1, -2], [0, 0, 0], [-1, 3, 2]]),
    ("reduce_window max", "jax.lax.reduce_window(x, -jnp.inf, jax.lax.max, (2,), (1,), 'VALID')", "lax.reduceWindow(x, -Infinity, lax.max, [2], [1], 'VALID')", [[1, 1, 1], [1, 2, 2]]),
    ("standardize", "jax.nn.standardize(x)", "nn.standardize(x)", [[1, 1, 1], [1, 2, 4]]),
    ("hard_tanh squared", "jax.nn.hard_tanh(x) ** 2", "nn.hardTanh(x).pow(2)", [[1, -1, 0.5]]),
    ("glu", "jax.nn.glu(x)", "nn.glu(x)", [[1, 0], [0, 0]]),
    ("gelu exact", "jax.nn.gelu(x, approximate=False)", "nn.gelu(x, { approximate: false })", [[0, 1, -1, 10, -10, inf, -inf]]),
    ("softmax where", "jax.nn.softmax(x, where=jnp.array([True, True, False]))[0]", "nn.softmax(x, { where: np.array([true, true, false]) }).get(0)", [[1, 1, 1000], [1, 2, nan], [1, 2, inf]]),
    ("log_softmax where", "jax.nn.log_softmax(x, where=jnp.array([True, True, False]))[0]", "nn.logSoftmax(x, { where: np.array([true, true, false]) }).get(0)", [[1, 1, 1000], [1, 2, nan]]),
    ("logsumexp where", "jax.nn.logsumexp(x, where=jnp.array([True, True, False]))", "nn.logsumexp(x, { where: np.array([true, true, false]) })", [[1, 1, 1000], [1, 2, nan], [1, 2, inf]]),
    ("logsumexp b", "jax.nn.logsumexp(x, b=jnp.array([1.0, 0.0, 2.0]))", "nn.logsumexp(x, { b: np.array([1, 0, 2]) })", [[1, 1000, 1], [1, inf, 1]]),
    ("max where", "jnp.max(x, where=jnp.array([True, True, False]), initial=-5)", "np.max(x, { where: np.array([true, true, false]), initial: -5 })", [[1, 1, 3], [-5, -6, 0]]),
    ("var where", "jnp.var(x, where=jnp.array([True, True, False]))", "np.var(x, { where: np.array([true, true, false]) })", [[1, 1, 3], [1, 2, nan]]),
    ("unwrap", "jnp.unwrap(x)", "np.unwrap(x)", [[0, 3.5, 7]]),
    ("nan_to_num", "jnp.nan_to_num(x)", "np.nanToNum(x)", [[0, nan, inf, -inf, 1]]),
    ("sinc of product", "jnp.sinc(x[0] * x[1])", "np.sinc(x.get(0).mul(x.get(1)))", [[0, 1], [0, 0], [1, 1]]),
    ("x / |x|", "x / jnp.abs(x)", "x.div(np.abs(x))", [[1, -1, 0]]),
    ("sqrt(|x|)", "jnp.sqrt(jnp.abs(x))", "np.sqrt(np.abs(x))", [[1, -1, 0]]),
    ("log(softplus)", "jnp.log(jax.nn.softplus(x))", "np.log(nn.softplus(x))", [[0, 20, -20]]),
    ("cosine similarity", "jnp.dot(x[:2], x[2:]) / (jnp.linalg.norm(x[:2]) * jnp.linalg.norm(x[2:]))", "np.dot(x.get(':2'), x.get('2:')).div(np.linalg.norm(x.get(':2')).mul(np.linalg.norm(x.get('2:'))))", [[1, 2, 3, 4], [0, 0, 1, 1]]),
    ("trapezoid of |x|", "jnp.trapezoid(jnp.abs(x))", "np.trapezoid(np.abs(x))", [[-1, 0, 1]]),
    ("cov", "jnp.cov(x.reshape(2, -1))", "np.cov(x.reshape([2, -1]))", [[1, 1, 1, 1], [1, 2, 3, 5]]),
    ("corrcoef", "jnp.corrcoef(x.reshape(2, -1))[0, 1]", "np.corrcoef(x.reshape([2, -1])).get(0, 1)", [[1, 2, 5, 3], [1, 2, 3, 5]]),
]
camel = lambda s: re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), s)
plain = lambda a: [None if math.isnan(v) else "inf" if v == inf else "-inf" if v == -inf else float(f"{v:.7g}") for v in np.asarray(a, np.float64).ravel()]


def find(module, name):
    m = jax
    for part in module.split("."):
        m = __import__("jax.scipy.special", fromlist=["x"]) if part == "scipy" else m if part == "special" and m.__name__ == "jax.scipy.special" else getattr(m, part)
    return getattr(m, name, None)


def scalar(f):
    """The function of scalars, its results as floats."""
    def g(*xs):
        return jnp.asarray(f(*xs)).astype(jnp.float32).reshape(())

    return g


def attempt(f):
    try:
        return plain(f())
    except Exception as e:  # a function that JAX cannot differentiate is recorded as null
        return None


def main():
    x = jnp.array(POINTS, jnp.float32)
    out = {"points": plain(x), "pairs": plain(PAIRS), "signs": "the second point is -0", "unary": {}, "binary": {}, "programs": []}
    for module, names in UNARY.items():
        for name in dict.fromkeys(names.split()):
            f = find(module, name)
            if f is None:
                print("no", module, name)
                continue
            g = scalar(f)
            print(name, flush=True)
            row = [attempt(lambda: jax.vmap(g)(x)), attempt(lambda: jax.vmap(jax.grad(g))(x)), attempt(lambda: jax.vmap(jax.grad(jax.grad(g)))(x))]
            out["unary"][f"{module}.{camel(name)}"] = row
    p, q = (jnp.array(v, jnp.float32) for v in zip(*[(a, b) for a in PAIRS for b in PAIRS]))
    for module, names in BINARY.items():
        for name in dict.fromkeys(names.split()):
            f = find(module, name)
            if f is None:
                print("no", module, name)
                continue
            print(name, flush=True)
            g = scalar(f)
            d = lambda *args: attempt(lambda: jax.vmap(_nest(g, args))(p, q))
            out["binary"][f"{module}.{camel(name)}"] = [d(), d(0), d(1), d(0, 0), d(0, 1), d(1, 1)]
    for name, py, js, vectors in PROGRAMS:
        g = eval(f"lambda x: jnp.asarray({py}).sum()", {"jax": jax, "jnp": jnp})
        for v in vectors:
            a = jnp.array(v, jnp.float32)
            out["programs"].append({"name": name, "js": js, "x": plain(a), "minus0": [i for i, e in enumerate(v) if e == 0 and math.copysign(1, e) < 0],
                                    "value": attempt(lambda: g(a)), "grad": attempt(lambda: jax.grad(g)(a)), "hessian": attempt(lambda: jax.hessian(g)(a))})
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kinks.json.gz")
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(json.dumps(out, separators=(",", ":")).encode())
    print(len(out["unary"]), len(out["binary"]), len(out["programs"]), os.path.getsize(path))


def _nest(g, args):
    for a in args:
        g = jax.grad(g, argnums=a)
    return g


main()
