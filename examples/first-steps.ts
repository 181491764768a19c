// JitLens compiles functions of arrays. Click "jit & profile" above one of them: its graph, its kernels and their times appear.
import { type Value, grad, jit, nn, numpy as np, random } from "jitlens";

/** A layer of a network. The product, the bias and the sigmoid become one kernel: see the tabs Kernels and Fusion. */
const layer = jit(function layer(x: Value, w: Value, b: Value): Value {
  const h = x.matmul(w).add(b);
  return h.mul(nn.sigmoid(h));
});

/** A mean needs every element before the next step can begin: the Fusion tab says why something is kept apart. */
const normalize = jit(function normalize(x: Value): Value {
  const centred = x.sub(x.mean({ axis: 1, keepdims: true }));
  return centred.div(np.sqrt(centred.mul(centred).mean({ axis: 1, keepdims: true }).add(1e-5)));
});

/** Derivatives are functions too, and are compiled as one program with what they differentiate. */
const slope = jit(function slope(w: Value, x: Value, b: Value): Value {
  return grad((v: Value) => normalize(layer(x, v, b)).mul(x).sum())(w);
});

const keys = random.split(random.key(0), 2);
const x = random.normal(keys.get(0), [256, 128]);
const w = random.normal(keys.get(1), [128, 128]).mul(0.1);
const b = np.zeros([128]);

console.log("layer:", layer(x, w, b).shape);
console.log("normalized, its spread:", Number(np.std(normalize(x))).toFixed(3));
console.log("slope, its largest part:", Number(np.max(np.abs(slope(w, x, b)))).toFixed(3));
