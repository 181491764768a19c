"""References for bench/numerics.mjs: float32 points, SciPy's float64 values at them, and JAX's largest error in ulp.

    python bench/numerics.py references.json     # a Python with jax and scipy
"""
import base64, json, sys, warnings
import jax, jax.numpy as jnp, numpy as np, scipy.special as sp

warnings.filterwarnings("ignore")
line = lambda a, b: np.linspace(a, b, 3001)
powers = lambda a, b: np.logspace(a, b, 3001)
both = lambda *parts: np.concatenate(parts)
js, j = jax.scipy.special, jnp
FUNCTIONS = {
    "numpy.exp": (j.exp, np.exp, line(-87, 88)), "numpy.exp2": (j.exp2, np.exp2, line(-126, 127)), "numpy.expm1": (j.expm1, np.expm1, line(-20, 88)),
    "numpy.log": (j.log, np.log, powers(-37, 38)), "numpy.log1p": (j.log1p, np.log1p, both(line(-0.999, 3), powers(-8, 30))),
    "numpy.log2": (j.log2, np.log2, powers(-37, 38)), "numpy.log10": (j.log10, np.log10, powers(-37, 38)),
    "numpy.sin": (j.sin, np.sin, line(-100, 100)), "numpy.cos": (j.cos, np.cos, line(-100, 100)), "numpy.tan": (j.tan, np.tan, line(-100, 100)),
    "numpy.arcsin": (j.arcsin, np.arcsin, line(-1, 1)), "numpy.arccos": (j.arccos, np.arccos, line(-1, 1)), "numpy.arctan": (j.arctan, np.arctan, line(-50, 50)),
    "numpy.sinh": (j.sinh, np.sinh, line(-88, 88)), "numpy.cosh": (j.cosh, np.cosh, line(-88, 88)), "numpy.tanh": (j.tanh, np.tanh, line(-10, 10)),
    "numpy.arcsinh": (j.arcsinh, np.arcsinh, both(line(-5, 5), powers(-5, 30))), "numpy.arccosh": (j.arccosh, np.arccosh, both(line(1, 5), powers(0, 30))),
    "numpy.arctanh": (j.arctanh, np.arctanh, line(-0.9999, 0.9999)), "numpy.cbrt": (j.cbrt, np.cbrt, powers(-37, 38)), "numpy.i0": (j.i0, sp.i0, line(-80, 80)),
    "scipy.special.erf": (js.erf, sp.erf, line(-5, 5)), "scipy.special.erfc": (js.erfc, sp.erfc, line(-5, 9)), "scipy.special.erfinv": (js.erfinv, sp.erfinv, line(-0.99999, 0.99999)),
    "scipy.special.gammaln": (js.gammaln, sp.gammaln, both(line(0.01, 50), powers(0, 30))), "scipy.special.digamma": (js.digamma, sp.digamma, line(0.01, 50)),
    "scipy.special.gamma": (js.gamma, sp.gamma, line(0.01, 34)), "scipy.special.factorial": (js.factorial, lambda x: sp.gamma(x + 1), line(0, 33)),
    "scipy.special.i0e": (js.i0e, sp.i0e, line(-100, 100)), "scipy.special.i1e": (js.i1e, sp.i1e, line(-100, 100)), "scipy.special.i1": (js.i1, sp.i1, line(-80, 80)),
    "scipy.special.ndtr": (js.ndtr, sp.ndtr, line(-12, 8)), "scipy.special.ndtri": (js.ndtri, sp.ndtri, line(1e-4, 0.9999)), "scipy.special.logNdtr": (js.log_ndtr, sp.log_ndtr, line(-40, 6)),
    "scipy.special.expit": (js.expit, sp.expit, line(-80, 20)), "scipy.special.logit": (js.logit, sp.logit, line(1e-4, 0.9999)), "scipy.special.entr": (js.entr, sp.entr, line(0.001, 20)),
    "scipy.special.expi": (js.expi, sp.expi, line(0.1, 80)), "scipy.special.exp1": (js.exp1, sp.exp1, line(0.01, 80)), "scipy.special.spence": (js.spence, sp.spence, line(0.01, 30)),
    "scipy.special.dawsn": (js.dawsn, sp.dawsn, line(-20, 20)), "scipy.special.erfcx": (js.erfcx, sp.erfcx, line(-5, 50)),
    "scipy.special.sici": (js.sici, lambda x: sp.sici(x)[0], line(0.01, 60)), "scipy.special.fresnel": (js.fresnel, lambda x: sp.fresnel(x)[0], line(0.01, 6)),
    "nn.softplus": (jax.nn.softplus, lambda x: np.logaddexp(x, 0), line(-80, 30)),
}
text = lambda a: base64.b64encode(a.tobytes()).decode()
out = {}
for name, (ours, reference, points) in FUNCTIONS.items():
    x = points.astype("float32")
    want = reference(x.astype("float64"))
    got = ours(jnp.asarray(x))
    got = np.asarray(got[0] if isinstance(got, tuple) else got).astype("float64")
    size = np.abs(want).astype("float32")
    counted = np.isfinite(want) & np.isfinite(size) & (size > 1.2e-38)
    out[name] = {"x": text(x), "want": text(want), "jax": float(np.nanmax(np.where(counted, np.abs(got - want) / np.spacing(size), 0)))}
json.dump(out, open(sys.argv[1], "w"))
