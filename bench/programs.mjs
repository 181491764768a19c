// The programs that bench/compare.mjs runs in two engines. Each gives `call` (what is timed), and where it has them `outputs` to compare,
// and `program`, the jaxpr whose kernels are counted.

/** Numbers in [-1, 1) that are the same in each engine and do not come from it. */
function noise(jl, ...shape) {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
  let s = 12345;
  for (let i = 0; i < data.length; i++) data[i] = ((s = (Math.imul(s, 1664525) + 1013904223) | 0) / 2 ** 31) * 0.999;
  return jl.numpy.array(data).reshape(shape);
}
const typesOf = (jl, args) => jl.tree.map((x) => jl.shapeDtypeStruct(x.shape, String(x.dtype)), args);
const drop = (jl, tree) => jl.tree.leaves(tree).forEach((x) => x.delete());
/** A compiled function that is run. */
const run = (name, build, options = {}) => ({
  name,
  ...options,
  make: (jl) => {
    const { fn, args } = build(jl);
    const f = jl.jit(fn);
    return {
      call: () => drop(jl, f(...args)),
      outputs: () => f(...args),
      program: () => jl.makeJaxpr(fn)(...typesOf(jl, args)),
      end: () => drop(jl, args),
    };
  },
});
/** The compiler, from jaxpr to loaded code, each time from nothing. */
function compiling(name, build) {
  return {
    name,
    // V8 has much of the compiler to compile before two engines can be compared.
    rounds: 6,
    make: (jl) => {
      const { fn, args } = build(jl);
      const jaxpr = jl.makeJaxpr(fn)(...args);
      return {
        call: () => {
          const c = jl.internals.compile(jaxpr, new Map());
          return c.loaded ?? c.executable;
        },
        program: () => jaxpr,
      };
    },
  };
}
const tracing = (name, build) => ({
  name,
  make: (jl) => {
    const { fn, args } = build(jl);
    return { call: () => jl.makeJaxpr(fn)(...args) };
  },
});

const cubic = (x) => x.add(x.mul(x)).add(x.mul(x).mul(x));
const mlp = (jl) => {
  const np = jl.numpy;
  const loss = (p, a, b) => np.square(np.tanh(a.matmul(p.w1).add(p.b1)).matmul(p.w2).add(p.b2).sub(b)).mean();
  const s = (...d) => noise(jl, ...d);
  return { fn: jl.grad(loss), args: [{ w1: s(64, 128), b1: s(128), w2: s(128, 32), b2: s(32) }, s(32, 64), s(32, 32)] };
};
const abstract = (build) => (jl) => {
  const { fn, args } = build(jl);
  return { fn, args: typesOf(jl, args) };
};
const layerNorm = (np, x, g, b) =>
  x
    .sub(x.mean(-1, { keepdims: true }))
    .div(np.sqrt(x.var(-1, { keepdims: true }).add(1e-5)))
    .mul(g)
    .add(b);
