// The types that a user's editor sees: trees in, trees out. Checked by tsc; the bodies are never run.
import { describe, expectTypeOf, test } from "vitest";
import * as jl from "./index.ts";
import { type Array, grad, jit, lax, numpy as np, tree, vmap } from "./index.ts";

interface Params {
  readonly w: Array;
  readonly b: Array;
}
const loss = (p: Params, x: Array): Array => x.matmul(p.w).add(p.b).mean();
/** Type-checked, not executed. */
const typesOnly = (_body: () => void): void => {};
declare const p: Params;
declare const x: Array;

describe("types", () => {
  test("README's example", () =>
    typesOnly(() => {
      const loss = (w: Array, x: Array, y: Array): Array => np.square(np.tanh(x.matmul(w)).sub(y)).mean();
      const step = jit((w: Array, x: Array, y: Array) => w.sub(grad(loss)(w, x, y).mul(0.1)));
      expectTypeOf(step(x, x, x)).toEqualTypeOf<Array>();
    }));
  test("grad", () =>
    typesOnly(() => {
      expectTypeOf(grad(loss)(p, x)).toEqualTypeOf<Params>();
      expectTypeOf(grad(loss, 1)(p, x)).toEqualTypeOf<Array>();
      expectTypeOf(grad(loss, { argnums: 1 })(p, x)).toEqualTypeOf<Array>();
      expectTypeOf(grad(loss, [0, 1])(p, x)).toEqualTypeOf<[Params, Array]>();
      expectTypeOf(grad(loss, { argnums: [1, 0] })(p, x)).toEqualTypeOf<[Array, Params]>();
      expectTypeOf(grad((a: Array) => [a.sum(), { seen: a }], { hasAux: true })(x)).toEqualTypeOf<[Array, { seen: Array }]>();
      expectTypeOf(grad((a: Array, b: Array) => [a.mul(b).sum(), 3], { hasAux: true, argnums: [0, 1] })(x, x)).toEqualTypeOf<
        [[Array, Array], Array]
      >();
      expectTypeOf(grad((a: number, b: { c: number }) => a * b.c)(2, { c: 3 })).toEqualTypeOf<Array>();
      expectTypeOf(grad((a: number, b: { c: number }) => a * b.c, 1)(2, { c: 3 })).toEqualTypeOf<{ c: Array }>();
      expectTypeOf(grad(jit(loss))(p, x)).toEqualTypeOf<{ w: Array; b: Array }>();
      expectTypeOf(grad(grad((a: Array) => a.pow(3)))(2)).toEqualTypeOf<Array>();
      expectTypeOf(grad(np.sin)(1)).toEqualTypeOf<Array>();
      expectTypeOf(vmap(grad(np.tanh))(x)).toEqualTypeOf<Array>();
      expectTypeOf(jl.valueAndGrad(loss)(p, x)).toEqualTypeOf<[value: Array, gradient: Params]>();
      expectTypeOf(jl.valueAndGrad((a: Array) => [a.sum(), [a, a]], { hasAux: true })(x)).toEqualTypeOf<[value: [Array, Array[]], gradient: Array]>();
      // @ts-expect-error the option is argnums
      grad(loss, { argnum: 1 });
      // @ts-expect-error a gradient needs a scalar, not a tree
      grad((q: Params) => q);
    }));
  test("jvp, vjp, linearize", () =>
    typesOnly(() => {
      expectTypeOf(jl.jvp(loss, [p, x], [p, x])).toEqualTypeOf<[value: Array, tangent: Array]>();
      expectTypeOf(jl.jvp((a: Array) => ({ s: a.sum() }), [2], [1])[1].s).toEqualTypeOf<Array>();
      expectTypeOf(jl.jvp((a: Array) => [a, { aux: 1 }], [x], [x], { hasAux: true })).toEqualTypeOf<
        [value: Array, tangent: Array, aux: { aux: Array }]
      >();
      const [out, pull] = jl.vjp(loss, p, x);
      expectTypeOf(out).toEqualTypeOf<Array>();
      expectTypeOf(pull(1)).toEqualTypeOf<[p: Params, x: Array]>();
      const [, , aux] = jl.vjp((a: Array) => [a, { seen: a }], x, { hasAux: true });
      expectTypeOf(aux).toEqualTypeOf<{ seen: Array }>();
      const [, linear] = jl.linearize(loss, p, x);
      expectTypeOf(linear(p, x)).toEqualTypeOf<Array>();
      // @ts-expect-error the tangent of p is a tree
      linear(x, x);
      // @ts-expect-error the option is hasAux
      jl.jvp(loss, [p, x], [p, x], { has_aux: true });
    }));
  test("Jacobians", () =>
    typesOnly(() => {
      expectTypeOf(jl.jacfwd((a: Array) => a)(x)).toEqualTypeOf<Array>();
      expectTypeOf(jl.jacrev((q: Params) => ({ out: q.w }))(p)).toEqualTypeOf<{ out: Params }>();
      expectTypeOf(jl.hessian(loss)(p, x)).toEqualTypeOf<{ w: Params; b: Params }>();
      expectTypeOf(jl.jacfwd((a: Array, b: Array) => a.mul(b), [0, 1])(x, x)).toEqualTypeOf<[Array, Array]>();
    }));
  test("vmap and jit", () =>
    typesOnly(() => {
      expectTypeOf(vmap(loss, { inAxes: [null, 0] })(p, x)).toEqualTypeOf<Array>();
      expectTypeOf(vmap((a: Array) => ({ a }), 1, 0)(x)).toEqualTypeOf<{ a: Array }>();
      expectTypeOf(jit(loss)(p, x)).toEqualTypeOf<Array>();
      expectTypeOf(jit((a: Array, n: number) => [a, n] as const, { staticArgnums: 1 })(1, 2)).toEqualTypeOf<[Array, Array]>();
      jit(loss).lower(p, jl.shapeDtypeStruct([3], "float32"));
      // @ts-expect-error one argument is missing
      jit(loss)(p);
      // @ts-expect-error the option is inAxes
      vmap(loss, { in_axes: 0 });
      // @ts-expect-error the option is staticArgnums
      jit(loss, { static_argnums: 1 });
      // @ts-expect-error options are checked in the decorator's form as well
      jit({ staticArgnum: 1 });
    }));
  test("custom rules", () =>
    typesOnly(() => {
      const f = jl.customJvp((a: Array, b: Params) => a.add(b.w));
      expectTypeOf(f(1, p)).toEqualTypeOf<Array>();
      f.defjvp(([a, b], [da, db]) => [a.add(b.w), da.add(db.w)]);
      const g = jl.customVjp((n: number, a: Array) => a.mul(n), { nondiffArgnums: 0 });
      g.defvjp(
        (n, a) => [a.mul(n), { a, two: 2 }],
        (n, residuals, ct) => [ct.mul(n).mul(residuals.two).mul(residuals.a)],
      );
      expectTypeOf(jl.checkpoint(loss)).toEqualTypeOf<typeof loss>();
    }));
  test("control flow", () =>
    typesOnly(() => {
      expectTypeOf(lax.scan((h, v) => [np.tanh(h.add(v)), { h }], np.zeros([3]), x)).toEqualTypeOf<[carry: Array, ys: { h: Array }]>();
      expectTypeOf(lax.scan(([i, q], _v) => [[i.add(1), q], null], [0, p], null, { length: 3 })).toEqualTypeOf<[carry: [Array, Params], ys: null]>();
      expectTypeOf(lax.scan((c: Params, v: Array) => [c, v], p, x)[0]).toEqualTypeOf<Params>();
      expectTypeOf(lax.foriLoop(0, 10, (i, v) => v.add(i), 0)).toEqualTypeOf<Array>();
      expectTypeOf(
        lax.whileLoop(
          ([i]) => i.lt(10),
          ([i, v]) => [i.add(1), v.mul(2)],
          [0, x],
        ),
      ).toEqualTypeOf<[Array, Array]>();
      expectTypeOf(
        lax.cond(
          x.sum().gt(0),
          (a) => a,
          (a) => a.neg(),
          x,
        ),
      ).toEqualTypeOf<Array>();
      expectTypeOf(
        lax.cond(
          true,
          () => ({ a: x, n: 1 }),
          () => ({ a: x, n: 2 }),
        ),
      ).toEqualTypeOf<{ a: Array; n: Array }>();
      expectTypeOf(lax.switch(1, [(a) => a.neg(), (a) => a], x)).toEqualTypeOf<Array>();
      expectTypeOf(lax.map((v) => ({ v }), x)).toEqualTypeOf<{ v: Array }>();
      expectTypeOf(lax.associativeScan((a, b) => a.add(b), x, { reverse: true })).toEqualTypeOf<Array>();
      // @ts-expect-error the option is length
      lax.scan((c, v) => [c, v], 0, x, { len: 3 });
    }));
  test("looking at a function", () =>
    typesOnly(() => {
      expectTypeOf(jl.evalShape(loss, p, x)).toEqualTypeOf<jl.ShapeDtypeStruct>();
      expectTypeOf(jl.makeJaxpr(loss)(p, x)).toEqualTypeOf<jl.ClosedJaxpr>();
      expectTypeOf(jl.linearTranspose((a: Array) => a.mul(2), x)(x)).toEqualTypeOf<[a: Array]>();
    }));
  test("trees", () =>
    typesOnly(() => {
      expectTypeOf(tree.map((a) => a.mul(2), p)).toEqualTypeOf<{ w: Array; b: Array }>();
      expectTypeOf(tree.map((a, b) => a.sub(b), [p, p], [p, p])).toEqualTypeOf<{ w: Array; b: Array }[]>();
      expectTypeOf(tree.map((a) => a.shape, p)).toEqualTypeOf<{ w: number[]; b: number[] }>();
      expectTypeOf(tree.leaves(p)).toEqualTypeOf<Array[]>();
      expectTypeOf(tree.flatten({ a: 1, b: x })[0]).toEqualTypeOf<(number | Array)[]>();
    }));
});
