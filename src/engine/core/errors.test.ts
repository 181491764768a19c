// The words of errors: each names what came, what was expected, and what to do.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy,
  x = np.ones([2, 3]);
const CASES: readonly [string, () => unknown, RegExp][] = [
  [
    "a tracer in a JavaScript comparison",
    () => jl.jit((a: Value) => (Number(a) > 0 ? a : a))(np.ones([])),
    /turning it into a JavaScript number.*while tracing.*the argument a of.*lax\.cond or np\.where/s,
  ],
  ["a tracer in a string", () => jl.jit((a: Value) => `${a}`)(x), /string.*debug\.print/s],
  ["x.length of a tracer", () => jl.jit((a: Value) => a.mul((a as unknown as { length: number }).length))(x), /x\.shape\[0\]/],
  ["a shape mismatch in matmul", () => np.matmul(x, np.ones([4, 5])), /matmul: .*f32\[2,3\].*f32\[4,5\].*3 elements.*4.*equal/s],
  ["shapes that do not broadcast", () => np.add(x, np.ones([4])), /add: shapes \[2,3\] and \[4\] do not broadcast/],
  ["a wrong axis", () => np.sum(x, { axis: 5 }), /sum: axis 5 is out of range.*-2 to 1/],
  ["reshape to another size", () => x.reshape([4, 2]), /reshape: f32\[2,3\] has 6 elements.*\[4,2\]/],
  ["a string as an array", () => np.add("a" as never, 1), /add: .*the string "a".*expected an array/],
  ["grad of a non-scalar", () => jl.grad((a: Value) => a.mul(2))(x), /grad: .*must return a scalar, it returned f32\[2,3\].*np\.sum.*jacrev/s],
  ["grad of an integer", () => jl.grad((a: Value) => a.sum())(np.arange(3)), /grad: a of .* int32.*floating.*allowInt/s],
  ["vmap over different sizes", () => jl.vmap((a: Value, b: Value) => a.add(b))(np.ones([2]), np.ones([3])), /a has 2, b has 3.*equal/],
  ["an array as a static argument", () => jl.jit((a: Value) => a, { staticArgnums: 0 })(x), /static argument a is an array.*plain values/],
  [
    "a leaked tracer",
    () => {
      let leak: Value | null = null;
      jl.jit((a: Value) => {
        leak = a.mul(2);
        return a;
      })(x);
      return leak!.add(1);
    },
    /used outside the transformation.*return the value/s,
  ],
  [
    "a deleted array",
    () => {
      const a = np.ones([2]) as jl.Array;
      a.delete();
      return a.add(1);
    },
    /deleted at .*cannot be used/,
  ],
  ["a structure mismatch", () => jl.tree.map((a: Value, b: Value) => a.add(b), { w: x }, { v: x } as never), /another structure.*expected the key w/],
  ["an unknown option", () => np.sum(x, { axes: 1 } as never), /^sum: unknown option "axes"; did you mean "axis"\?$/],
  ["an unknown dtype", () => np.ones([2], { dtype: "float7" }), /got float7, expected one of bool, int8/],
  [
    "an argument by its path",
    () => jl.jit((params: { layers: unknown[] }) => params)({ layers: [x, "a"] } as never),
    /params\.layers\[1\] is the string "a", expected an array or a number.*static/s,
  ],
  [
    "a traced value by its path",
    () => jl.jit((params: { w: Value[] }) => params.w[1]!.item())({ w: [x, x] } as never),
    /item\(\).*the argument params\.w\[1\] of/s,
  ],
  [
    "a static argument that cannot be compared, by its path",
    () => jl.jit((cfg: unknown) => cfg, { staticArgnums: 0 })({ sizes: [1, new Float32Array(2)] }),
    /static argument cfg\.sizes\[1\] is a Float32Array.*compared by value.*plain array/s,
  ],
  ["a static Map", () => jl.jit((cfg: unknown) => cfg, { staticArgnums: 0 })(new Map()), /static argument cfg is a Map.*plain object/s],
  [
    "the wrong name of a static argument",
    () => jl.jit((a: Value, n: number) => a.mul(n), { staticArgnames: "m" }),
    /staticArgnames names "m", but the parameters of .* are a, n/,
  ],
  [
    "a tangent of another shape",
    () => jl.jvp((a: Value, w: Value) => a.add(w), [x, x], [x, np.ones([3])]),
    /tangent of w has shape \[3\], its value \[2,3\]/,
  ],
  [
    "a tangent of another dtype",
    () => jl.jvp((a: Value) => a, [x], [np.ones([2, 3], { dtype: "int32" })]),
    /tangent of a has dtype int32, its value float32/,
  ],
  [
    "a cotangent of another shape",
    () => (jl.vjp((a: Value) => a.sum(), x)[1] as (c: Value) => unknown)(x),
    /cotangent has shape \[2,3\], the output \[\]/,
  ],
  [
    "argnums beyond the arguments",
    () => jl.grad((a: Value) => a.sum(), { argnums: 2 })(x),
    /argnums names argument 2, but .* was called with 1 argument/,
  ],
  ["inAxes beyond the axes", () => jl.vmap((a: Value) => a, { inAxes: 3 })(x), /inAxes is 3 for a, which is f32\[2,3\] and has 2 axes/],
  ["nothing is mapped", () => jl.vmap((a: Value) => a, { inAxes: null })(x), /no argument is mapped; give inAxes a number/],
  [
    "outAxes null for a mapped result",
    () => jl.vmap((a: Value) => a, { outAxes: null } as never)(x),
    /outAxes is null for an output that depends on the mapped inputs/,
  ],
  [
    "a while loop in reverse",
    () =>
      jl.grad((a: Value) =>
        jl.lax.whileLoop(
          (v: Value) => v.lt(10),
          (v: Value) => v.mul(2),
          a,
        ),
      )(np.array(1)),
    /reverse-mode differentiation does not work through while.*lax\.scan/s,
  ],
  [
    "a carried value that changes, by its path",
    () => jl.lax.scan((c: { h: Value }, _v: unknown) => [{ h: np.stack([c.h, c.h]) }, null], { h: np.array(0) }, null, { length: 3 }),
    /carried value .*h.* comes in as f32\[\] and the body returns f32\[2\].*astype/s,
  ],
  ["scan over different lengths", () => jl.lax.scan((c, v) => [c, v], 0, [np.ones([2]), np.ones([3])]), /leading axes have sizes 2, 3.*equal/],
  [
    "branches of different structure",
    () =>
      jl.lax.cond(
        true,
        () => [x],
        () => x as never,
      ),
    /branch 0 returns .*branch 1 returns .*same structure/,
  ],
  ["a custom rule that is missing", () => jl.grad(jl.customJvp((a: Value) => a))(np.array(1)), /customJvp: .*has no derivative rule.*defjvp/],
  [
    "a custom backward of the wrong length",
    () =>
      jl.grad(
        jl
          .customVjp((a: Value, _w: Value) => a)
          .defvjp(
            (a: Value) => [a, null] as never,
            () => [1] as never,
          ),
      )(np.array(1), np.array(1)),
    /bwd of .* must return an array of 2 cotangents.*got 1/,
  ],
  [
    "a custom derivative taken forward",
    () =>
      jl.jvp(
        jl
          .customVjp((a: Value) => a.mul(1))
          .defvjp(
            (a: Value) => [a, null] as never,
            (_r: unknown, c: Value) => [c],
          ),
        [np.array(1)],
        [np.array(1)],
      ),
    /customVjp function has no forward derivative/,
  ],
  ["matrices that are not square", () => np.linalg.inv(x), /inv: the operand is f32\[2,3\], expected square matrices/],
  [
    "a system that does not fit",
    () => np.linalg.solve(np.ones([2, 2]), np.ones([3])),
    /the matrix is f32\[2,2\] and the right side f32\[3\]; the right side needs 2 rows/,
  ],
  ["an unbound axis", () => jl.lax.psum(x, "batch"), /axis name "batch" is not bound here.*axisName: "batch"/],
  [
    "dtypes that do not mix in lax",
    () => jl.lax.add(x, np.ones([2, 3], { dtype: "int32" })),
    /add: the operands have dtypes float32 and int32.*astype, or use numpy/,
  ],
  ["a promise from a traced function", () => jl.jit(async (a: Value) => a)(x), /returned a Promise.*synchronous/],
  ["a result that is no array", () => jl.jit((_a: Value) => ({ out: "text" }))(x), /result of .*\.out is the string "text"/],
];
for (const [what, run, want] of CASES)
  test(what, () => {
    expect(run).toThrow(want);
  });
test("every error of the table names the user's line", () => {
  for (const [what, run] of CASES) {
    let thrown: unknown = null;
    try {
      run();
    } catch (e) {
      thrown = e;
    }
    expect(thrown, what).toBeInstanceOf(Error);
    if (thrown instanceof jl.JitLensError) expect(thrown.message, what).toMatch(/errors\.test\.ts:\d+:\d+/);
  }
});
test("errors carry the user's frame", () => {
  try {
    np.matmul(x, np.ones([4, 5]));
    expect.unreachable();
  } catch (e) {
    expect((e as jl.JitLensError).frame?.file).toMatch(/errors\.test/);
  }
});