const transformer = (jl) => {
  const [np, nn] = [jl.numpy, jl.nn];
  const [t, d, h] = [64, 128, 4];
  const fn = (p, x) => {
    const n1 = layerNorm(np, x, p.g1, p.b1);
    const heads = (w) =>
      n1
        .matmul(w)
        .reshape([t, h, d / h])
        .transpose([1, 0, 2]);
    const [q, k, v] = [heads(p.q), heads(p.k), heads(p.v)];
    const a = nn.softmax(np.matmul(q, k.transpose([0, 2, 1])).div(Math.sqrt(d / h)), { axis: -1 });
    const y = x.add(np.matmul(a, v).transpose([1, 0, 2]).reshape([t, d]).matmul(p.o));
    return y.add(nn.gelu(layerNorm(np, y, p.g2, p.b2).matmul(p.w1)).matmul(p.w2));
  };
  const s = (...shape) => noise(jl, ...shape).mul(0.1);
  const p = { q: s(d, d), k: s(d, d), v: s(d, d), o: s(d, d), w1: s(d, 4 * d), w2: s(4 * d, d), g1: s(d), b1: s(d), g2: s(d), b2: s(d) };
  return { fn, args: [p, noise(jl, t, d)] };
};
const convNet = (jl) => {
  const [np, nn, lax] = [jl.numpy, jl.nn, jl.lax];
  const loss = (p, x) => {
    const h = nn.relu(lax.conv(x, p.k1, [1, 1], "SAME"));
    return np.square(np.tanh(lax.conv(h, p.k2, [2, 2], "SAME"))).mean();
  };
  return { fn: jl.grad(loss), args: [{ k1: noise(jl, 8, 3, 3, 3), k2: noise(jl, 8, 8, 3, 3) }, noise(jl, 4, 3, 32, 32)] };
};
/** A symmetric matrix with positive eigenvalues. */
const positive = (jl, n) => {
  const a = noise(jl, n, n);
  return a.matmul(a.T).add(jl.numpy.eye(n).mul(n));
};
/** A convolution of 32 images of 32×32, forward, or with the gradients of one operand. */
const convolution =
  (layout, size, from, to, wrt, stride = 1) =>
  (jl) => {
    const numbers = layout === "NHWC" ? ["NHWC", "HWIO", "NHWC"] : ["NCHW", "OIHW", "NCHW"];
    const images = layout === "NHWC" ? [32, 32, 32, from] : [32, from, 32, 32];
    const kernel = layout === "NHWC" ? [size, size, from, to] : [to, from, size, size];
    const fn = (x, w) => jl.lax.convGeneralDilated(x, w, [stride, stride], "SAME", { dimensionNumbers: numbers });
    const args = [noise(jl, ...images), noise(jl, ...kernel).mul(0.1)];
    if (wrt === null) return { fn, args };
    const cotangent = fn(...args);
    return { fn: (x, w, c) => jl.vjp(wrt === 0 ? (y) => fn(y, w) : (y) => fn(x, y), wrt === 0 ? x : w)[1](c), args: [...args, cotangent] };
  };
/** A residual block of two convolutions, and its gradient: 16 images of 16×16, 64 features. */
const resnet = (jl) => {
  const [np, nn] = [jl.numpy, jl.nn];
  const conv = (x, w) => jl.lax.convGeneralDilated(x, w, [1, 1], "SAME", { dimensionNumbers: ["NHWC", "HWIO", "NHWC"] });
  const norm = (x, g) =>
    x
      .sub(x.mean([0, 1, 2]))
      .div(np.sqrt(x.var([0, 1, 2]).add(1e-5)))
      .mul(g);
  const block = (p, x) => nn.relu(x.add(norm(conv(nn.relu(norm(conv(x, p.w1), p.g1)), p.w2), p.g2)));
  const p = { w1: noise(jl, 3, 3, 64, 64).mul(0.05), w2: noise(jl, 3, 3, 64, 64).mul(0.05), g1: np.ones([64]), g2: np.ones([64]) };
  return { block, args: [p, noise(jl, 16, 16, 16, 64)] };
};
/** A net for images of 32×32 in colours, batch 32: its gradient. */
const imageNet = (jl) => {
  const [np, nn, lax] = [jl.numpy, jl.nn, jl.lax];
  const loss = (p, x) => {
    const h = nn.relu(lax.conv(x, p.k1, [1, 1], "SAME"));
    const g = nn.relu(lax.conv(h, p.k2, [2, 2], "SAME"));
    return np.square(g.reshape([32, -1]).matmul(p.w)).mean();
  };
  const p = { k1: noise(jl, 32, 3, 3, 3), k2: noise(jl, 64, 32, 3, 3).mul(0.1), w: noise(jl, 64 * 16 * 16, 10).mul(0.01) };
  return { fn: jl.grad(loss), args: [p, noise(jl, 32, 3, 32, 32)] };
};
const lstm = (jl) => {
  const [np, nn, lax] = [jl.numpy, jl.nn, jl.lax];
  const n = 64;
  const fn = (w, u, b, xs) =>
    lax.scan(
      ([h, c], x) => {
        const [i, f, g, o] = np.split(x.matmul(w).add(h.matmul(u)).add(b), 4, -1);
        const c2 = nn
          .sigmoid(f)
          .mul(c)
          .add(nn.sigmoid(i).mul(np.tanh(g)));
        const h2 = nn.sigmoid(o).mul(np.tanh(c2));
        return [[h2, c2], h2];
      },
      [np.zeros([8, n]), np.zeros([8, n])],
      xs,
    )[1];
  return { fn, args: [noise(jl, n, 4 * n), noise(jl, n, 4 * n), noise(jl, 4 * n), noise(jl, 64, 8, n)] };
};
const adam = (jl) => {
  const fn = (p, m, v, g) => {
    const m2 = m.mul(0.9).add(g.mul(0.1));
    const v2 = v.mul(0.999).add(g.mul(g).mul(0.001));
    return [
      p.sub(
        m2
          .mul(10)
          .div(jl.numpy.sqrt(v2.mul(1000)).add(1e-8))
          .mul(1e-3),
      ),
      m2,
      v2,
    ];
  };
  const s = () => noise(jl, 1 << 20);
  return { fn, args: [s(), s(), jl.numpy.abs(s()), s()] };
};
const chain = (jl) => {
  const [np, s] = [jl.numpy, jl.shapeDtypeStruct];
  const fn = (x, w) => {
    for (let i = 0; i < 300; i++) x = np.tanh(x.matmul(w));
    return x.sum();
  };
  return { fn, args: [s([8, 32], "float32"), s([32, 32], "float32")] };
};
const cached = (leaves) => ({
  name: `cached call, ${leaves} ${leaves === 1 ? "leaf" : "leaves"}`,
  make: (jl) => {
    const xs = Object.fromEntries(Array.from({ length: leaves }, (_v, i) => [`p${i}`, jl.numpy.ones([4]).mul(i)]));
    const f = jl.jit((p) => p.p0.add(p[`p${leaves - 1}`]));
    return { call: () => f(xs), outputs: () => f(xs) };
  },
});

