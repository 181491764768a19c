"""Makes random programs and records what a real JAX answers: values, and gradients with respect to a subset of the floating inputs.

    python record.py --count 3000 --seed 0 --out programs.jsonl.gz

A program is a list of inputs and of statements; a statement names an operation of OPS, its operands (earlier values, by position) and its static
parameters. run.mjs reads the same text. Tolerances come from evaluating each program in 64-bit types as well; a program whose float32 answer strays
far from that, or whose integers change, says nothing about an engine and is dropped.
"""
import argparse, base64, gzip, json, random
import jax, jax.numpy as jnp, numpy as np
from jax import lax, nn

jax.config.update("jax_enable_x64", True)
FLOATS, INTS = ["float32"], ["int32"]
HALVES, NARROW = ["bfloat16", "float16"], ["int8", "uint8", "uint32", "int16"]
WIDE = {"float32": "float64", "bfloat16": "float64", "float16": "float64", "complex64": "complex128"}

inexact = lambda x: jnp.issubdtype(x.dtype, jnp.inexact)
integral = lambda x: jnp.issubdtype(x.dtype, jnp.integer)
boolean = lambda x: x.dtype == jnp.bool_
number = lambda x: not boolean(x)
anything = lambda x: True

# name → (function of operands and parameters, which operands it takes)
UNARY = {
    "abs": (jnp.abs, number), "negative": (jnp.negative, number), "sign": (jnp.sign, number), "square": (jnp.square, number),
    "sin": (jnp.sin, inexact), "cos": (jnp.cos, inexact), "tan": (jnp.tan, inexact), "tanh": (jnp.tanh, inexact), "exp": (jnp.exp, inexact),
    "expm1": (jnp.expm1, inexact), "log1pAbs": (lambda x: jnp.log1p(jnp.abs(x)), inexact), "sqrtAbs": (lambda x: jnp.sqrt(jnp.abs(x)), inexact),
    "arctan": (jnp.arctan, inexact), "sinh": (jnp.sinh, inexact), "arcsinh": (jnp.arcsinh, inexact), "cbrt": (jnp.cbrt, inexact),
    "floor": (jnp.floor, inexact), "ceil": (jnp.ceil, inexact), "rint": (jnp.rint, inexact), "trunc": (jnp.trunc, inexact),
    "sigmoid": (nn.sigmoid, inexact), "relu": (nn.relu, number), "softplus": (nn.softplus, inexact), "gelu": (nn.gelu, inexact),
    "silu": (nn.silu, inexact), "erf": (lambda x: jax.scipy.special.erf(x), inexact), "reciprocal": (jnp.reciprocal, inexact),
    "logicalNot": (jnp.logical_not, anything), "invert": (jnp.invert, lambda x: integral(x) or boolean(x)), "isfinite": (jnp.isfinite, inexact),
    "cumsum": (lambda x, axis: jnp.cumsum(x, axis=axis), number), "cumprod": (lambda x, axis: jnp.cumprod(x, axis=axis), number),
    "cummax": (lambda x, axis: lax.cummax(x, axis=axis), number), "sort": (lambda x, axis: jnp.sort(x, axis=axis), anything),
    "argsort": (lambda x, axis: jnp.argsort(x, axis=axis), anything), "flip": (lambda x, axis: jnp.flip(x, axis=axis), anything),
    "softmax": (lambda x, axis: nn.softmax(x, axis=axis), inexact), "logSoftmax": (lambda x, axis: nn.log_softmax(x, axis=axis), inexact),
    "diff": (lambda x, axis: jnp.diff(x, axis=axis), number),
}
AXIS_UNARY = {"cumsum", "cumprod", "cummax", "sort", "argsort", "flip", "softmax", "logSoftmax", "diff"}
BINARY = {
    "add": (jnp.add, anything), "subtract": (jnp.subtract, number), "multiply": (jnp.multiply, anything), "divide": (jnp.divide, number),
    "floorDivide": (jnp.floor_divide, number), "remainder": (jnp.remainder, number), "maximum": (jnp.maximum, anything),
    "minimum": (jnp.minimum, anything), "arctan2": (jnp.arctan2, inexact), "hypot": (jnp.hypot, inexact), "logaddexp": (jnp.logaddexp, inexact),
    "copysign": (jnp.copysign, inexact), "equal": (jnp.equal, anything), "less": (jnp.less, anything), "greaterEqual": (jnp.greater_equal, anything),
    "logicalAnd": (jnp.logical_and, anything), "logicalXor": (jnp.logical_xor, anything), "bitwiseAnd": (jnp.bitwise_and, integral),
    "bitwiseXor": (jnp.bitwise_xor, integral), "leftShift": (jnp.left_shift, integral), "rightShift": (jnp.right_shift, integral),
    "power": (lambda x, y: jnp.power(jnp.abs(x), y), inexact),
}
REDUCTIONS = {
    "sum": (jnp.sum, anything), "prod": (jnp.prod, number), "max": (jnp.max, anything), "min": (jnp.min, anything), "mean": (jnp.mean, number),
    "var": (jnp.var, number), "std": (jnp.std, number), "any": (jnp.any, anything), "all": (jnp.all, anything),
    "logsumexp": (lambda x, axis, keepdims: nn.logsumexp(x, axis=axis, keepdims=keepdims), inexact),
}
ARG_REDUCTIONS = {"argmax": jnp.argmax, "argmin": jnp.argmin}
MOVES = {
    "reshape": lambda x, shape: jnp.reshape(x, shape), "transpose": lambda x, axes: jnp.transpose(x, axes),
    "roll": lambda x, shift, axis: jnp.roll(x, shift, axis=axis), "expandDims": lambda x, axis: jnp.expand_dims(x, axis),
    "broadcastTo": lambda x, shape: jnp.broadcast_to(x, shape), "tile": lambda x, reps: jnp.tile(x, reps),
    "repeat": lambda x, repeats, axis: jnp.repeat(x, repeats, axis=axis), "pad": lambda x, widths, mode: jnp.pad(x, widths, mode=mode),
    "slice": lambda x, axis, start, stop, step: x[(slice(None),) * axis + (slice(start, stop, step),)],
    "index": lambda x, axis, i: x[(slice(None),) * axis + (i,)], "take": lambda x, indices, axis: jnp.take(x, np.array(indices), axis=axis),
    "tril": lambda x, k: jnp.tril(x, k), "triu": lambda x, k: jnp.triu(x, k), "astype": lambda x, dtype: x.astype(dtype),
    "clip": lambda x, lo, hi: jnp.clip(x, lo, hi), "scalarAdd": lambda x, v: x + v, "scalarMul": lambda x, v: x * v, "scalarRsub": lambda x, v: v - x,
    "scalarDiv": lambda x, v: x / v, "integerPower": lambda x, n: lax.integer_pow(x, n),
}
OTHERS = {
    "where": lambda c, x, y: jnp.where(c, x, y), "select": lambda x, y: jnp.where(x > y, x, y), "concatenate": lambda x, y, axis: jnp.concatenate([x, y], axis),
    "stack": lambda x, y, axis: jnp.stack([x, y], axis), "matmul": jnp.matmul, "tensordot": lambda x, y, axes: jnp.tensordot(x, y, axes), "outer": jnp.outer,
    "einsum": lambda x, y, spec: jnp.einsum(spec, x, y), "atSet": lambda x, y, axis, i: x.at[(slice(None),) * axis + (i,)].set(y),
    "atAdd": lambda x, y, axis, i: x.at[(slice(None),) * axis + (i,)].add(y), "gatherRows": lambda x, i: x[jnp.abs(i) % x.shape[0]],
    "scatterRows": lambda x, i, y: x.at[jnp.abs(i) % x.shape[0]].add(y), "takeAlongAxis": lambda x, axis: jnp.take_along_axis(x, jnp.argsort(x, axis=axis), axis=axis),
}
def body(kind):
    """Loop bodies and branches, by name: functions of a carry (and a step)."""
    return {
        "tanh": lambda h, w: jnp.tanh(h * w + 0.5), "sine": lambda h, w: jnp.sin(h) + w, "mix": lambda h, w: jnp.where(h > w, h * 0.9, w * 0.5),
        "product": lambda h, w: h * w * 0.5, "relu": lambda h, w: jnp.maximum(h - w, 0.0),
    }[kind]
