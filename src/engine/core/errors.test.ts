// The words of errors: each names what came, what was expected, and what to do.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import type { Value } from "../core/value.ts";

const np = jl.numpy, x = np.ones([2, 3]);
const CASES: readonly [string, () => unknown, RegExp][] = [
  ["a tracer in a JavaScript comparison", () => jl.jit((a: Value) => (Number(a) > 0 ? a : a))(np.ones([])), /turning it into a JavaScript number.*while tracing.*the argument a of.*lax\.cond or np\.where/s],
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
  ["a leaked tracer", () => { let leak: Value | null = null; jl.jit((a: Value) => { leak = a.mul(2); return a; })(x); return leak!.add(1); }, /used outside the transformation.*return the value/s],
  ["a deleted array", () => { const a = np.ones([2]) as jl.Array; a.delete(); return a.add(1); }, /deleted at .*cannot be used/],
  ["a structure mismatch", () => jl.tree.map((a: Value, b: Value) => a.add(b), { w: x }, { v: x } as never), /another structure.*expected the key w/],
  ["an unknown option", () => np.sum(x, { axes: 1 } as never), /sum: there is no option "axes"; the options are axis/],
  ["an unknown dtype", () => np.ones([2], { dtype: "float7" }), /got float7, expected one of bool, int8/],
];
for (const [what, run, want] of CASES) test(what, () => { expect(run).toThrow(want); });
test("errors carry the user's frame", () => { try { np.matmul(x, np.ones([4, 5])); expect.unreachable(); } catch (e) { expect((e as jl.JitLensError).frame?.file).toMatch(/errors\.test/); } });