export const PROGRAMS = [
  run("x + x² + x³, 4096²", (jl) => ({ fn: cubic, args: [noise(jl, 4096, 4096)] })),
  run("x + x² + x³, 1024²", (jl) => ({ fn: cubic, args: [noise(jl, 1024, 1024)] })),
  run("softmax 4096×1024", (jl) => ({ fn: (x) => jl.nn.softmax(x, { axis: -1 }), args: [noise(jl, 4096, 1024)] })),
  run("layer norm + gelu, 1024×512", (jl) => ({
    fn: (x, g, b) => jl.nn.gelu(layerNorm(jl.numpy, x, g, b)),
    args: [noise(jl, 1024, 512), noise(jl, 512), noise(jl, 512)],
  })),
  run("Σ tanh·exp, 4M", (jl) => ({ fn: (x) => jl.numpy.tanh(x).mul(jl.numpy.exp(x)).sum(), args: [noise(jl, 1 << 22)] })),
  run("x² + x, bfloat16, 1M", (jl) => ({ fn: (x) => x.mul(x).add(x), args: [noise(jl, 1 << 20).astype("bfloat16")] }), { tolerance: 0.01 }),
  run("x² + x, float16, 1M", (jl) => ({ fn: (x) => x.mul(x).add(x), args: [noise(jl, 1 << 20).astype("float16")] }), { tolerance: 0.01 }),
  run("matmul 64³", (jl) => ({ fn: (a, b) => a.matmul(b), args: [noise(jl, 64, 64), noise(jl, 64, 64)] })),
  run("matmul 512³", (jl) => ({ fn: (a, b) => a.matmul(b), args: [noise(jl, 512, 512), noise(jl, 512, 512)] })),
  run("matmul 2048³", (jl) => ({ fn: (a, b) => a.matmul(b), args: [noise(jl, 2048, 2048), noise(jl, 2048, 2048)] })),
  run("matmul 2048×64 · 64×64", (jl) => ({ fn: (a, b) => a.matmul(b), args: [noise(jl, 2048, 64), noise(jl, 64, 64)] })),
  run("matmul 8×512 · 512×512", (jl) => ({ fn: (a, b) => a.matmul(b), args: [noise(jl, 8, 512), noise(jl, 512, 512)] })),
  run("gradient of an MLP", mlp),
  run("transformer block", transformer),
  run("gradient of a small convolutional net", convNet, { tolerance: 1e-4 }),
  run("gradient of a convolutional net, 32 images of 32×32", imageNet, { tolerance: 1e-4 }),
  run("residual block, 16 images of 16×16, 64 features", (jl) => ({ fn: resnet(jl).block, args: resnet(jl).args }), { tolerance: 1e-4 }),
  run("gradient of the residual block", (jl) => ({ fn: jl.grad((p, x) => jl.numpy.square(resnet(jl).block(p, x)).sum()), args: resnet(jl).args }), {
    tolerance: 1e-4,
  }),
  ...["NHWC", "NCHW"].flatMap((layout) => [
    run(`convolution 3×3, 32 → 64, ${layout}`, convolution(layout, 3, 32, 64, null)),
    run(`convolution 3×3, 32 → 64, ${layout}: gradient of the images`, convolution(layout, 3, 32, 64, 0)),
    run(`convolution 3×3, 32 → 64, ${layout}: gradient of the kernel`, convolution(layout, 3, 32, 64, 1), { tolerance: 1e-4 }),
    run(`convolution 3×3, 3 → 32, ${layout}`, convolution(layout, 3, 3, 32, null)),
    run(`convolution 1×1, 32 → 64, ${layout}`, convolution(layout, 1, 32, 64, null)),
    run(`convolution 3×3, 32 → 64, stride 2, ${layout}: gradient of the images`, convolution(layout, 3, 32, 64, 0, 2)),
    run(`convolution 3×3, 32 → 64, stride 2, ${layout}: gradient of the kernel`, convolution(layout, 3, 32, 64, 1, 2), { tolerance: 1e-4 }),
  ]),
  run("Fourier transform of 2²⁰", (jl) => ({ fn: (x) => jl.numpy.abs(jl.numpy.fft.fft(x)), args: [noise(jl, 1 << 20)] })),
  run("Fourier transform of 1024 × 1000", (jl) => ({ fn: (x) => jl.numpy.abs(jl.numpy.fft.fft(x)), args: [noise(jl, 1024, 1000)] })),
  run("sort of a million", (jl) => ({ fn: (x) => jl.numpy.sort(x), args: [noise(jl, 1 << 20)] })),
  run("argsort of a million", (jl) => ({ fn: (x) => jl.numpy.argsort(x), args: [noise(jl, 1 << 20)] })),
  run("sort of 1024 rows of 1024", (jl) => ({ fn: (x) => jl.numpy.sort(x), args: [noise(jl, 1024, 1024)] })),
  run("Cholesky 512", (jl) => ({ fn: (x) => jl.numpy.linalg.cholesky(x), args: [positive(jl, 512)] })),
  run("LU 512", (jl) => ({ fn: (x) => jl.lax.linalg.lu(x)[0], args: [noise(jl, 512, 512)] }), { tolerance: 1e-3 }),
  run("solve 512, 512 right sides", (jl) => ({ fn: (a, b) => jl.numpy.linalg.solve(a, b), args: [positive(jl, 512), noise(jl, 512, 512)] })),
  run("LSTM, scan of 64 steps", lstm),
  run("Adam, 1M", adam),
  tracing("MLP gradient: trace", abstract(mlp)),
  compiling("MLP gradient: compile", abstract(mlp)),
  tracing("transformer block: trace", abstract(transformer)),
  compiling("transformer block: compile", abstract(transformer)),
  tracing("300 × (matmul, tanh): trace", chain),
  compiling("300 × (matmul, tanh): compile", chain),
  compiling("300 × (matmul, tanh), gradient: compile", (jl) => ({ ...chain(jl), fn: jl.grad(chain(jl).fn) })),
  cached(1),
  cached(8),
  cached(32),
  cached(100),
  {
    name: "16 cached traces, in turn (each)",
    make: (jl) => {
      const f = jl.jit((x) => x.add(1));
      const xs = Array.from({ length: 16 }, (_v, i) => jl.numpy.ones([i + 1]));
      let at = 0;
      return { call: () => f(xs[at++ & 15]), outputs: () => xs.map((x) => f(x)) };
    },
  },
  {
    name: "eager add",
    make: (jl) => {
      const x = jl.numpy.ones([4]);
      return { call: () => x.add(x), outputs: () => x.add(x) };
    },
  },
  {
    name: "x.get(k), k of 100",
    make: (jl) => {
      const x = jl.numpy.arange(400).reshape([100, 4]);
      let k = 0;
      return { call: () => x.get(k++ % 100), outputs: () => x.get(7) };
    },
  },
  {
    name: "gradient of a tiny function, eager",
    make: (jl) => {
      const g = jl.grad((x) => jl.numpy.sin(x).mul(x).sum());
      const x = noise(jl, 4);
      return { call: () => g(x), outputs: () => g(x) };
    },
  },
];
