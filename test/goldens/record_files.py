"""Writes files of arrays as NumPy and safetensors do, for src/engine/files/files.test.ts.

    pip install numpy ml_dtypes safetensors && python test/goldens/record_files.py > src/engine/files/files.json
"""
import base64
import io
import json
import sys

import ml_dtypes
import numpy as np
import safetensors.numpy

b64 = lambda data: base64.b64encode(data).decode()
rng = np.random.RandomState(0)
DTYPES = "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128".split()
named = lambda d: ml_dtypes.bfloat16 if d == "bfloat16" else np.dtype(d)


def array(dtype, shape=(2, 3)):
    x = np.round(rng.uniform(0, 7, shape), 1)
    return (x + 1j * x[..., ::-1] if dtype.startswith("complex") else x > 3 if dtype == "bool" else x).astype(named(dtype))


def npy(x, version=None):
    out = io.BytesIO()
    if version is None:
        np.save(out, x)
    else:
        np.lib.format.write_array(out, x, version)
    return out.getvalue()


def flat(x):
    y = x.ravel()
    if np.iscomplexobj(y):
        return [[float(v.real), float(v.imag)] for v in y]
    return [str(v) for v in y.tolist()] if y.dtype.kind in "iu" and y.dtype.itemsize == 8 else [float(v) for v in y]


def entry(name, x, data):
    return {"name": name, "dtype": "bfloat16" if x.dtype == ml_dtypes.bfloat16 else x.dtype.newbyteorder("=").name, "shape": list(x.shape), "values": flat(x), "bytes": b64(data)}


plain = [entry(d, x, npy(x)) for d in DTYPES for x in [array(d)]]
plain += [entry("a scalar", x, npy(x)) for x in [np.full((), 2.5, np.float32)]]
plain += [entry("one axis", x, npy(x)) for x in [array("float32", (5,))]]
plain += [entry("no elements", x, npy(x)) for x in [np.zeros((0, 3), np.int32)]]
other = [entry(f"column-major {d}", x, npy(x)) for d in ("float32", "int16", "complex64") for x in [np.asfortranarray(array(d, (2, 3, 4)))]]
other += [entry(f"big-endian {d}", x, npy(x)) for d in ("float32", "int32", "float16", "complex64") for x in [array(d).astype(np.dtype(d).newbyteorder(">"))]]
other += [entry("big-endian and column-major", x, npy(x)) for x in [np.asfortranarray(array("float64", (3, 2))).astype(">f8", order="F")]]
other += [entry(f"version {v}", x, npy(x, v)) for v in ((2, 0), (3, 0)) for x in [array("float32")]]
refused = {"records": npy(np.zeros(2, [("a", "<f4"), ("b", "<i4")])), "text": npy(np.array(["a", "bc"])), "dates": npy(np.array(["2020-01-01"], "M8[D]"))}
three = {"a": array("float32"), "b": array("int32", (4,)), "deep/c": np.zeros((300,), np.float32)}
stored, deflated = io.BytesIO(), io.BytesIO()
np.savez(stored, array("float32", (2,)), **three)
np.savez_compressed(deflated, **three)
tensors = {f"x.{d}": array(d) for d in DTYPES if d != "complex128"} | {"one": array("float32", (3,)), "scalar": np.full((), 1.5, np.float32), "none": np.zeros((0,), np.float32)}
json.dump(
    {
        "npy": plain,
        "others": other,
        "refused": {k: b64(v) for k, v in refused.items()},
        "stored": b64(stored.getvalue()),
        "deflated": b64(deflated.getvalue()),
        "names": {k: entry(k, v, b"") for k, v in three.items()},
        "safetensors": b64(safetensors.numpy.save(tensors, {"made by": "safetensors"})),
        "tensors": {k: entry(k, v, b"") for k, v in tensors.items()},
    },
    sys.stdout,
    separators=(",", ":"),
)
