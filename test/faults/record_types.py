"""Records the result types of real JAX for every function, and what every function does with empty arrays.

    JAX_PLATFORMS=cpu python test/faults/record_types.py     (pip install jax==0.10.2)

writes test/faults/dtypes.json.gz and test/faults/empty.json.gz, which test/unit/dtypes.test.ts and test/unit/empty.test.ts compare with.
A type is written as its name, with * behind it where it is weak; a tuple or list of results as a list; an error as "!".
"""

import gzip
import json
import math
import os
import re
import sys

import jax
import jax.numpy as jnp
import jax.scipy as jsp
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ["int8", "uint8", "int32", "uint32", "bool", "bfloat16", "float16", "float32", "complex64"]
SCALARS = {"int*": 2, "float*": 0.5, "True": True}
camel = lambda s: re.sub(r"_([a-z0-9])", lambda m: m.group(1).upper(), s.rstrip("_"))
SKIP = set(
    """array asarray save savez load from_dlpack fromfile fromfunction fromiter frombuffer fromstring fromarray apply_along_axis apply_over_axes vectorize
    frompyfunc einsum einsum_path printoptions set_printoptions get_printoptions array_repr array_str array_equal array_equiv issubdtype
    iscomplexobj isrealobj isscalar result_type promote_types can_cast finfo iinfo dtype ndim shape size iterable astype ix_ ndarray generic number
    object_ unsignedinteger signedinteger integer inexact floating complexfloating character flexible ComplexWarning block bmat piecewise select
    ufunc jax diag_indices tri eye identity arange empty full ones zeros linspace logspace geomspace indices mask_indices tril_indices triu_indices
    bartlett blackman hamming hanning kaiser meshgrid broadcast_shapes unravel_index ravel_multi_index choose place put put_along_axis fill_diagonal delete
    insert isdtype nonzero flatnonzero argwhere unique unique_all unique_counts unique_inverse unique_values setdiff1d setxor1d union1d intersect1d
    trim_zeros extract compress repeat resize broadcast_to reshape moveaxis rollaxis swapaxes expand_dims tile pad roll rot90 take take_along_axis
    split hsplit vsplit dsplit array_split partition argpartition cross roots polyfit vander convolve correlate poly polydiv histogram histogram_bin_edges histogram2d
    histogramdd bincount digitize searchsorted interp quantile percentile nanquantile nanpercentile float0 int4 uint4 int2 uint2 save float_""".split()
)
UNARY_PROGRAMS = {
    # What takes more than arrays: Python, JavaScript. x is the array (of shape [2, 2]).
    "sum axis": ("jnp.sum(x, axis=0)", "np.sum(x, { axis: 0 })"),
    "sum dtype": ("jnp.sum(x, dtype='float16')", "np.sum(x, { dtype: 'float16' })"),
    "sum initial": ("jnp.sum(x, initial=1)", "np.sum(x, { initial: 1 })"),
    "prod keepdims": ("jnp.prod(x, keepdims=True)", "np.prod(x, { keepdims: true })"),
    "sum no promotion": ("jnp.sum(x, promote_integers=False)", "np.sum(x, { promoteIntegers: false })"),
    "mean dtype": ("jnp.mean(x, dtype='float16')", "np.mean(x, { dtype: 'float16' })"),
    "var dtype": ("jnp.var(x, dtype='float16')", "np.var(x, { dtype: 'float16' })"),
    "std dtype": ("jnp.std(x, dtype='float16')", "np.std(x, { dtype: 'float16' })"),
    "nanmean dtype": ("jnp.nanmean(x, dtype='float16')", "np.nanmean(x, { dtype: 'float16' })"),
    "nanvar dtype": ("jnp.nanvar(x, dtype='float16')", "np.nanvar(x, { dtype: 'float16' })"),
    "nansum dtype": ("jnp.nansum(x, dtype='float16')", "np.nansum(x, { dtype: 'float16' })"),
    "cumsum dtype": ("jnp.cumsum(x, dtype='float16')", "np.cumsum(x, { dtype: 'float16' })"),
    "cumsum axis": ("jnp.cumsum(x, axis=1)", "np.cumsum(x, { axis: 1 })"),
    "cumprod axis": ("jnp.cumprod(x, axis=1)", "np.cumprod(x, { axis: 1 })"),
    "cumulative_sum": ("jnp.cumulative_sum(x, axis=0)", "np.cumulativeSum(x, { axis: 0 })"),
    "cumulative_prod": ("jnp.cumulative_prod(x, axis=0)", "np.cumulativeProd(x, { axis: 0 })"),
    "argmax axis": ("jnp.argmax(x, axis=0)", "np.argmax(x, { axis: 0 })"),
    "argmin": ("jnp.argmin(x)", "np.argmin(x)"),
    "argsort": ("jnp.argsort(x)", "np.argsort(x)"),
    "sort": ("jnp.sort(x)", "np.sort(x)"),
    "sort descending": ("jnp.sort(x, descending=True)", "np.sort(x, { descending: true })"),
    "lexsort": ("jnp.lexsort((x, x))", "np.lexsort([x, x])"),
    "nonzero size": ("jnp.nonzero(x, size=2)", "np.nonzero(x, { size: 2 })"),
    "flatnonzero size": ("jnp.flatnonzero(x, size=2)", "np.flatnonzero(x, { size: 2 })"),
    "argwhere size": ("jnp.argwhere(x, size=2)", "np.argwhere(x, { size: 2 })"),
    "count_nonzero": ("jnp.count_nonzero(x)", "np.countNonzero(x)"),
    "searchsorted": ("jnp.searchsorted(x[0], x)", "np.searchsorted(x.get(0), x)"),
    "digitize": ("jnp.digitize(x, x[0])", "np.digitize(x, x.get(0))"),
    "bincount": ("jnp.bincount(x.ravel(), length=3)", "np.bincount(x.ravel(), { length: 3 })"),
    "histogram": ("jnp.histogram(x, bins=3)", "np.histogram(x, { bins: 3 })"),
    "quantile": ("jnp.quantile(x, 0.5)", "np.quantile(x, 0.5)"),
    "percentile": ("jnp.percentile(x, 50)", "np.percentile(x, 50)"),
    "nanquantile": ("jnp.nanquantile(x, 0.5)", "np.nanquantile(x, 0.5)"),
    "interp": ("jnp.interp(x, x[0], x[1])", "np.interp(x, x.get(0), x.get(1))"),
    "where 0 1": ("jnp.where(x, 0, 1)", "np.where(x, 0n, 1n)"),
    "where x 0": ("jnp.where(x, x, 0)", "np.where(x, x, 0n)"),
    "where x 0.5": ("jnp.where(x, x, 0.5)", "np.where(x, x, 0.5)"),
    "x + 1": ("x + 1", "x.add(1)"),
    "x + 0.5": ("x + 0.5", "x.add(0.5)"),
    "x * 2": ("x * 2", "x.mul(2)"),
    "x / 2": ("x / 2", "x.div(2)"),
    "x // 2": ("x // 2", "x.floorDivide(2)"),
    "x % 2": ("x % 2", "x.mod(2)"),
    "x ** 2": ("x ** 2", "x.pow(2)"),
    "x ** 0.5": ("x ** 0.5", "x.pow(0.5)"),
    "x ** -1": ("x ** -1", "x.pow(-1)"),
    "maximum 0": ("jnp.maximum(x, 0)", "np.maximum(x, 0)"),
    "minimum 0.5": ("jnp.minimum(x, 0.5)", "np.minimum(x, 0.5)"),
    "clip": ("jnp.clip(x, 0, 1)", "np.clip(x, 0, 1)"),
    "clip floats": ("jnp.clip(x, 0.5, 1.5)", "np.clip(x, 0.5, 1.5)"),
    "full_like": ("jnp.full_like(x, 1)", "np.fullLike(x, 1)"),
    "zeros_like": ("jnp.zeros_like(x)", "np.zerosLike(x)"),
    "ones_like": ("jnp.ones_like(x, dtype='int8')", "np.onesLike(x, { dtype: 'int8' })"),
    "take": ("jnp.take(x, jnp.array([0, 1]))", "np.take(x, np.array([0, 1], { dtype: 'int32' }))"),
    "take_along_axis": ("jnp.take_along_axis(x, jnp.array([[0]]), axis=1)", "np.takeAlongAxis(x, np.array([[0]], { dtype: 'int32' }), { axis: 1 })"),
    "pad": ("jnp.pad(x, 1)", "np.pad(x, 1)"),
    "pad mean": ("jnp.pad(x, 1, mode='mean')", "np.pad(x, 1, { mode: 'mean' })"),
    "pad linear_ramp": ("jnp.pad(x, 1, mode='linear_ramp')", "np.pad(x, 1, { mode: 'linear_ramp' })"),
    "roll": ("jnp.roll(x, 1)", "np.roll(x, 1)"),
    "repeat": ("jnp.repeat(x, 2)", "np.repeat(x, 2)"),
    "tile": ("jnp.tile(x, 2)", "np.tile(x, 2)"),
    "diff": ("jnp.diff(x)", "np.diff(x)"),
    "ediff1d": ("jnp.ediff1d(x)", "np.ediff1d(x)"),
    "gradient": ("jnp.gradient(x[0])", "np.gradient(x.get(0))"),
    "convolve": ("jnp.convolve(x[0], x[1])", "np.convolve(x.get(0), x.get(1))"),
    "correlate": ("jnp.correlate(x[0], x[1])", "np.correlate(x.get(0), x.get(1))"),
    "polyval": ("jnp.polyval(x[0], x)", "np.polyval(x.get(0), x)"),
    "polyadd": ("jnp.polyadd(x[0], x[1])", "np.polyadd(x.get(0), x.get(1))"),
    "polymul": ("jnp.polymul(x[0], x[1])", "np.polymul(x.get(0), x.get(1))"),
    "polyder": ("jnp.polyder(x[0])", "np.polyder(x.get(0))"),
    "polyint": ("jnp.polyint(x[0])", "np.polyint(x.get(0))"),
    "vander": ("jnp.vander(x[0])", "np.vander(x.get(0))"),
    "average": ("jnp.average(x)", "np.average(x)"),
    "average weights": ("jnp.average(x, weights=x)", "np.average(x, { weights: x })"),
    "cov": ("jnp.cov(x)", "np.cov(x)"),
    "corrcoef": ("jnp.corrcoef(x)", "np.corrcoef(x)"),
    "trapezoid": ("jnp.trapezoid(x)", "np.trapezoid(x)"),
    "linspace": ("jnp.linspace(x[0], x[1], 3)", "np.linspace(x.get(0), x.get(1), 3)"),
    "unique size": ("jnp.unique(x, size=2)", "np.unique(x, { size: 2 })"),
    "round 1": ("jnp.round(x, 1)", "np.round(x, 1)"),
    "nan_to_num": ("jnp.nan_to_num(x)", "np.nanToNum(x)"),
    "concatenate": ("jnp.concatenate([x, x])", "np.concatenate([x, x])"),
    "concatenate with int8": ("jnp.concatenate([x, x.astype('int8')])", "np.concatenate([x, x.astype('int8')])"),
    "stack": ("jnp.stack([x, x.astype('bfloat16')])", "np.stack([x, x.astype('bfloat16')])"),
    "matmul preferred": ("jnp.matmul(x, x, preferred_element_type='float32')", "np.matmul(x, x, { preferredElementType: 'float32' })"),
    "einsum": ("jnp.einsum('ij,jk->ik', x, x)", "np.einsum('ij,jk->ik', x, x)"),
    "einsum sum": ("jnp.einsum('ij->', x)", "np.einsum('ij->', x)"),
    "einsum trace": ("jnp.einsum('ii->', x)", "np.einsum('ii->', x)"),
    "choose": ("jnp.choose(jnp.array([0, 1]), [x[0], x[1]], mode='clip')", "np.choose(np.array([0, 1], { dtype: 'int32' }), [x.get(0), x.get(1)], { mode: 'clip' })"),
    "select": ("jnp.select([x != 0], [x], 0)", "np.select([x.ne(0)], [x], 0)"),
    "piecewise": ("jnp.piecewise(x, [x != 0], [lambda v: v, 0])", "np.piecewise(x, [x.ne(0)], [(v) => v, 0])"),
    "at set": ("x.at[0].set(1)", "x.at(0).set(1)"),
    "at add": ("x.at[0].add(1)", "x.at(0).add(1)"),
    "norm": ("jnp.linalg.norm(x)", "np.linalg.norm(x)"),
    "norm 1": ("jnp.linalg.norm(x[0], ord=1)", "np.linalg.norm(x.get(0), { ord: 1 })"),
    "norm 3": ("jnp.linalg.norm(x[0], ord=3)", "np.linalg.norm(x.get(0), { ord: 3 })"),
    "norm 0": ("jnp.linalg.norm(x[0], ord=0)", "np.linalg.norm(x.get(0), { ord: 0 })"),
    "matrix_power": ("jnp.linalg.matrix_power(x, 2)", "np.linalg.matrixPower(x, 2)"),
    "matrix_power 0": ("jnp.linalg.matrix_power(x, 0)", "np.linalg.matrixPower(x, 0)"),
    "matrix_rank": ("jnp.linalg.matrix_rank(x)", "np.linalg.matrixRank(x)"),
    "fft": ("jnp.fft.fft(x)", "np.fft.fft(x)"),
    "rfft": ("jnp.fft.rfft(x)", "np.fft.rfft(x)"),
    "ifft": ("jnp.fft.ifft(x)", "np.fft.ifft(x)"),
    "irfft": ("jnp.fft.irfft(x)", "np.fft.irfft(x)"),
    "fft2": ("jnp.fft.fft2(x)", "np.fft.fft2(x)"),
    "fftshift": ("jnp.fft.fftshift(x)", "np.fft.fftshift(x)"),
    "one_hot": ("jax.nn.one_hot(x, 3)", "nn.oneHot(x, 3)"),
    "softmax": ("jax.nn.softmax(x)", "nn.softmax(x)"),
    "log_softmax": ("jax.nn.log_softmax(x)", "nn.logSoftmax(x)"),
    "logsumexp": ("jax.nn.logsumexp(x)", "nn.logsumexp(x)"),
    "standardize": ("jax.nn.standardize(x)", "nn.standardize(x)"),
    "segment_sum": ("jax.ops.segment_sum(x, jnp.array([0, 1]), 2)", "ops.segmentSum(x, np.array([0, 1], { dtype: 'int32' }), { numSegments: 2 })"),
    "segment_max": ("jax.ops.segment_max(x, jnp.array([0, 1]), 2)", "ops.segmentMax(x, np.array([0, 1], { dtype: 'int32' }), { numSegments: 2 })"),
    "lax.cumsum": ("jax.lax.cumsum(x)", "lax.cumsum(x)"),
    "lax.cummax": ("jax.lax.cummax(x)", "lax.cummax(x)"),
    "lax.argmax": ("jax.lax.argmax(x, 0, 'int32')", "lax.argmax(x, 0, 'int32')"),
    "lax.top_k": ("jax.lax.top_k(x, 1)", "lax.topK(x, 1)"),
    "lax.reduce_sum": ("jax.lax.reduce_sum(x, [0])", "lax.reduceSum(x, [0])"),
    "lax.reduce_max": ("jax.lax.reduce_max(x, [0])", "lax.reduceMax(x, [0])"),
    "lax.convert": ("jax.lax.convert_element_type(x, 'int8')", "lax.convertElementType(x, 'int8')"),
    "lax.full_like": ("jax.lax.full_like(x, 1)", "lax.fullLike(x, 1)"),
    "lax.clamp": ("jax.lax.clamp(x, x, x)", "lax.clamp(x, x, x)"),
    "lax.integer_pow": ("jax.lax.integer_pow(x, 2)", "lax.integerPow(x, 2)"),
    "lax.reciprocal": ("jax.lax.reciprocal(x)", "lax.reciprocal(x)"),
    "lax.dot": ("jax.lax.dot(x, x)", "lax.dot(x, x)"),
    "lax.dot preferred": ("jax.lax.dot(x, x, preferred_element_type='float32')", "lax.dot(x, x, { preferredElementType: 'float32' })"),
    "lax.round": ("jax.lax.round(x)", "lax.round(x)"),
    "lax.reduce_precision": ("jax.lax.reduce_precision(x, 5, 10)", "lax.reducePrecision(x, 5, 10)"),
    "lax.conj": ("jax.lax.conj(x)", "lax.conj(x)"),
    "lax.population_count": ("jax.lax.population_count(x)", "lax.populationCount(x)"),
    "isclose": ("jnp.isclose(x, x)", "np.isclose(x, x)"),
    "allclose": ("jnp.allclose(x, x)", "np.allclose(x, x)"),
    "array_equal": ("jnp.array_equal(x, x)", "np.arrayEqual(x, x)"),
    "isin": ("jnp.isin(x, x)", "np.isin(x, x)"),
    "view": ("x.view('uint8')", "x.view('uint8')"),
    "ptp": ("jnp.ptp(x)", "np.ptp(x)"),
    "trace dtype": ("jnp.trace(x, dtype='float16')", "np.trace(x, { dtype: 'float16' })"),
    "astype": ("x.astype('float32')", "x.astype('float32')"),
    "cross": ("jnp.cross(x, x)", "np.cross(x, x)"),
    "insert": ("jnp.insert(x, 1, 5)", "np.insert(x, 1, 5)"),
    "append": ("jnp.append(x, 5)", "np.append(x, 5)"),
    "delete": ("jnp.delete(x, 0)", "np.delete(x, 0)"),
    "squareplus": ("jax.nn.squareplus(x)", "nn.squareplus(x)"),
    "gammainc": ("jsp.special.gammainc(x, x)", "scipy.special.gammainc(x, x)"),
    "betainc": ("jsp.special.betainc(x, x, x)", "scipy.special.betainc(x, x, x)"),
    "norm.pdf": ("jsp.stats.norm.pdf(x)", "scipy.stats.norm.pdf(x)"),
    "norm.logcdf": ("jsp.stats.norm.logcdf(x)", "scipy.stats.norm.logcdf(x)"),
}
MODULES = {"numpy": jnp, "lax": jax.lax, "nn": jax.nn, "numpy.linalg": jnp.linalg, "scipy.special": jsp.special, "scipy.linalg": jsp.linalg}
LAX_ELEMENTWISE = """abs acos acosh asin asinh atan atanh bessel_i0e bessel_i1e bitwise_not cbrt ceil clz conj cos cosh digamma erf erf_inv erfc exp exp2 expm1
    floor imag is_finite lgamma log log1p logistic neg population_count real reciprocal round rsqrt sign sin sinh sqrt square stop_gradient tan tanh
    add atan2 bitwise_and bitwise_or bitwise_xor complex div eq ge gt igamma igammac le lt max min mul mulhi ne nextafter polygamma pow rem shift_left
    shift_right_arithmetic shift_right_logical sub zeta""".split()