CONTROL = {
    "scan": lambda h, xs, kind, reverse: lax.scan(lambda c, x: (body(kind)(c, x),) * 2, h, xs, reverse=reverse)[1],
    "scanFromZero": lambda xs, w, kind: lax.scan(lambda c, x: (body(kind)(c, x) + w, c), jnp.zeros_like(xs[0]), xs)[0],
    "foriLoop": lambda h, w, kind, n: lax.fori_loop(0, n, lambda i, c: body(kind)(c, w), h),
    "cond": lambda p, h, w, one, two: lax.cond(jnp.sum(p) > 0, lambda a, b: body(one)(a, b), lambda a, b: body(two)(a, b), h, w),
    "whileLoop": lambda h, kind: lax.while_loop(lambda s: s[0] < 4, lambda s: (s[0] + 1, body(kind)(s[1], jnp.asarray(0.5, h.dtype))), (0, h))[1],
    "checkpoint": lambda h, w, kind: jax.checkpoint(body(kind))(h, w), "jitted": lambda h, w, kind: jax.jit(body(kind))(h, w),
    "vmapped": lambda h, w, kind: jax.vmap(body(kind), in_axes=(0, None))(h, w),
    "jvp": lambda h, w, kind: jax.jvp(lambda a: body(kind)(a, w), (h,), (jnp.ones_like(h),))[1],
    "innerGrad": lambda h, w, kind: jax.grad(lambda a: jnp.sum(body(kind)(a, w)))(h),
}
TABLE = {**{k: f for k, (f, _) in {**UNARY, **BINARY}.items()}, **{k: (lambda f: lambda x, axis, keepdims: f(x, axis=axis, keepdims=keepdims))(f) for k, (f, _) in REDUCTIONS.items()},
         **{k: (lambda f: lambda x, axis: f(x, axis=axis))(f) for k, f in ARG_REDUCTIONS.items()}, **MOVES, **OTHERS, **CONTROL}

