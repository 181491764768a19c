// @jax-js/jax (WebAssembly) as a side of bench/peers.mjs. Its operations consume what they are given: `.ref` keeps it.

export default async function side(load) {
  const jax = await load("@jax-js/jax");
  const { numpy: np, nn, lax } = jax;
  await jax.init("wasm");
  jax.defaultDevice("wasm");
  const norm = (x) => {
    const d = x.ref.sub(x.mean(-1, { keepdims: true }));
    return d.ref.div(np.sqrt(np.square(d).mean(-1, { keepdims: true }).add(1e-5)));
  };
  const cubic = (x) => x.ref.add(x.ref.mul(x.ref)).add(x.ref.mul(x.ref).mul(x));
  const attend = (q, k, v, by) => np.matmul(nn.softmax(np.matmul(q, k.transpose([0, 2, 1])).mul(by), -1), v);
  const block = (q, k, v, o, w1, w2, x) => {
    const n = norm(x.ref);
    const heads = (w, m) => np.matmul(m, w).reshape([512, 8, 32]).transpose([1, 0, 2]);
    const a = attend(heads(q, n.ref), heads(k, n.ref), heads(v, n), 1 / Math.sqrt(32));
    const y = x.add(np.matmul(a.transpose([1, 0, 2]).reshape([512, 256]), o));
    return y.ref.add(np.matmul(nn.gelu(np.matmul(norm(y), w1)), w2));
  };
  const loss = (p, q, r, s, a, b) => np.square(np.matmul(np.tanh(np.matmul(a, p).add(q)), r).add(s).sub(b)).mean();
  const net = (k1, k2, w, x) => {
    const conv = (a, k) => lax.conv(a, k.transpose([3, 2, 0, 1]), [1, 1], "SAME");
    const pool = (a) => {
      const [n, c, h, v] = a.shape;
      return a.reshape([n, c, h / 2, 2, v / 2, 2]).mean([3, 5]);
    };
    const a = pool(nn.relu(conv(x.transpose([0, 3, 1, 2]), k1)));
    return np.matmul(pool(nn.relu(conv(a, k2))).transpose([0, 2, 3, 1]).reshape([32, 2048]), w);
  };
  const energy = (x) => {
    const d = x.ref.reshape([-1, 1, 3]).sub(x.reshape([1, -1, 3]));
    const s = np.reciprocal(np.square(d).sum(-1).add(1));
    const s3 = s.ref.mul(s.ref).mul(s);
    return np.square(s3.ref).sub(s3).sum().mul(2);
  };
  const adam = (p, m, v, g) => {
    const m2 = m.mul(0.9).add(g.ref.mul(0.1));
    const v2 = np.abs(v).mul(0.999).add(np.square(g).mul(0.001));
    return [p.sub(m2.ref.mul(10).div(np.sqrt(v2.ref.mul(1000)).add(1e-8)).mul(1e-3)), m2, v2];
  };
  const pair = (z) => [z.real, z.imag];
  const squares = (f) => (...a) => np.square(f(...a)).sum();
  const work = {
    "x + x² + x³, 4096²": cubic,
    "x + x² + x³, 10000²": cubic,
    "softmax 4096×1024": (x) => nn.softmax(x, -1),
    "layer norm + gelu 4096×1024": (x) => nn.gelu(norm(x)),
    "Σ tanh·exp, 16M": (x) => np.tanh(x.ref).mul(np.exp(np.square(x).neg())).sum(),
    "float16 tanh 4M": (x) => np.tanh(x.astype("float16")).astype("float32"),
    ...Object.fromEntries([64, 512, 1024, 2048].map((n) => [`matmul ${n}³`, (x, y) => np.matmul(x, y)])),
    "tanh(x@w + b), 1024×512·512×512": (x, w, b) => np.tanh(np.matmul(x, w).add(b)),
    "attention, 8 heads, 512×64": (q, k, v) => attend(q, k, v, 0.125),
    "gradient of an MLP, 256×784·512·10": jax.grad(loss, { argnums: [0, 1, 2, 3] }),
    "transformer block": block,
    "gradient of a transformer block": jax.grad(squares(block), { argnums: [0, 1, 2, 3, 4, 5] }),
    "conv net": net,
    "gradient of a conv net": jax.grad(squares(net), { argnums: [0, 1, 2] }),
    "Adam, 10M": adam,
    "Lennard-Jones step of 4,000": (x) => x.ref.sub(jax.grad(energy)(x).mul(1e-3)),
    "FFT 2^20": (x, y) => pair(np.fft.fft({ real: x, imag: y })),
    "sort 1M": (x) => np.sort(x),
    "cholesky 512": (x) => np.linalg.cholesky(x),
  };
  return {
    has: (name) => name in work,
    make: (name) => {
      const f = jax.jit(work[name]);
      return (...args) => f(...args.map((a) => a.ref));
    },
    array: (data, shape) => np.array(data, { shape }).reshape(shape),
    finish: async (out) => (await jax.blockUntilReady(out), out),
    outputs: (out) => jax.tree.leaves(out).map((x) => x.ref.dataSync()),
    drop: (out) => jax.tree.leaves(out).forEach((x) => x.dispose()),
  };
}