def names(module):
    m = MODULES[module]
    if module == "lax":
        return LAX_ELEMENTWISE
    return [n for n in dir(m) if not n.startswith("_") and n not in SKIP and callable(getattr(m, n)) and not isinstance(getattr(m, n), type)
            and type(getattr(m, n)).__name__ not in ("_ScalarMeta",)]


def typed(v):
    if isinstance(v, (tuple, list)):
        return [typed(e) for e in v]
    if hasattr(v, "dtype"):
        return str(v.dtype) + ("*" if getattr(v, "weak_type", False) else "")
    return type(v).__name__


def attempt(f):
    try:
        return typed(jax.eval_shape(f))
    except Exception:
        return "!"


def dtypes():
    def array(d, shape=(2, 2)):
        return jnp.ones(shape, d)

    out = {"kinds": KINDS + list(SCALARS), "unary": {}, "binary": {}, "programs": {}, "unary64": {}, "binary64": {}, "programs64": {}}
    for x64 in (False, True):
        jax.config.update("jax_enable_x64", x64)
        tail = "64" if x64 else ""
        kinds = KINDS + (["int64", "float64"] if x64 else [])
        values = {d: array(d) for d in kinds} | SCALARS
        out["kinds" + tail] = list(values)
        for module in MODULES:
            for n in names(module):
                f = getattr(MODULES[module], n)
                row = [attempt(lambda: f(v)) for v in values.values()]
                if any(r != "!" for r in row):
                    out["unary" + tail][f"{module}.{camel(n)}"] = row
                if module in ("numpy", "lax", "scipy.special"):
                    first = attempt(lambda: f(values["float32"], values["float32"])), attempt(lambda: f(values["int32"], values["int32"])), attempt(lambda: f(values["int32"], values["float32"]))
                    if any(r != "!" for r in first):
                        out["binary" + tail][f"{module}.{camel(n)}"] = [attempt(lambda: f(a, b)) for a in values.values() for b in values.values()]
        for n, (py, js) in UNARY_PROGRAMS.items():
            g = eval(f"lambda x: {py}", {"jax": jax, "jnp": jnp, "jsp": jsp})
            out["programs" + tail][n] = [js, [attempt(lambda: g(array(d))) for d in kinds]]
    jax.config.update("jax_enable_x64", False)
    return out