def tuples(v):
    return tuple(tuples(x) for x in v) if isinstance(v, list) else v
def evaluate(program, inputs):
    env = list(inputs)
    for s in program["statements"]:
        env.append(TABLE[s["op"]](*[env[i] for i in s["args"]], **{k: tuples(v) for k, v in s.get("params", {}).items()}))
    return [env[i] for i in program["outputs"]]

# ---------------------------------------------------------------- making programs
def statement(rng, env):
    """One random statement over the values so far, or None where the draw does not fit."""
    any_of = lambda test=anything: rng.choice([i for i, v in enumerate(env) if test(v)] or [None])
    axis_of = lambda v: rng.randrange(-v.ndim, v.ndim)
    kind = rng.choices(["unary", "binary", "reduce", "arg", "move", "other", "control"], [26, 26, 12, 3, 26, 18, 14])[0]
    if kind == "unary":
        op = rng.choice(list(UNARY)); i = any_of(UNARY[op][1])
        if i is None: return None
        if op in AXIS_UNARY: return None if env[i].ndim == 0 else dict(op=op, args=[i], params=dict(axis=axis_of(env[i])))
        return dict(op=op, args=[i])
    if kind == "binary":
        op = rng.choice(list(BINARY)); test = BINARY[op][1]; i, j = any_of(test), any_of(test)
        return None if i is None or j is None else dict(op=op, args=[i, j])
    if kind == "reduce":
        op = rng.choice(list(REDUCTIONS)); i = any_of(REDUCTIONS[op][1])
        if i is None: return None
        nd = env[i].ndim
        axis = None if nd == 0 or rng.random() < .3 else sorted(rng.sample(range(nd), rng.randint(1, nd))) if rng.random() < .4 else axis_of(env[i])
        return dict(op=op, args=[i], params=dict(axis=axis, keepdims=rng.random() < .4))
    if kind == "arg":
        i = any_of(lambda v: v.ndim > 0)
        return None if i is None else dict(op=rng.choice(list(ARG_REDUCTIONS)), args=[i], params=dict(axis=axis_of(env[i])))
    if kind == "move":
        i = any_of(); v = env[i]; op = rng.choice(list(MOVES)); nd = v.ndim; shape = list(v.shape)
        p = {}
        if op == "reshape":
            p = dict(shape=rng.choice([[-1], [v.size], [1] + shape, shape + [1], shape[::-1]]))
        elif op == "transpose": p = dict(axes=rng.sample(range(nd), nd))
        elif op == "expandDims": p = dict(axis=rng.randint(-nd - 1, nd))
        elif op == "broadcastTo": p = dict(shape=[rng.randint(1, 3)] + shape)
        elif op == "tile": p = dict(reps=[rng.randint(1, 2) for _ in range(max(nd, 1))])
        elif op == "pad": p = dict(widths=[[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(nd)], mode=rng.choice(["constant", "edge", "wrap"]))
        elif op == "astype": p = dict(dtype=rng.choice(["float32"] * 3 + ["int32"] * 2 + ["bool", "bfloat16", "float16", "int8", "uint8"]))
        elif op in ("tril", "triu"):
            if nd < 2: return None
            p = dict(k=rng.randint(-2, 2))
        elif op == "clip":
            if boolean(v): return None
            p = dict(lo=-1, hi=2) if integral(v) else dict(lo=-0.75, hi=0.75)
        elif op.startswith("scalar"):
            p = dict(v=rng.choice([2, 3, -1]) if integral(v) or boolean(v) else rng.choice([0.5, 2.25, -1.5, 3]))
        elif op == "integerPower":
            if not inexact(v): return None
            p = dict(n=rng.choice([2, 3, 4]))
        else:
            if nd == 0: return None
            a = rng.randrange(nd); n = shape[a]
            if n == 0: return None
            p = dict(axis=a)
            if op == "roll": p.update(shift=rng.randint(-3, 3))
            elif op == "repeat": p.update(repeats=rng.randint(1, 2))
            elif op == "slice": p.update(start=rng.choice([None, 0, 1, -2]), stop=rng.choice([None, n, -1]), step=rng.choice([None, 1, 2, -1]))
            elif op == "index": p.update(i=rng.randrange(-n, n))
            elif op == "take": p.update(indices=[rng.randrange(n) for _ in range(rng.randint(1, 4))])
        return dict(op=op, args=[i], params=p)
    if kind == "other":
        op = rng.choice(list(OTHERS)); i, j = any_of(), any_of(); x, y = env[i], env[j]
        if op == "where":
            c = any_of(lambda v: True); return dict(op=op, args=[c, i, j])
        if op == "select": return dict(op=op, args=[i, j])
        if op in ("concatenate", "stack"):
            k = any_of(lambda v: v.shape == x.shape and v.ndim > 0)
            return None if k is None or x.ndim == 0 else dict(op=op, args=[i, k], params=dict(axis=rng.randrange(x.ndim)))
        if op == "matmul": return dict(op=op, args=[i, j])
        if op == "tensordot": return dict(op=op, args=[i, j], params=dict(axes=rng.randint(0, 2)))
        if op == "outer": return dict(op=op, args=[i, j])
        if op == "einsum": return dict(op=op, args=[i, j], params=dict(spec=rng.choice(["ij,jk->ik", "ij,kj->ki", "ij,ij->i", "ij,j->", "i,i->", "i,j->ji", "ijk,kl->ijl", "ij,jk->"])))
        if op in ("atSet", "atAdd"):
            if x.ndim == 0: return None
            a = rng.randrange(x.ndim)
            return None if x.shape[a] == 0 else dict(op=op, args=[i, j], params=dict(axis=a, i=rng.randrange(-x.shape[a], x.shape[a])))
        if op in ("gatherRows", "scatterRows"):
            k = any_of(lambda v: integral(v) and v.ndim <= 1)
            if k is None or x.ndim == 0 or x.shape[0] == 0: return None
            return dict(op=op, args=[i, k] if op == "gatherRows" else [i, k, j])
        return None if x.ndim == 0 else dict(op=op, args=[i], params=dict(axis=rng.randrange(x.ndim)))
    op = rng.choice(list(CONTROL)); kinds = ["tanh", "sine", "mix", "product", "relu"]
    f32 = lambda v: v.dtype == jnp.float32 or v.dtype == jnp.bfloat16
    i = any_of(f32)
    if i is None: return None
    x = env[i]; same = any_of(lambda v: v.shape == x.shape and v.dtype == x.dtype); w = any_of(lambda v: v.ndim == 0 and v.dtype == x.dtype)
    k = rng.choice(kinds)
    if op == "scan":
        xs = any_of(lambda v: v.dtype == x.dtype and v.ndim == x.ndim + 1 and v.shape[1:] == x.shape)
        return None if xs is None else dict(op=op, args=[i, xs], params=dict(kind=k, reverse=rng.random() < .3))
    if op == "scanFromZero":
        if x.ndim == 0 or x.shape[0] == 0: return None
        w = any_of(lambda v: v.dtype == x.dtype and v.shape in ((), x.shape[1:]))
        return None if w is None else dict(op=op, args=[i, w], params=dict(kind=k))
    if op == "foriLoop": return dict(op=op, args=[i, same], params=dict(kind=k, n=rng.randint(0, 4)))
    if op == "cond": return dict(op=op, args=[any_of(), i, same], params=dict(one=k, two=rng.choice(kinds)))
    if op == "whileLoop": return dict(op=op, args=[i], params=dict(kind=k))
    if op == "vmapped":
        if x.ndim == 0: return None
        w = any_of(lambda v: v.dtype == x.dtype and v.shape in ((), x.shape[1:]))
        return None if w is None else dict(op=op, args=[i, w], params=dict(kind=k))
    return dict(op=op, args=[i, same], params=dict(kind=k))

SHAPES = [[], [3], [4], [1], [2, 3], [3, 2], [3, 3], [4, 3], [1, 4], [2, 3, 4], [8], [5]]
def make(rng):
    shapes = rng.sample(SHAPES, 3)
    spec = [(rng.choice(shapes), rng.choices(["float32", "int32", "bool", *HALVES, *NARROW, "float32"], [10, 4, 1, 2, 2, 1, 1, 1, 1, 10])[0]) for _ in range(rng.randint(2, 4))]
    values = []
    for shape, dtype in spec:
        n = int(np.prod(shape))
        if dtype == "bool": v = [rng.random() < .5 for _ in range(n)]
        elif dtype.startswith("uint"): v = [rng.randint(0, 9) for _ in range(n)]
        elif "int" in dtype: v = [rng.randint(-6, 6) for _ in range(n)]
        else: v = [round(rng.uniform(-2, 2), 3) for _ in range(n)]
        values.append(np.array(v).reshape(shape))
    inputs = [v.astype(jnp.dtype(d)) for v, (_, d) in zip(values, spec)]
    program, env = dict(inputs=[d for _, d in spec], statements=[]), [jax.ShapeDtypeStruct(v.shape, v.dtype) for v in inputs]
    for _ in range(rng.randint(3, 14)):
        for _try in range(20):
            s = statement(rng, env)
            if s is None: continue
            try: v = jax.eval_shape(lambda *a: TABLE[s["op"]](*a, **{k: tuples(p) for k, p in s.get("params", {}).items()}), *[env[i] for i in s["args"]])
            except Exception: continue
            if v.size > 96 or v.ndim > 4: continue
            program["statements"].append(s); env.append(v); break
    used = {i for s in program["statements"] for i in s["args"]}
    last = [i for i in range(len(inputs), len(env)) if i not in used]
    program["outputs"] = last[-3:]
    return program, inputs

# ---------------------------------------------------------------- recording
def pack(v):
    a = np.asarray(v); name = str(v.dtype)
    return {"$a": name, "shape": list(a.shape), "b64": base64.b64encode(a.tobytes()).decode(), **({"weak": True} if getattr(v, "weak_type", False) else {})}
def loss(program, floats, inputs, weights):
    def f(*fs):
        given = list(inputs)
        for i, x in zip(floats, fs): given[i] = x
        outs = evaluate(program, given)
        return sum(jnp.sum((o * jnp.asarray(weights[k % len(weights)], o.dtype)).astype(fs[0].dtype)) for k, o in enumerate(outs) if inexact(o))
    return f
def as64(program):
    """The same program in 64-bit types: what float32 ought to have answered."""
    wide = json.loads(json.dumps(program))
    for s in wide["statements"]:
        if s["op"] == "astype" and s["params"]["dtype"] in WIDE: s["params"]["dtype"] = WIDE[s["params"]["dtype"]]
    return wide
def tolerance(got, want):
    g, w = np.asarray(got, np.float64), np.asarray(want, np.float64)
    bad = np.isfinite(g) != np.isfinite(w)
    if bad.any(): return None
    m = np.isfinite(g)
    return float(np.max(np.abs(g[m] - w[m]), initial=0.0))
def answers(program, inputs, wrt):
    """Values and gradients as one compiled program; no gradients where there are none to take."""
    def both(*xs):
        outs = evaluate(program, xs)
        if not wrt or not any(inexact(o) for o in outs): return outs, None
        return outs, jax.grad(loss(program, wrt, xs, [1.0, 0.5, -0.25]), argnums=tuple(range(len(wrt))))(*[xs[i] for i in wrt])
    try: return jax.jit(both)(*inputs)
    except Exception: return jax.jit(lambda *xs: evaluate(program, xs))(*inputs), None
def record(rng, n):
    with jax.enable_x64(False): program, inputs = make(rng)
    if not program["outputs"] or len(program["statements"]) < 3: return None
    halves = any(d in HALVES for d in program["inputs"]) or any(s.get("params", {}).get("dtype") in HALVES for s in program["statements"])
    floats = [i for i, x in enumerate(inputs) if inexact(x)]
    wrt = sorted(rng.sample(floats, rng.randint(1, len(floats)))) if floats else []
    with jax.enable_x64(False): outs, grads = answers(program, inputs, wrt)
    with jax.enable_x64(True): exact, exact_grads = answers(as64(program), [x.astype(WIDE.get(str(x.dtype), str(x.dtype))) for x in inputs], wrt)
    def compare(got, want):
        tolerances = []
        for a, b in zip(got, want):
            if a.shape != b.shape: return None
            if not inexact(a):
                if not np.array_equal(np.asarray(a).astype(np.int64), np.asarray(b).astype(np.int64)): return None
                tolerances.append(0); continue
            d = tolerance(a.astype(jnp.float32), b)
            scale = float(np.max(np.abs(np.nan_to_num(np.asarray(a, np.float32), posinf=0, neginf=0)), initial=0.0))
            half = halves or str(a.dtype) in HALVES
            if d is None or d > (0.05 if half else 2e-3) * (1 + scale): return None
            tolerances.append(8 * d + (2e-2 if half else 2e-5) * (1 + scale))
        return tolerances
    tols = compare(outs, exact)
    if tols is None: return None
    case = dict(id=n, program=program, inputs=[pack(x) for x in inputs], outputs=[pack(o) for o in outs], atol=tols)
    if grads is not None and exact_grads is not None:
        gt = compare(grads, exact_grads)
        if gt is not None: case.update(wrt=wrt, grads=[pack(g) for g in grads], gradAtol=gt)
    return case
def main():
    p = argparse.ArgumentParser()
    p.add_argument("--count", type=int, default=3000); p.add_argument("--seed", type=int, default=0); p.add_argument("--out", default="programs.jsonl.gz")
    a = p.parse_args()
    done, n = 0, 0
    with gzip.GzipFile(a.out, "wb", mtime=0) as out:
        while done < a.count:
            n += 1
            try: case = record(random.Random(a.seed * 1_000_003 + n), n)
            except Exception: continue
            if case is None: continue
            out.write((json.dumps(case, separators=(",", ":")) + "\n").encode()); done += 1
            if done % 100 == 0: print(f"{done} of {a.count} recorded, {n} tried", flush=True)
main()
