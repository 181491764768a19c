// What bench/native.mjs and bench/peers.mjs measure: programs of this engine with the shapes of their arguments, which are normal numbers times `scale` (all, or one for each)
// unless `make` says otherwise. `name` is what a peer knows the same program by (bench/peers/*). `only: "peers"` marks what bench/native.mjs leaves out.

const layerNorm = (np, x) => x.sub(x.mean(-1, { keepdims: true })).div(np.sqrt(x.var(-1, { keepdims: true }).add(1e-5)));
const squares = (x) => x.mul(x).sum();

/** The table for one engine. `flops` is given where they are what counts, `tolerance` (of the largest magnitude) where 1e-5 is too little. */
export function workOf(jl) {
  const np = jl.numpy;
  const cubic = (x) => x.add(x.mul(x)).add(x.mul(x).mul(x));
  const attention = (q, k, v) => np.matmul(jl.nn.softmax(np.matmul(q, k.transpose([0, 2, 1])).mul(0.125)), v);
  const loss = (p, a, b) => np.square(np.tanh(a.matmul(p[0]).add(p[1])).matmul(p[2]).add(p[3]).sub(b)).mean();
  const lstm = (w, u, xs) => {
    const n = u.shape[0];
    // Small weights: large ones make it chaotic, so that the last bit decides.
    const step = ([h, c], x) => {
      const [i, f, g, o] = np.split(x.matmul(w).add(h.matmul(u)).mul(0.05), 4, { axis: -1 });
      const next = jl.nn.sigmoid(f).mul(c).add(jl.nn.sigmoid(i).mul(np.tanh(g)));
      const out = jl.nn.sigmoid(o).mul(np.tanh(next));
      return [[out, next], out];
    };
    return jl.lax.scan(step, [np.zeros([32, n]), np.zeros([32, n])], xs)[1];
  };
  const adam = (p, m, v, g) => {
    const [m2, v2] = [m.mul(0.9).add(g.mul(0.1)), np.abs(v).mul(0.999).add(g.mul(g).mul(0.001))];
    return [p.sub(m2.mul(10).div(np.sqrt(v2.mul(1000)).add(1e-8)).mul(1e-3)), m2, v2];
  };
  /** x [512, 256], eight heads of 32. */
  const block = (q, k, v, o, w1, w2, x) => {
    const n = layerNorm(np, x);
    const heads = (w) => n.matmul(w).reshape([512, 8, 32]).transpose([1, 0, 2]);
    const scores = np.matmul(heads(q), heads(k).transpose([0, 2, 1])).mul(1 / Math.sqrt(32));
    const y = x.add(np.matmul(jl.nn.softmax(scores), heads(v)).transpose([1, 0, 2]).reshape([512, 256]).matmul(o));
    return y.add(jl.nn.gelu(layerNorm(np, y).matmul(w1)).matmul(w2));
  };
  /** x [32, 32, 32, 3] with channels last; two convolutions with means of 2×2, one dense layer. */
  const convNet = (k1, k2, w, x) => {
    const conv = (a, k) => jl.lax.convGeneralDilated(a, k, [1, 1], "SAME", { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] });
    const pool = (a) => {
      const [n, h, v, c] = a.shape;
      return a.reshape([n, h / 2, 2, v / 2, 2, c]).mean([2, 4]);
    };
    const a = pool(jl.nn.relu(conv(x, k1)));
    return pool(jl.nn.relu(conv(a, k2))).reshape([32, 2048]).matmul(w);
  };
  /** Softened, so that no pair of random places decides. */
  const energy = (x) => {
    const d = np.expandDims(x, 1).sub(np.expandDims(x, 0));
    const s = np.reciprocal(d.mul(d).sum(-1).add(1));
    const s3 = s.mul(s).mul(s);
    return s3.mul(s3).sub(s3).sum().mul(2);
  };
  const matrices = [[256, 256], [256, 256], [256, 256], [256, 256], [256, 1024], [1024, 256]];
  const scale = [...matrices.map(() => 0.05), 1];
  const net = { args: [[3, 3, 3, 16], [3, 3, 16, 32], [2048, 10], [32, 32, 32, 3]], scale: [0.3, 0.1, 0.05, 1], only: "peers" };
  return [
    { name: "x + x² + x³, 4096²", f: cubic, args: [[4096, 4096]] },
    { name: "x + x² + x³, 10000²", f: cubic, args: [[10_000, 10_000]], only: "peers" },
    { name: "softmax 4096×1024", f: (x) => jl.nn.softmax(x), args: [[4096, 1024]] },
    { name: "layer norm + gelu 4096×1024", f: (x) => jl.nn.gelu(layerNorm(np, x)), args: [[4096, 1024]] },
    { name: "Σ tanh·exp, 16M", f: (x) => np.tanh(x).mul(np.exp(x.mul(x).neg())).sum(), args: [[4096, 4096]], tolerance: 1e-4, magnitude: 1000 },
    { name: "float16 tanh 4M", f: (x) => np.tanh(x.astype("float16")).astype("float32"), args: [[2048, 2048]], tolerance: 2e-3 },
    ...[64, 512, 1024, 2048].map((n) => ({ name: `matmul ${n}³`, f: (x, y) => x.matmul(y), args: [[n, n], [n, n]], flops: 2 * n ** 3 })),
    { name: "tanh(x@w + b), 1024×512·512×512", f: (x, w, b) => np.tanh(x.matmul(w).add(b)), args: [[1024, 512], [512, 512], [512]], tolerance: 1e-4 },
    { name: "attention, 8 heads, 512×64", f: attention, args: [[8, 512, 64], [8, 512, 64], [8, 512, 64]] },
    {
      name: "gradient of an MLP, 256×784·512·10",
      f: (p, q, r, s, a, b) => jl.grad(loss)([p, q, r, s], a, b),
      args: [[784, 512], [512], [512, 10], [10], [256, 784], [256, 10]],
      tolerance: 1e-3,
    },
    { name: "transformer block", f: block, args: [...matrices, [512, 256]], scale, tolerance: 1e-4, only: "peers" },
    {
      name: "gradient of a transformer block",
      f: (...a) => jl.grad((...b) => squares(block(...b)), [0, 1, 2, 3, 4, 5])(...a),
      args: [...matrices, [512, 256]], scale, tolerance: 1e-3, only: "peers",
    },
    { name: "conv net", f: convNet, ...net, tolerance: 1e-4 },
    { name: "gradient of a conv net", f: (...a) => jl.grad((...b) => squares(convNet(...b)), [0, 1, 2])(...a), ...net, tolerance: 1e-3 },
    { name: "Adam, 10M", f: adam, args: [[10_000_000], [10_000_000], [10_000_000], [10_000_000]], tolerance: 1e-4 },
    { name: "LSTM, 256 steps, 32×128", f: lstm, args: [[128, 512], [128, 512], [256, 32, 128]], tolerance: 1e-3 },
    { name: "Lennard-Jones step of 4,000", f: (x) => x.sub(jl.grad(energy)(x).mul(1e-3)), args: [[4000, 3]], scale: 5, only: "peers" },
    { name: "FFT 2^20", f: (x, y) => { const z = np.fft.fft(jl.lax.complex(x, y)); return [np.real(z), np.imag(z)]; }, args: [[2 ** 20], [2 ** 20]], only: "peers" },
    { name: "real FFT 2^20", f: (x) => { const z = np.fft.rfft(x); return [np.real(z), np.imag(z)]; }, args: [[2 ** 20]], only: "peers" },
    { name: "sort 1M", f: (x) => np.sort(x), args: [[1_000_000]], only: "peers" },
    {
      name: "cholesky 512", f: (x) => np.linalg.cholesky(x), args: [[512, 512]], only: "peers",
      make: ([x]) => [x.matmul(x.transpose()).div(512).add(np.eye(512))],
    },
  ];
}
/** The arguments of one program. */
export function argumentsOf(jl, w) {
  const noise = w.args.map((shape, i) => {
    const x = jl.random.normal(jl.random.key(i + 1), shape);
    const by = Array.isArray(w.scale) ? w.scale[i] : (w.scale ?? 1);
    return by === 1 ? x : x.mul(by);
  });
  return w.make ? w.make(noise) : noise;
}
/** The largest difference, relative to the largest magnitude (`magnitude` where that is no measure: a sum that cancels). */
export function apart(a, b, magnitude = 1e-30) {
  let [largest, most] = [magnitude, 0];
  if (a.length !== b.length) return Infinity;
  for (let i = 0; i < a.length; i++) {
    largest = Math.max(largest, Math.abs(a[i]));
    const d = Math.abs(a[i] - b[i]);
    if (!(d <= most) && !Object.is(a[i], b[i])) most = Number.isNaN(d) ? Infinity : d;
  }
  return most / largest;
}