def number(v):
    v = v.item() if hasattr(v, "item") else v
    if isinstance(v, complex):
        return [number(v.real), number(v.imag)]
    if isinstance(v, float):
        return None if math.isnan(v) else "inf" if v == math.inf else "-inf" if v == -math.inf else v
    return v


def result(v):
    if isinstance(v, (tuple, list)):
        return [result(e) for e in v]
    if hasattr(v, "dtype"):
        a = np.asarray(v)
        return {"shape": list(a.shape), "dtype": str(a.dtype), "values": [number(e) for e in a.astype(np.float32 if a.dtype.name in ("bfloat16", "float16") else a.dtype).ravel()[:24]]}
    return number(v)


def run(f):
    try:
        return result(f())
    except Exception as e:
        return "!"


EMPTY_PROGRAMS = {n: p for n, p in UNARY_PROGRAMS.items()}


def empty():
    out = {"shapes": [[0], [0, 3], [3, 0], [2, 0, 3], [0, 0]], "calls": {}, "programs": {}}
    for module in ("numpy", "nn", "numpy.linalg", "scipy.special"):
        for n in sorted(names(module)):
            f = getattr(MODULES[module], n)
            rows = []
            for shape in out["shapes"]:
                x = jnp.zeros(shape, jnp.float32)
                rows.append([run(lambda: f(x)), run(lambda: f(x, axis=0)), run(lambda: f(x, axis=-1)), run(lambda: f(x, x)), run(lambda: f([x, x])), run(lambda: f(x, axis=0, keepdims=True))])
            if any(r != "!" for row in rows for r in row):
                out["calls"][f"{module}.{camel(n)}"] = rows
    more = {
        "split": ("jnp.split(x, 1)", "np.split(x, 1)"), "array_split": ("jnp.array_split(x, 2)", "np.arraySplit(x, 2)"),
        "reshape": ("jnp.reshape(x, -1)", "np.reshape(x, -1)"), "reshape to 0": ("jnp.reshape(x, (0, 7))", "np.reshape(x, [0, 7])"),
        "broadcast_to": ("jnp.broadcast_to(x, (2,) + x.shape)", "np.broadcastTo(x, [2, ...x.shape])"), "expand_dims": ("jnp.expand_dims(x, 0)", "np.expandDims(x, 0)"),
        "nonzero": ("jnp.nonzero(x)", "np.nonzero(x)"), "argwhere": ("jnp.argwhere(x)", "np.argwhere(x)"), "unique": ("jnp.unique(x)", "np.unique(x)"),
        "union1d": ("jnp.union1d(x, x)", "np.union1d(x, x)"), "intersect1d": ("jnp.intersect1d(x, x)", "np.intersect1d(x, x)"), "setdiff1d": ("jnp.setdiff1d(x, x)", "np.setdiff1d(x, x)"),
        "setxor1d": ("jnp.setxor1d(x, x)", "np.setxor1d(x, x)"), "repeat 0": ("jnp.repeat(x, 0)", "np.repeat(x, 0)"), "tile 0": ("jnp.tile(x, 0)", "np.tile(x, 0)"),
        "mask": ("x[x > 0]", "x.get(x.gt(0))"), "slice": ("x[:0]", "x.get(':0')"), "meshgrid": ("jnp.meshgrid(x, x)", "np.meshgrid(x, x)"),
        "histogram": ("jnp.histogram(x, bins=3, range=(0, 1))", "np.histogram(x, { bins: 3, range: [0, 1] })"), "bincount": ("jnp.bincount(x.astype(int).ravel(), length=0)", "np.bincount(x.astype('int32').ravel(), { length: 0 })"),
        "rot90": ("jnp.rot90(x)", "np.rot90(x)"), "moveaxis": ("jnp.moveaxis(x, 0, -1)", "np.moveaxis(x, 0, -1)"), "quantile axis": ("jnp.quantile(x, 0.5, axis=-1)", "np.quantile(x, 0.5, { axis: -1 })"),
        "median axis": ("jnp.median(x, axis=0)", "np.median(x, { axis: 0 })"), "max initial": ("jnp.max(x, initial=1)", "np.max(x, { initial: 1 })"), "min where": ("jnp.min(x, initial=1, where=x > 0)", "np.min(x, { initial: 1, where: x.gt(0) })"),
        "std ddof": ("jnp.std(x, ddof=1)", "np.std(x, { ddof: 1 })"), "softmax axis 0": ("jax.nn.softmax(x, axis=0)", "nn.softmax(x, { axis: 0 })"), "logsumexp axis": ("jax.nn.logsumexp(x, axis=-1)", "nn.logsumexp(x, { axis: -1 })"),
        "logsumexp b": ("jax.nn.logsumexp(x, b=x)", "nn.logsumexp(x, { b: x })"), "one_hot": ("jax.nn.one_hot(x, 3)", "nn.oneHot(x, 3)"), "one_hot 0": ("jax.nn.one_hot(jnp.arange(2), 0)", "nn.oneHot(np.arange(2), 0)"),
        "standardize": ("jax.nn.standardize(x)", "nn.standardize(x)"), "segment_sum": ("jax.ops.segment_sum(x, jnp.zeros(x.shape[0], int), 2)", "ops.segmentSum(x, np.zeros([x.shape[0]], { dtype: 'int32' }), { numSegments: 2 })"),
        "segment_sum 0": ("jax.ops.segment_sum(x, jnp.zeros(x.shape[0], int), 0)", "ops.segmentSum(x, np.zeros([x.shape[0]], { dtype: 'int32' }), { numSegments: 0 })"),
        "segment_max": ("jax.ops.segment_max(x, jnp.zeros(x.shape[0], int), 2)", "ops.segmentMax(x, np.zeros([x.shape[0]], { dtype: 'int32' }), { numSegments: 2 })"),
        "matmul T": ("jnp.matmul(x, x.T)", "np.matmul(x, x.T)"), "T matmul": ("jnp.matmul(x.T, x)", "np.matmul(x.T, x)"), "tensordot": ("jnp.tensordot(x, x, 1)", "np.tensordot(x, x, { axes: 1 })"),
        "einsum outer": ("jnp.einsum('i...,j...->ij', x, x)", "np.einsum('i...,j...->ij', x, x)"), "polyfit": ("jnp.polyval(x, x)", "np.polyval(x, x)"),
        "insert": ("jnp.insert(x, 0, 5)", "np.insert(x, 0, 5)"), "append": ("jnp.append(x, 5)", "np.append(x, 5)"), "pad 1": ("jnp.pad(x, 1)", "np.pad(x, 1)"), "pad edge 0": ("jnp.pad(x, 0, mode='edge')", "np.pad(x, 0, { mode: 'edge' })"),
        "at set": ("x.at[:].set(1)", "x.at(':').set(1)"), "sort axis 0": ("jnp.sort(x, axis=0)", "np.sort(x, { axis: 0 })"), "sort null": ("jnp.sort(x, axis=None)", "np.sort(x, { axis: null })"), "argsort axis 0": ("jnp.argsort(x, axis=0)", "np.argsort(x, { axis: 0 })"),
        "take empty": ("jnp.take(jnp.arange(3.0), x.astype(int))", "np.take(np.arange(3, { dtype: 'float32' }), x.astype('int32'))"), "top_k 0": ("jax.lax.top_k(x, 0)", "lax.topK(x, 0)"),
        "grad of sum": ("jax.grad(lambda x: jnp.sum(x ** 2))(x)", "grad((x) => np.sum(x.pow(2)))(x)"), "grad of softmax": ("jax.grad(lambda x: jax.nn.softmax(x).sum())(x)", "grad((x) => nn.softmax(x).sum())(x)"),
        "grad of norm": ("jax.grad(lambda x: jnp.linalg.norm(x.ravel()))(x)", "grad((x) => np.linalg.norm(x.ravel()))(x)"), "grad of prod": ("jax.grad(lambda x: jnp.prod(x))(x)", "grad((x) => np.prod(x))(x)"),
        "vmap": ("jax.vmap(jnp.sum)(x)", "vmap((x) => np.sum(x))(x)"), "linspace 0": ("jnp.linspace(0, 1, 0)", "np.linspace(0, 1, 0)"), "eye 0": ("jnp.eye(0)", "np.eye(0)"), "arange 0": ("jnp.arange(0)", "np.arange(0)"),
        "reduce": ("jax.lax.reduce(x, 0.0, jax.lax.add, (0,))", "lax.reduce(x, 0, lax.add, [0])"), "reduce_window": ("jax.lax.reduce_window(x, 0.0, jax.lax.add, (1,) * x.ndim, (1,) * x.ndim, 'VALID')", "lax.reduceWindow(x, 0, lax.add, x.shape.map(() => 1), x.shape.map(() => 1), 'VALID')"),
        "scan": ("jax.lax.scan(lambda c, v: (c + v.sum(), v * 2), 0.0, x)", "lax.scan((c, v) => [c.add(v.sum()), v.mul(2)], 0, x)"),
        "associative_scan": ("jax.lax.associative_scan(jnp.add, x)", "lax.associativeScan(np.add, x)"), "map": ("jax.lax.map(lambda v: v * 2, x)", "lax.map((v) => v.mul(2), x)"),
        "fft n": ("jnp.fft.fft(x, n=4)", "np.fft.fft(x, { n: 4 })"), "convolve with empty": ("jnp.convolve(x, jnp.ones(2))", "np.convolve(x, np.ones(2))"),
        "det batch": ("jnp.linalg.det(jnp.zeros((0, 2, 2)))", "np.linalg.det(np.zeros([0, 2, 2]))"), "inv batch": ("jnp.linalg.inv(jnp.zeros((0, 2, 2)))", "np.linalg.inv(np.zeros([0, 2, 2]))"),
        "solve batch": ("jnp.linalg.solve(jnp.zeros((0, 2, 2)), jnp.zeros((0, 2, 1)))", "np.linalg.solve(np.zeros([0, 2, 2]), np.zeros([0, 2, 1]))"),
        "cov of no observations": ("jnp.cov(jnp.zeros((2, 0)))", "np.cov(np.zeros([2, 0]))"), "random.normal 0": ("jax.random.normal(jax.random.key(0), (0, 3))", "random.normal(random.key(0), [0, 3])"),
        "random.permutation 0": ("jax.random.permutation(jax.random.key(0), x)", "random.permutation(random.key(0), x)"), "random.choice shape 0": ("jax.random.choice(jax.random.key(0), 3, (0,))", "random.choice(random.key(0), 3, { shape: [0] })"),
    }
    for n, (py, js) in {**EMPTY_PROGRAMS, **more}.items():
        g = eval(f"lambda x: {py}", {"jax": jax, "jnp": jnp, "jsp": jsp})
        rows = [run(lambda: g(jnp.zeros(s, jnp.float32))) for s in out["shapes"]]
        if any(r != "!" for r in rows):
            out["programs"][n] = [js, rows]
    return out


def write(name, data):
    path = os.path.join(HERE, name)
    with gzip.GzipFile(path, "wb", mtime=0) as f:
        f.write(json.dumps(data, separators=(",", ":")).encode())
    print(name, {k: len(v) for k, v in data.items()}, os.path.getsize(path))


if "empty" not in sys.argv:
    write("dtypes.json.gz", dtypes())
if "dtypes" not in sys.argv:
    write("empty.json.gz", empty())
