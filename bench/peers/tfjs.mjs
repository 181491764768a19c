// TensorFlow.js with its WebAssembly backend as a side of bench/peers.mjs: eager operations inside `tidy`.

export default async function side(load) {
  const tf = await load("@tensorflow/tfjs-core");
  await load("@tensorflow/tfjs-backend-wasm");
  if (!(await tf.setBackend("wasm"))) throw new Error("its WebAssembly backend does not start here");
  await tf.ready();
  const norm = (x) => {
    const { mean, variance } = tf.moments(x, -1, true);
    return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)));
  };
  const gelu = (x) => {
    const inner = tf.mul(0.7978845608, tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  };
  const cubic = (x) => tf.add(tf.add(x, tf.mul(x, x)), tf.mul(tf.mul(x, x), x));
  const attend = (q, k, v, by) => tf.matMul(tf.softmax(tf.mul(tf.matMul(q, k, false, true), by), -1), v);
  const block = (q, k, v, o, w1, w2, x) => {
    const n = norm(x);
    const heads = (w) => tf.transpose(tf.reshape(tf.matMul(n, w), [512, 8, 32]), [1, 0, 2]);
    const a = tf.reshape(tf.transpose(attend(heads(q), heads(k), heads(v), 1 / Math.sqrt(32)), [1, 0, 2]), [512, 256]);
    const y = tf.add(x, tf.matMul(a, o));
    return tf.add(y, tf.matMul(gelu(tf.matMul(norm(y), w1)), w2));
  };
  // Its core has no gradient of a mean.
  const loss = (p, q, r, s, a, b) => tf.mul(1 / 2560, tf.sum(tf.square(tf.sub(tf.add(tf.matMul(tf.tanh(tf.add(tf.matMul(a, p), q)), r), s), b))));
  const net = (k1, k2, w, x) => {
    const layer = (a, k) => tf.avgPool(tf.relu(tf.conv2d(a, k, 1, "same")), 2, 2, "valid");
    return tf.matMul(tf.reshape(layer(layer(x, k1), k2), [32, 2048]), w);
  };
  const adam = (p, m, v, g) => {
    const m2 = tf.add(tf.mul(m, 0.9), tf.mul(g, 0.1));
    const v2 = tf.add(tf.mul(tf.abs(v), 0.999), tf.mul(tf.mul(g, g), 0.001));
    return [tf.sub(p, tf.mul(tf.div(tf.mul(m2, 10), tf.add(tf.sqrt(tf.mul(v2, 1000)), 1e-8)), 1e-3)), m2, v2];
  };
  const gradient = (f, n) => (...a) => tf.grads((...xs) => f(...xs, ...a.slice(n)))(a.slice(0, n));
  const squares = (f) => (...a) => tf.sum(tf.square(f(...a)));
  const work = {
    "x + x² + x³, 4096²": cubic,
    "x + x² + x³, 10000²": cubic,
    "softmax 4096×1024": (x) => tf.softmax(x),
    "layer norm + gelu 4096×1024": (x) => gelu(norm(x)),
    "Σ tanh·exp, 16M": (x) => tf.sum(tf.mul(tf.tanh(x), tf.exp(tf.neg(tf.mul(x, x))))),
    ...Object.fromEntries([64, 512, 1024, 2048].map((n) => [`matmul ${n}³`, (x, y) => tf.matMul(x, y)])),
    "tanh(x@w + b), 1024×512·512×512": (x, w, b) => tf.tanh(tf.add(tf.matMul(x, w), b)),
    "attention, 8 heads, 512×64": (q, k, v) => attend(q, k, v, 0.125),
    "gradient of an MLP, 256×784·512·10": gradient(loss, 4),
    "transformer block": block,
    "gradient of a transformer block": gradient(squares(block), 6),
    "conv net": net,
    "gradient of a conv net": gradient(squares(net), 3),
    "Adam, 10M": adam,
  };
  return {
    version: tf.version_core,
    has: (name) => name in work,
    make: (name) => (...args) => tf.tidy(() => work[name](...args)),
    array: (data, shape) => tf.tensor(data, shape, "float32"),
    finish: (out) => out,
    outputs: (out) => [out].flat().map((x) => x.dataSync()),
    drop: (out) => tf.dispose(out),
  };
}
