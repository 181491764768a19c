// What the transformations beside grad, vmap and jit promise: values, order, and the words of their errors.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const { numpy: np, lax } = jl,
  num = (v: unknown): number => Number((v as Value).item()),
  list = (v: unknown): number[] => Array.from((v as jl.Array).dataSync() as Float32Array, (x) => +x.toFixed(4) + 0);
const grad = jl.grad as unknown as (f: unknown, o?: object) => (...xs: unknown[]) => Value;

test("checkpoint keeps no intermediate value for the backward pass, and recomputes them there", () => {
  const f = (x: Value): Value => np.sin(np.sin(x)),
    text = String(jl.makeJaxpr(grad(jl.checkpoint(f)))(1.0));
  expect(text).toBe(`{ lambda ; a:f32[]. let
    b:f32[] = sin a
    _:f32[] = sin b
    c:f32[] = remat2[
      differentiated=True
      jaxpr={ lambda ; d:f32[] e:f32[]. let
          f:f32[] = sin d
          g:f32[] = cos d
          h:f32[] = cos f
          i:f32[] = mul e h
          j:f32[] = mul i g
        in (j,) }
      policy=None
      prevent_cse=True
    ] a 1.0:f32[]
  in (c,) }`);
});
test("policies decide what the backward pass recomputes", () => {
  const f = (x: Value, w: Value): Value => np.tanh(jl.checkpointName(np.sin(x.matmul(w)), "hidden").matmul(w)).sum(),
    s = np.ones([3, 3]);
  const recomputed = (policy: jl.CheckpointPolicy | null): string[] =>
    (
      jl
        .makeJaxpr(grad(jl.checkpoint(f, { policy })))(s, s)
        .eqns.find((e) => e.primitive.name === "remat2")!.params.jaxpr as jl.ClosedJaxpr
    ).eqns.map((e) => e.primitive.name);
  const p = jl.checkpointPolicies,
    count = (names: string[], ...of: string[]): number => names.filter((n) => of.includes(n)).length,
    dots = (names: string[]): number => count(names, "dot_general");
  expect(dots(recomputed(null))).toBe(dots(recomputed(p.dotsSaveable)) + 2);
  expect(count(recomputed(null), "sin")).toBe(1);
  expect(count(recomputed(p.everythingSaveable), "sin", "tanh")).toBe(0);
  // The named value is kept; what comes before it is needed only for its derivative.
  expect(dots(recomputed(p.saveOnlyTheseNames("hidden")))).toBe(dots(recomputed(null)) - 0);
});
test("linearTranspose, closureConvert, customGradient, fwdAndBwd, namedCall, ensureCompileTimeEval", () => {
  expect(list(jl.linearTranspose((x: Value) => x.mul(3).sum(), jl.shapeDtypeStruct([3], "float32"))(np.array(2))[0])).toEqual([6, 6, 6]);
  const a = np.ones([1]).mul(2),
    [converted, consts] = jl.closureConvert((x: Value) => x.mul(a), np.array(1));
  expect([consts.length, num(converted(np.array(5), np.array([7])))]).toEqual([1, 35]);
  const c = jl.customGradient((x: Value) => [x.mul(x), (ct: Value) => ct.mul(x).mul(100)]);
  expect([num(c(np.array(3))), num(grad(c)(np.array(3))), num(jl.jit(grad((x: Value) => c(x.mul(2))))(np.array(3)))]).toEqual([9, 300, 1200]);
  const [forward, backward] = jl.fwdAndBwd((x: Value, y: Value) => x.mul(y), { argnums: [0, 1] }),
    [out, residuals] = forward(np.array(3), np.array(4));
  expect([num(out), ...(backward(residuals as never, np.array(1)) as Value[]).map(num)]).toEqual([12, 4, 3]);
  expect(jl.makeJaxpr(jl.namedCall((x: Value) => np.sin(x), { name: "layer" }))(1).eqns[0]!.source.nameStack).toMatchObject([
    { kind: "scope", name: "layer" },
  ]);
  expect(num(jl.jit((x: Value) => x.mul(jl.ensureCompileTimeEval(() => (np.array(2).mul(3).item() as number) + 1)))(np.array(2)))).toBe(14);
});
test("callbacks run in the order of the program, also in loops, and once for each example", () => {
  const lines: string[] = [];
  jl.debug.setPrinter((l) => lines.push(l));
  try {
    const f = (x: Value): Value => {
      jl.debug.print("start {x:.2f}", { x });
      const r = lax.foriLoop(
        0,
        2,
        (i: Value, v: Value) => {
          jl.debug.print("step {} of {}", i, v);
          return v.add(1);
        },
        x,
      ) as Value;
      jl.debug.print("end {}", r);
      return r;
    };
    expect(num(f(np.array(1)))).toBe(3);
    const eager = lines.splice(0);
    jl.jit(f)(np.array(1));
    expect(lines.splice(0)).toEqual(eager);
    expect(eager).toEqual(["start 1.00", "step 0 of 1", "step 1 of 2", "end 3"]);
    jl.jit(
      jl.vmap((x: Value) => {
        jl.debug.print("x = {}", x);
        return x;
      }),
    )(np.arange(3));
    grad((x: Value) => {
      jl.debug.print("in grad {}", x);
      return x.mul(x);
    })(np.array(3));
    expect(lines.splice(0)).toEqual(["x = 0", "x = 1", "x = 2", "in grad 3"]);
  } finally {
    jl.debug.setPrinter((l) => console.log(l));
  }
  const seen: number[] = [];
  jl.jit((x: Value) => {
    jl.debug.callback((v: jl.Array) => seen.push(num(v)), x);
    return x;
  })(np.array(4));
  expect(seen).toEqual([4]);
});
test("pureCallback and ioCallback: shapes, vmap methods, derivatives by a custom rule", () => {
  const shape = jl.shapeDtypeStruct([3], "float32"),
    f = (x: Value): Value => jl.pureCallback((a: jl.Array) => np.array((a.tolist() as number[]).map((v) => v * 10)), shape, x) as Value;
  expect(list(jl.jit(f)(np.array([1, 2, 3])))).toEqual([10, 20, 30]);
  const one = (x: Value): Value =>
    jl.pureCallback((a: jl.Array) => num(a) + 1, jl.shapeDtypeStruct([], "float32"), x, { vmapMethod: "sequential" }) as Value;
  expect(list(jl.vmap(one)(np.array([1, 2])))).toEqual([2, 3]);
  expect(() => jl.vmap((x: Value) => jl.pureCallback(() => 1, jl.shapeDtypeStruct([], "float32"), x))(np.array([1, 2]))).toThrow(
    /vmapMethod: "sequential"/,
  );
  expect(() => grad((x: Value) => f(x).sum())(np.array([1, 2, 3]))).toThrow(/pureCallback cannot be differentiated.*customJvp/);
  expect(() => jl.jit((x: Value) => jl.pureCallback(() => np.ones([2]), shape, x))(np.array(1))).toThrow(/returned f32\[2\].*expected float32\[3\]/);
  let calls = 0;
  const io = jl.jit((x: Value) =>
    jl.ioCallback(
      (a: jl.Array) => {
        calls++;
        return a;
      },
      jl.shapeDtypeStruct([], "float32"),
      x,
      { ordered: true },
    ),
  );
  io(np.array(1));
  io(np.array(1));
  expect(calls).toBe(2);
});
test("a callback may run programs of its own", () => {
  const inner = jl.jit((x: Value) => np.ones([256, 256]).mul(x).sum());
  expect(num(jl.jit((x: Value) => jl.pureCallback((a: jl.Array) => inner(a), jl.shapeDtypeStruct([], "float32"), x))(np.array(2)))).toBe(131072);
});
test("collectives over a named axis", () => {
  const v = (f: (x: Value) => unknown, x: Value): number[] => {
    const a = list((jl.vmap(f as never, { axisName: "i" }) as unknown as typeof f)(x));
    expect(list((jl.jit(jl.vmap(jl.jit(f as never) as never, { axisName: "i" }) as never) as unknown as typeof f)(x))).toEqual(a);
    return a;
  };
  const x = np.array([1, 2, 5]),
    m = np.arange(9).astype("float32").reshape([3, 3]);
  expect(v((a) => a.div(lax.psum(a, "i") as Value), x)).toEqual([0.125, 0.25, 0.625]);
  expect(v((a) => lax.pmean(a, "i"), x)).toEqual([2.6667, 2.6667, 2.6667]);
  expect(v((a) => lax.pmax(a, "i"), x)).toEqual([5, 5, 5]);
  expect(v((a) => a.mul(lax.axisIndex("i")).add(lax.axisSize("i")), x)).toEqual([3, 5, 13]);
  expect(v((a) => lax.allGather(a, "i"), x)).toEqual([1, 2, 5, 1, 2, 5, 1, 2, 5]);
  expect(
    v(
      (a) =>
        lax.ppermute(a, "i", [
          [0, 1],
          [1, 2],
          [2, 0],
        ]),
      x,
    ),
  ).toEqual([5, 1, 2]);
  expect(v((a) => lax.allToAll(a, "i", 0, 0), m)).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8]);
  expect(v((a) => lax.psumScatter(a, "i"), m)).toEqual([9, 12, 15]);
  expect(v((a) => lax.pbroadcast(a, "i", 1), x)).toEqual([2, 2, 2]);
  expect(
    list(
      jl.vmap(
        grad((a: Value) => lax.psum(a.mul(a), "i")),
        { axisName: "i" },
      )(x),
    ),
  ).toEqual([6, 12, 30]);
  // Inner and outer axes.
  expect(
    list(jl.vmap((r: Value) => jl.vmap((a: Value) => lax.psum(a, ["i", "j"]) as Value, { axisName: "j" })(r), { axisName: "i" })(m)).every(
      (s) => s === 36,
    ),
  ).toBe(true);
  expect(() => lax.psum(x, "nowhere")).toThrow(/axis name "nowhere" is not bound.*vmap\(f, \{ axisName: "nowhere" \}\)/);
});
test("customVmap and sequentialVmap", () => {
  const f = jl.customBatching.customVmap((x: Value) => np.sin(x)).defVmap((_n: number, _m: unknown, x: Value) => [np.cos(x), true]);
  expect([num(f(np.array(0))), ...list(jl.vmap(f)(np.array([0, 1])))]).toEqual([0, 1, 0.5403]);
  expect(num(grad(f)(np.array(0)))).toBe(1);
  expect(
    list(
      (
        jl.jit(
          jl.vmap(
            jl.customBatching.sequentialVmap((x: Value, y: Value) => x.mul(y)),
            { inAxes: [0, null] },
          ) as never,
        ) as unknown as (x: Value, y: Value) => Value
      )(np.array([1, 2]), np.array(3)),
    ),
  ).toEqual([3, 6]);
});
test("customRoot and customLinearSolve: both derivatives, batched, compiled", () => {
  const root = (a: Value): Value =>
    lax.customRoot(
      (x: Value) => x.mul(x).sub(a),
      np.array(1),
      (f: (x: Value) => Value, x0: Value) => lax.foriLoop(0, 20, (_i: Value, x: Value) => x.sub(f(x).div(x.mul(2))), x0),
      (g: (y: Value) => Value, y: Value) => y.div(g(np.array(1))),
    ) as Value;
  expect(num(root(np.array(4)))).toBeCloseTo(2, 5);
  expect(num(grad(root)(np.array(4)))).toBeCloseTo(0.25, 5);
  expect(num(jl.jit(grad(grad(root)))(np.array(4)))).toBeCloseTo(-1 / 32, 4);
  expect(list(jl.vmap(grad(root))(np.array([4, 9])))).toEqual([0.25, 0.1667]);
  const solve = (A: Value, b: Value): Value =>
    lax.customLinearSolve(
      (x: Value) => A.matmul(x),
      b,
      (_f: unknown, r: Value) => np.linalg.solve(jl.lax.stopGradient(A), r),
      { transposeSolve: (_f: unknown, r: Value) => np.linalg.solve(jl.lax.stopGradient(A).T, r) },
    ) as Value;
  const A = np.array([
      [3, 1],
      [0.5, 2],
    ]),
    b = np.array([1, 2]),
    loss = (B: Value, c: Value): Value => solve(B, c).pow(2).sum(),
    direct = (B: Value, c: Value): Value => np.linalg.solve(B, c).pow(2).sum();
  for (const argnums of [0, 1]) expect(list(grad(loss, { argnums })(A, b))).toEqual(list(grad(direct, { argnums })(A, b)));
  const [, t] = jl.jvp(solve, [A, b], [A, b]);
  expect(list(t)).toEqual([0, 0]);
});
test("donated and deleted arrays name the place", () => {
  const f = jl.jit((x: Value) => x.mul(2), { donateArgnums: 0 }),
    x = np.ones([4]).add(0);
  expect(list(f(x))).toEqual([2, 2, 2, 2]);
  expect(() => x.add(1)).toThrow(/was donated to .*functional\.test\.ts/);
});
test("a leaked tracer is found when the function that made it has ended", async () => {
  let kept: Value | null = null;
  const leak = async (): Promise<unknown> =>
    jl.checkingLeaks(() => {
      jl.jit((x: Value) => {
        kept = x.add(1);
        return x;
      })(np.array(1));
    });
  await expect(leak()).rejects.toThrow(/1 traced value outlived.*result of add.*functional\.test\.ts/s);
  expect(() => kept!.add(1)).toThrow(/outside the transformation it belongs to/);
  kept = null;
  expect(num(await jl.checkingLeaks(() => jl.jit((x: Value) => x.add(1))(np.array(1))))).toBe(2);
});
test("debugNans names the operation and its line, inside jit too", () => {
  jl.config.update("debugNans", true);
  try {
    expect(() => np.log(np.array(-1))).toThrow(/a NaN appeared in output 0 of log/);
    expect(() => jl.jit((x: Value) => np.log(x.sub(2)).mul(3))(np.array(1))).toThrow(/output 0 of log .*functional\.test\.ts/s);
  } finally {
    jl.config.update("debugNans", false);
  }
});
test("lower, compile, and what the compiler knows", () => {
  const f = jl.jit(function mlp(x: Value, p: { w: Value }) {
      return np.tanh(x.matmul(p.w)).sum();
    }),
    s = (...d: number[]): jl.ShapeDtypeStruct => jl.shapeDtypeStruct(d, "float32"),
    traced = f.trace(s(3, 4), { w: s(4, 5) }),
    lowered = traced.lower(),
    compiled = lowered.compile();
  expect(String(traced.jaxpr)).toMatch(/dot_general/);
  expect(lowered.asText()).toMatch(
    /func\.func @mlp\(%arg0: tensor<3x4xf32>, %arg1: tensor<4x5xf32>\) -> \(tensor<f32>\)[\s\S]*"stablehlo\.dot_general"/,
  );
  expect(compiled.costAnalysis()).toMatchObject({ flops: 2 * 3 * 4 * 5 + 15 + 15, transcendentals: 15 });
  expect(compiled.memoryAnalysis()).toMatchObject({ argumentSizeInBytes: (12 + 20) * 4, outputSizeInBytes: 4 });
  expect(num(compiled.call(np.ones([3, 4]), { w: np.ones([4, 5]) }))).toBeCloseTo(15 * Math.tanh(4), 3);
  expect(() => compiled.call(np.ones([3, 4]), { w: np.ones([4, 6]) })).toThrow(/argument 1\.w is f32\[4,6\], it was compiled for f32\[4,5\]/);
});
