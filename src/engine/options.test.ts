// No public function takes an option that it does not have, or an argument too many: every export is called with a misspelt one.
import { describe, expect, test } from "vitest";
import * as jl from "./index.ts";
import { nearest, parseSignature } from "./core/signature.ts";
import { SIGNATURES } from "./signatures.ts";

/** Printing takes any object: its names are the text's. Data are no options where a function takes pytrees. */
const TAKES_ANY_OBJECT = new Set(["debug.print"]);
const MODULES = ["numpy", "lax", "nn", "random", "scipy", "ops", "image", "tree", "debug", "flattenUtil", "testUtil", "customBatching"] as const;
const x = jl.numpy.ones([2, 2]);

type Callable = (...args: unknown[]) => unknown;
function* functionsOf(path: string, module: object): Generator<[path: string, name: string, fn: Callable]> {
  for (const [name, value] of Object.entries(module) as [string, unknown][])
    if (typeof value === "function" && !/^class /.test(Function.prototype.toString.call(value))) yield [path, name, value as Callable];
    else if (typeof value === "object" && value !== null && !(value instanceof jl.Array) && Object.values(value).some((f) => typeof f === "function"))
      yield* functionsOf(`${path}.${name}`, value);
}
const all = MODULES.flatMap((m) => [...functionsOf(m, jl[m])]);

