// Mutable references beside real JAX (0.10.2): the values are those that JAX gave for the same programs.
import { expect, test } from "vitest";
import {
  type Array,
  type Ref,
  checkpoint,
  customVjp,
  evalShape,
  freeze,
  grad,
  jit,
  lax,
  newRef,
  numpy as np,
  ref,
  shapeDtypeStruct,
  valueAndGrad,
  vmap,
} from "../index.ts";

const f = (x: number): Array => np.array(x, { dtype: "float32" });
const near = (x: unknown, want: unknown): void =>
  expect(JSON.stringify(x, (_k, v: unknown) => (typeof v === "number" ? +v.toFixed(5) : v))).toBe(JSON.stringify(want));

test("at the top level", () => {
  const r = newRef(np.arange(3, { dtype: "float32" }));
  r.value = r.value.add(1);
  ref.set(r, 1, 9);
  expect(ref.swap(r, [0], 7).item()).toBe(1);
  ref.addupdate(r, "1:3", np.array([1, 2]));
  expect([r.value.tolist(), ref.get(r, 2).item(), r.shape, r.dtype, String(r)]).toEqual([
    [7, 10, 5],
    5,
    [3],
    "float32",
    "Ref([7, 10, 5], dtype=float32)",
  ]);
  expect(freeze(r).tolist()).toEqual([7, 10, 5]);
  expect(() => r.value).toThrow(/was frozen/);
  const s = newRef(f(1));
  expect(() => (s.value = np.array(3, { dtype: "int32" }))).toThrow(/float32 cannot hold int32/);
  expect(() => (s.value = np.zeros([2]))).toThrow(/cannot hold/);
});
test("jit: closed over, passed in, made inside; compiled once", () => {
  let traces = 0;
  const r = newRef(f(0));
  const add = jit((x: Array) => {
    traces++;
    r.value = r.value.add(x);
    return r.value.mul(2);
  });
  expect([add(1).item(), add(2).item(), r.value.item()]).toEqual([2, 6, 3]);
  const before = traces;
  add(3);
  expect([traces, r.value.item()]).toEqual([before, 6]);
  const passed = jit((to: Ref, x: Array) => {
    to.value = to.value.add(x);
    return to.value;
  });
  const s = newRef(f(0));
  expect([passed(s as never, f(1)).item(), passed(s as never, f(5)).item(), s.value.item()]).toEqual([1, 6, 6]);
  const inside = jit((x: Array) => {
    const t = newRef(x);
    ref.addupdate(t, null, 1);
    return t.value;
  });
  expect(inside(f(1)).item()).toBe(2);
  expect(() => jit((x: Array) => newRef(x) as never)(f(1))).toThrow(/class Ref/);
  // A jit inside a jit hands the reference on.
  jit(() => add(1))();
  expect(r.value.item()).toBe(7);
});
test("loops and branches", () => {
  const r = newRef(np.zeros([3]));
  const [last, firsts] = lax.scan(
    (c: Array, x: Array) => {
      r.value = r.value.at(x).set(c);
      return [c.mul(2), r.value.get(0)];
    },
    f(1),
    np.arange(3),
  );
  expect([last.item(), firsts.tolist(), r.value.tolist()]).toEqual([8, [1, 1, 1], [1, 2, 4]]);
  const s = newRef(f(1));
  expect(lax.scan((c: Array) => [c.add(s.value), null], f(0), null, { length: 3 })[0].item()).toBe(3);
  const turns = lax.whileLoop(
    (i: Array) => i.lt(4).and(s.value.lt(100)),
    (i: Array) => {
      ref.addupdate(s, null, 1);
      return i.add(1);
    },
    np.array(0, { dtype: "int32" }),
  );
  expect([turns.item(), s.value.item()]).toEqual([4, 5]);
  const two = newRef(np.zeros([2]));
  const write = (p: Array, x: Array): null =>
    lax.cond(
      p,
      () => {
        ref.set(two, 0, x);
        return null;
      },
      () => {
        ref.set(two, 1, x);
        return null;
      },
    );
  write(np.array(true), f(1));
  jit(write)(np.array(false), f(2));
  expect(two.value.tolist()).toEqual([1, 2]);
  lax.switch(1, [() => null, () => (ref.set(two, 0, 5), null)]);
  expect(two.value.tolist()).toEqual([5, 2]);
});
test("derivatives and vectorization go through references that are made inside", () => {
  const thrice = (x: Array): Array => {
    const r = newRef(x);
    lax.foriLoop(
      0,
      3,
      (_i: Array, c: Array) => {
        r.value = np.sin(r.value);
        return c;
      },
      0,
    );
    return r.value;
  };
  near(
    valueAndGrad(thrice)(f(1)).map((v: Array) => v.item()),
    [0.67843, 0.26451],
  );
  near(jit(grad(thrice))(f(1)).item(), 0.26451);
  near(vmap(thrice)(np.array([0, 1])).tolist(), [0, 0.67843]);
  const remat = (x: Array): Array => {
    const r = newRef(x);
    r.value = np.sin(r.value);
    return checkpoint((y: Array) => y.mul(r.value))(x);
  };
  near(grad(remat)(f(1)).item(), +(Math.sin(1) + Math.cos(1)).toFixed(5));
});
test("references of outside under grad and vmap: read, not written with what belongs to the transformation", () => {
  const r = newRef(f(5));
  const times = (x: Array): Array => x.mul(r.value);
  expect([grad(times)(f(3)).item(), jit(grad(times))(f(3)).item()]).toEqual([5, 5]);
  const writes = (x: Array): Array => {
    r.value = x;
    return x.mul(r.value);
  };
  expect(() => grad(writes)(f(3))).toThrow(/stands outside of/);
  expect(() => vmap(writes)(np.ones([3]))).toThrow(/stands outside of/);
  expect(r.value.item()).toBe(5);
  grad((x: Array) => {
    r.value = lax.stopGradient(x).mul(2);
    return x;
  })(f(3));
  expect(r.value.item()).toBe(6);
  const each = newRef(np.arange(3, { dtype: "float32" }));
  vmap((to: Ref, x: Array) => {
    to.value = to.value.add(x);
    return x;
  })(each as never, np.ones([3]));
  expect(each.value.tolist()).toEqual([1, 2, 3]);
});
test("a cotangent is kept in a reference by a rule", () => {
  const r = newRef(f(0));
  const stash = customVjp((x: Array) => x);
  stash.defvjp(
    (x) => [x, null],
    (_none, g) => {
      r.value = g;
      return [g];
    },
  );
  near([grad((x: Array) => np.sin(stash(x)))(f(1)).item(), r.value.item()], [0.5403, 0.5403]);
  jit(grad((x: Array) => stash(x).mul(3)))(f(1));
  expect(r.value.item()).toBe(3);
});
test("evalShape sees references of outside, and writes none of them", () => {
  const r = newRef(np.zeros([3])),
    f = (x: Array): [Array, Array] => {
      r.value = r.value.add(x);
      return [r.value.mul(2), lax.map((y: Array) => r.value.sum().add(y), np.ones([2]))];
    };
  const [a, b] = evalShape(f, shapeDtypeStruct([], "float32"));
  expect([a.shape, a.dtype, b.shape]).toEqual([[3], "float32", [2]]);
  expect(r.value.tolist()).toEqual([0, 0, 0]);
  expect(f(np.array(1))[0].tolist()).toEqual([2, 2, 2]);
});
