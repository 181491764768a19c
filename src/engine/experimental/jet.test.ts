// Taylor series beside real JAX 0.10.2 in double precision (jet.json: jax.experimental.jet of the same functions), and beside nested derivatives where JAX's jet has no rule.
import { readFileSync } from "node:fs";
import { beforeAll, afterAll, expect, test } from "vitest";
import { type Value, config, experimental, grad, jit, lax, nn, numpy as np, scipy } from "../index.ts";

const golden = JSON.parse(readFileSync(new URL("./jet.json", import.meta.url), "utf8")) as Record<string, [unknown, unknown[]]>;
beforeAll(() => config.update("enableX64", true));
afterAll(() => config.update("enableX64", false));
const f64 = (x: unknown): Value => np.array(x as number[], { dtype: "float64" });
const { jet } = experimental.jet;
const flat = (x: unknown): number[] => [x].flat(9) as number[];
function close(got: unknown, wanted: unknown): void {
  const [a, b] = [flat(got), flat(wanted)];
  expect(a).toHaveLength(b.length);
  a.forEach((v, i) => expect(Math.abs(v - b[i]!), `element ${i}: ${v}, expected ${b[i]}`).toBeLessThanOrEqual(1e-11 * (1 + Math.abs(b[i]!))));
}
const A = (): Value =>
  f64([
    [0.3, -0.2, 0.5],
    [0.1, 0.7, -0.4],
    [-0.6, 0.2, 0.9],
  ]);
const FUNCTIONS: Record<string, (x: Value) => Value> = {
  sinexp: (x) => np.sin(x).mul(np.exp(x)),
  div: (x) => x.div(x.mul(x).add(1)),
  tanh: (x) => np.tanh(np.matmul(A(), x)),
  pow: (x) => np.power(x, 1.7),
  cube: (x) => np.power(x, 3),
  softmax: (x) => nn.softmax(x),
  lse: (x) => scipy.special.logsumexp(x) as Value,
  sqrtlog: (x) => np.sqrt(x).add(np.log(x).mul(np.cosh(x))),
  erf: (x) => scipy.special.erf(x),
  logistic: (x) => nn.sigmoid(x),
  max: (x) => np.max(x).mul(x),
  where: (x) => np.where(np.greater(x, 0.5), x.mul(x), np.cosh(x)),
  jit: (x) => jit((y: Value) => np.cumsum(y).mul(y))(x),
  prod: (x) => np.cumprod(x),
  solve: (x) => np.flip(x.get("1:").mul(x.get(":-1"))),
};
test.each(Object.keys(FUNCTIONS))("%s has JAX's series to order 4", (name) => {
  const series = [
    [1, -0.5, 0.7],
    [0.2, 0.3, -0.1],
    [0, 1, 0.5],
    [-0.3, 0, 0.1],
  ].map(f64);
  const [y, terms] = jet(FUNCTIONS[name]!, [f64([0.4, 0.9, 1.3])], [series]);
  close(y.tolist(), golden[name]![0]);
  close(
    terms.map((t) => t.tolist()),
    golden[name]![1],
  );
});
test("two arguments; and coefficients without factorials", () => {
  const f = (a: Value, b: Value): Value => a.div(b).mul(np.sin(b)),
    at = [f64(1.5), f64(0.6)] as [Value, Value],
    a = [1, 0.5, 0.2],
    b = [0.3, 0.1, -0.4];
  const [y, terms] = jet(
    f,
    at,
    [a, b].map((s) => s.map(f64)),
  );
  close([y.item(), terms.map((t) => t.item())], golden["two"]);
  const over = (s: number[]): Value[] => s.map((v, k) => f64(v / [1, 2, 6][k]!));
  const [, plain] = jet(f, at, [over(a), over(b)], { factorialScaled: false });
  close(
    plain.map((t, k) => (t.item() as number) * [1, 2, 6][k]!),
    golden["two"]![1],
  );
});
test("what JAX's jet has no rule for: derivatives of order 5 of arctan, of a loop and of a solve are those of nested grad", () => {
  const cases: ((x: Value) => Value)[] = [
    (x) => np.arctan(x),
    (x) => lax.foriLoop(0, 3, (_i: Value, c: Value) => np.sin(c).mul(x), x) as Value,
    (x) => np.linalg.solve(np.stack([np.stack([x, f64(1)]), np.stack([f64(0.5), x.mul(x)])]), f64([1, 2])).get(0),
  ];
  for (const f of cases) {
    const [, terms] = jet(f, [f64(0.7)], [[1, 0, 0, 0].map(f64)]);
    let g = f;
    for (const t of terms) {
      g = grad(g as never) as unknown as (x: Value) => Value;
      close(t.item(), g(f64(0.7)).item());
    }
  }
});
test("a series may be traced: jet under jit and grad", () => {
  const second = (x: Value): Value => jet((u: Value) => np.sin(u), [x], [[f64(1), f64(0)]])[1][1]!;
  close(jit(second)(f64(0.3)).item(), -Math.sin(0.3));
  close(grad(second as never)(f64(0.3) as never).item(), -Math.cos(0.3));
});
test("what does not fit is said", () => {
  const f = (x: Value, y: Value): Value => x.mul(y);
  expect(() => jet(f, [f64(1), f64(2)], [[f64(1)], []])).toThrow(/the series of argument 1 has 0 terms, that of argument 0 1/);
  expect(() => jet(np.sin, [f64([1, 2])], [[f64(1)]])).toThrow(/term 1 of a series has shape \[\], its value \[2\]/);
  expect(() => jet(np.sin, [np.arange(3)], [[np.arange(3)]])).toThrow(/series are of floats/);
});