test("helpers of the modules are not public", () => {
  const helpers = ["sortTogether", "promoteTypesOf", "variance", "typed", "shapeFor", "floatOption", "customVmapCall", "options", "asArray"];
  expect(all.filter(([path, name]) => !path.startsWith("scipy.stats") && helpers.includes(name)).map(([path, name]) => `${path}.${name}`)).toEqual(
    [],
  );
});
describe("misspelt options", () => {
  test("every public function is known to the check", () => {
    expect(all.filter(([path, name]) => SIGNATURES[path]?.[name] === undefined).map(([path, name]) => `${path}.${name}`)).toEqual([]);
    expect(all.length).toBeGreaterThan(800);
  });
  test("none is accepted", () => {
    const accepted: string[] = [];
    for (const [path, name, fn] of all) {
      const s = parseSignature(SIGNATURES[path]![name]!),
        full = `${path}.${name}`;
      // Trees may follow: only a slip of one letter can be told from data.
      const slip = s.rest?.options === "trees",
        given = slip ? { [`${s.options[0]}s`]: true } : { misspelt: 1 };
      // Nothing can be told from data in a function of any number of trees without options.
      if (TAKES_ANY_OBJECT.has(full) || (s.rest && s.rest.options === "none")) continue;
      const required = s.parameters.filter((p) => !p.optional).map(() => x),
        start = s.options.length && s.parameters[required.length]?.options ? required : s.rest ? required : s.parameters.map(() => x);
      let message = "";
      try {
        fn(...start, given);
      } catch (e) {
        message = (e as Error).message;
      }
      if (!/unknown option|got \d+ arguments/.test(message)) accepted.push(`${full} ${SIGNATURES[path]![name]!}: ${message.slice(0, 60)}`);
    }
    expect(accepted).toEqual([]);
  });
  test("of arrays' methods", () => {
    for (const [name, text] of Object.entries(SIGNATURES.Array!)) {
      const s = parseSignature(text);
      if (s.rest) continue;
      const args = s.parameters.filter((p) => !p.optional).map(() => x),
        method = (x as unknown as Record<string, unknown>)[name];
      if (typeof method !== "function" || ["tolist", "item", "data", "dataSync", "blockUntilReady", "delete"].includes(name)) continue;
      const start = s.options.length && s.parameters[args.length]?.options ? args : s.parameters.map(() => x);
      expect(() => (method as Callable).call(x, ...start, { misspelt: 1 }), name).toThrow(/unknown option "misspelt"/);
    }
    expect(() => x.at(0).set(1, { modes: "clip" } as never)).toThrow('set: unknown option "modes"; did you mean "mode"?');
  });
  const loss = (v: jl.Array): jl.Array => v.sum();
  const TRANSFORMATIONS: readonly (readonly [string, () => unknown, string])[] = [
    ["jit", () => jl.jit(loss, { static_argnums: 1 } as never), 'jit: unknown option "static_argnums"; did you mean "staticArgnums"?'],
    ["@jit", () => jl.jit({ staticArgnum: 1 } as never), 'jit: unknown option "staticArgnum"; did you mean "staticArgnums"?'],
    ["vmap", () => jl.vmap(loss, { in_axes: 1 } as never), 'vmap: unknown option "in_axes"; did you mean "inAxes"?'],
    ["grad", () => jl.grad(loss, { argnum: 1 } as never), 'grad: unknown option "argnum"; did you mean "argnums"?'],
    ["valueAndGrad", () => jl.valueAndGrad(loss, { has_aux: true } as never), 'did you mean "hasAux"?'],
    ["jacfwd", () => jl.jacfwd(loss, { argnum: 1 } as never), "jacfwd: unknown option"],
    ["jacrev", () => jl.jacrev(loss, { argnum: 1 } as never), "jacrev: unknown option"],
    ["hessian", () => jl.hessian(loss, { argnum: 1 } as never), "hessian: unknown option"],
    ["jvp", () => (jl.jvp as unknown as Callable)(loss, [x], [x], { hasaux: true }), "jvp: unknown option"],
    ["vjp", () => (jl.vjp as unknown as Callable)(loss, x, { has_aux: true }), "vjp: unknown option"],
    ["linearize", () => (jl.linearize as unknown as Callable)(loss, x, { hasAuxx: true }), "linearize: unknown option"],
    ["checkpoint", () => jl.checkpoint(loss, { preventCSE: true } as never), 'did you mean "preventCse"?'],
    ["customJvp", () => jl.customJvp(loss, { nondiff_argnums: 1 } as never), 'did you mean "nondiffArgnums"?'],
    ["customVjp", () => jl.customVjp(loss, { nondiff_argnums: 1 } as never), 'did you mean "nondiffArgnums"?'],
    ["makeJaxpr", () => jl.makeJaxpr(loss, { static_argnums: 1 } as never), 'did you mean "staticArgnums"?'],
    ["lax.scan", () => jl.lax.scan((c, v) => [c, v], 0, x, { len: 2 } as never), 'lax.scan: unknown option "len"; did you mean "length"?'],
    ["sum", () => jl.numpy.sum(x, { axes: 0 } as never), 'sum: unknown option "axes"; did you mean "axis"?'],
    [
      "an array where options stand",
      () => (jl.random.poisson as Callable)(jl.random.key(0), 4, [3]),
      "poisson: argument 3 is an array, expected an object of options",
    ],
    ["an argument too many", () => (jl.numpy.sin as Callable)(x, 3), "sin: got 2 arguments, expected 1 (x)"],
  ];
  test.each(TRANSFORMATIONS)("%s", (_name, run, message) => {
    expect(run).toThrow(message);
  });
  test("a list of positions in the place of grad's options is argnums, as in JAX", () => {
    const f = (a: jl.Value, b: jl.Value): jl.Value => jl.numpy.multiply(a, b);
    expect(
      jl
        .grad(f, [0, 1])(2, 5)
        .map((g) => g.item()),
    ).toEqual([5, 2]);
    expect(jl.valueAndGrad(f, [1])(2, 5)[1]).toHaveLength(1);
    // What may be a list is read from the types, not from the names of options.
    expect(() => jl.optim.microbatch((v: jl.Value) => v, 0, 2, [0] as never)).toThrow("argument 4 is an array, expected an object of options");
  });
  test("a function of one argument may be Array.map's callback", () => {
    expect([x, x].map(jl.numpy.sin as Callable)).toHaveLength(2);
  });
  test("the nearest name", () => {
    expect(nearest("keep_dims", ["axis", "keepdims"])).toBe("keepdims");
    expect(nearest("dtyp", ["dtype"])).toBe("dtype");
    expect(nearest("zzz", ["axis", "dtype"])).toBeNull();
  });
});
