// Factorizations: what they promise of their factors, and derivatives against finite differences in float64, real and complex.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const { numpy: np, lax } = jl,
  la = np.linalg;
beforeAll(() => jl.config.update("enableX64", true));
afterAll(() => jl.config.update("enableX64", false));
let seed = 1;
const random = (...shape: number[]): Value =>
  np
    .array(
      Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => {
        seed = (seed * 1103515245 + 12345) % 2147483648;
        return seed / 1073741824 - 1;
      }),
      { dtype: "float64" },
    )
    .reshape(shape);
const complex = (...shape: number[]): Value => lax.complex(random(...shape), random(...shape)),
  H = (a: Value): Value => np.conj(a).mT;
const positive = (a: Value): Value => a.matmul(H(a)).add(np.eye(a.shape.at(-1)!, { dtype: "float64" }).mul(3)),
  eye = (n: number): Value => np.eye(n, { dtype: "float64" });
const far = (a: Value, b: Value): number => Number(np.max(np.abs(a.sub(b))).item());
const close = (a: Value, b: Value): void => {
  expect(a.shape).toEqual(np.broadcastShapes(a.shape, b.shape));
  expect(far(a, b)).toBeLessThan(1e-9);
};

describe.each([
  ["real", random],
  ["complex", complex],
] as const)("%s", (_kind, make) => {
  test("cholesky, LU, QR, eigh, SVD, Schur, Hessenberg, eig give their matrix back", () => {
    for (const n of [1, 2, 3, 5, 9]) {
      const a = make(2, n, n),
        p = positive(a),
        l = la.cholesky(p);
      close(l.matmul(H(l)), p);
      const [P, L, U] = jl.scipy.linalg.lu(a) as Value[];
      close(P!.astype(a.dtype).matmul(L!).matmul(U!), a);
      const [q, r] = la.qr(a) as Value[];
      close(q!.matmul(r!), a);
      close(H(q!).matmul(q!), eye(n));
      const [w, v] = la.eigh(p);
      close(v.mul(np.expandDims(w, -2)).matmul(H(v)), p);
      const [u, s, vh] = la.svd(a) as Value[];
      close(u!.mul(np.expandDims(s!, -2)).matmul(vh!), a);
      close(H(u!).matmul(u!), eye(n));
      const [t, z] = jl.scipy.linalg.schur(a) as Value[];
      close(z!.matmul(t!).matmul(H(z!)), a);
      close(np.tril(t!, -2), np.zerosLike(t!));
      const [h, hq] = jl.scipy.linalg.hessenberg(a, { calcQ: true }) as Value[];
      close(hq!.matmul(h!).matmul(H(hq!)), a);
      const [lambda, x] = la.eig(a) as Value[];
      close(a.astype("complex128").matmul(x!), x!.mul(np.expandDims(lambda!, -2)));
    }
  });
  test("rectangular and rank-deficient ones: the factors stay orthonormal", () => {
    for (const [m, n] of [
      [5, 3],
      [3, 5],
      [6, 1],
      [1, 4],
    ] as const) {
      const a = make(m, n),
        [u, s, vh] = la.svd(a, { fullMatrices: true }) as Value[],
        k = Math.min(m, n);
      close(
        u!
          .get(":", `:${k}`)
          .mul(s!)
          .matmul(vh!.get(`:${k}`)),
        a,
      );
      close(H(u!).matmul(u!), eye(m));
      close(vh!.matmul(H(vh!)), eye(n));
      const [q] = la.qr(a, { mode: "complete" }) as Value[];
      close(H(q!).matmul(q!), eye(m));
    }
    const low = make(6, 2).matmul(make(2, 5)),
      [u, s, vh] = la.svd(low) as Value[];
    close(H(u!).matmul(u!), eye(6));
    close(u!.get(":", ":5").mul(s!).matmul(vh!), low);
    expect(Number(la.matrixRank(low).item())).toBe(2);
  });
  const cases: readonly [string, (a: Value) => Value][] = [
    ["cholesky", (a) => la.cholesky(positive(a))],
    ["lu", (a) => lax.linalg.lu(a)[0]!],
    ["inv", la.inv],
    ["det", la.det],
    ["slogdet", (a) => la.slogdet(a)[1]],
    ["eigvalsh", (a) => la.eigvalsh(positive(a))],
    ["svdvals", la.svdvals],
    [
      "qr",
      (a) => {
        const [q, r] = la.qr(a) as Value[];
        return q!.matmul(np.sin(np.real(r!)).astype(a.dtype));
      },
    ],
    [
      "eigh",
      (a) => {
        const [w, v] = la.eigh(positive(a));
        return np.abs(v).mul(w);
      },
    ],
    [
      "svd",
      (a) => {
        const [u, s, vh] = la.svd(a, { fullMatrices: false }) as Value[];
        return np.abs(u!).mul(s!).add(np.abs(vh!));
      },
    ],
    ["pinv", (a) => la.pinv(a.get(":", ":2"))],
    ["eigvals", (a) => np.sort(np.abs(la.eigvals(a)))],
    ["triangularSolve", (a) => lax.linalg.triangularSolve(a.add(eye(3).mul(3)), a, { leftSide: true, lower: true })],
    ["solve", (a) => la.solve(a.add(eye(3).mul(3)), a.get(":", ":2"))],
    ["expm", (a) => jl.scipy.linalg.expm(a)],
    ["tridiagonalSolve", (a) => lax.linalg.tridiagonalSolve(a.get(0), a.get(1).add(4), a.get(2), a)],
  ];
  test.each(cases)("the derivative of %s, forward by finite differences, reverse by the forward one", (_name, f) => {
    const a = make(3, 3).add(eye(3)),
      t = make(3, 3),
      h = 1e-6,
      [out, dot] = jl.jvp(f, [a], [t]) as [Value, Value],
      difference = f(a.add(t.mul(h)))
        .sub(f(a.sub(t.mul(h))))
        .div(2 * h);
    expect(far(dot, difference)).toBeLessThan(2e-6 * (1 + Number(np.max(np.abs(dot)).item())));
    // Complex functions: ⟨ct, J t⟩ = ⟨Jᵀ ct, t⟩ without conjugation, as JAX defines the pullback.
    const ct = out.dtype.startsWith("complex") ? complex(...out.shape) : random(...out.shape),
      [, pull] = jl.vjp(f, a) as [Value, (c: Value) => Value[]],
      g = pull(ct)[0]!;
    expect(far(np.real(ct.mul(dot).sum()), np.real(g.mul(t).sum()))).toBeLessThan(1e-7 * (1 + Math.abs(Number(np.real(g.mul(t).sum()).item()))));
    close(jl.vmap(f)(np.stack([a, a.add(t.mul(0.1))])), np.stack([f(a), f(a.add(t.mul(0.1)))]));
  });
});
test("Fourier transforms of any length: the definition, the inverse, the derivative", () => {
  for (const n of [1, 2, 3, 5, 8, 12, 17]) {
    const x = complex(n),
      k = np.arange(n),
      w = np.exp(
        np
          .outer(k, k)
          .astype("float64")
          .mul((-2 * Math.PI) / n)
          .astype("complex128")
          .mul(lax.complex(np.array(0, { dtype: "float64" }), np.array(1, { dtype: "float64" }))),
      );
    close(np.fft.fft(x), w.matmul(x));
    close(np.fft.ifft(np.fft.fft(x)), x);
    const r = random(n);
    close(np.fft.irfft(np.fft.rfft(r), { n }), r);
    for (const f of [(v: Value): Value => np.fft.rfft(v), (v: Value): Value => np.fft.irfft(np.fft.rfft(v).mul(2), { n })]) {
      const t = random(n),
        [out, dot] = jl.jvp(f, [r], [t]) as [Value, Value],
        ct = out.dtype === "complex128" ? complex(...out.shape) : random(...out.shape),
        [, pull] = jl.vjp(f, r) as [Value, (c: Value) => Value[]];
      expect(far(np.real(ct.mul(dot).sum()), pull(ct)[0]!.mul(t).sum())).toBeLessThan(1e-9);
    }
  }
});
test("windows: sums, extrema and any reducer against plain loops; derivatives by finite differences", () => {
  const x = random(5, 6),
    w: [number[], object] = [
      [2, 3],
      {
        windowStrides: [1, 2],
        padding: [
          [1, 0],
          [0, 1],
        ],
      },
    ],
    pad = np.pad(
      x,
      [
        [1, 0],
        [0, 1],
      ],
      { constantValues: 0 },
    );
  const sum = (v: Value): Value => lax.reduceWindow(v, 0, lax.add, ...w) as Value,
    max = (v: Value): Value => lax.reduceWindow(v, -Infinity, lax.max, ...w) as Value,
    odd = (v: Value): Value => lax.reduceWindow(v, 0.5, (a: Value, b: Value) => lax.add(lax.mul(a, b), b), ...w) as Value;
  const windows = Array.from({ length: 5 }, (_a, i) =>
    np.stack(Array.from({ length: 3 }, (_b, j) => pad.get(`${i}:${i + 2}`, `${2 * j}:${2 * j + 3}`).sum())),
  );
  close(sum(x), np.stack(windows));
  for (const f of [sum, max, odd]) {
    const t = random(5, 6),
      h = 1e-6,
      [out, dot] = jl.jvp(f, [x], [t]) as [Value, Value];
    expect(
      far(
        dot,
        f(x.add(t.mul(h)))
          .sub(f(x.sub(t.mul(h))))
          .div(2 * h),
      ),
    ).toBeLessThan(1e-7);
    if (f === odd) continue;
    const ct = random(...out.shape),
      [, pull] = jl.vjp(f, x) as [Value, (c: Value) => Value[]];
    expect(far(ct.mul(dot).sum(), pull(ct)[0]!.mul(t).sum())).toBeLessThan(1e-10);
    close(jl.vmap(f)(np.stack([x, t])), np.stack([f(x), f(t)]));
  }
});
