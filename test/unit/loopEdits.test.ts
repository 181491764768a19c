// Options that advice puts into calls of loops, and arrays of pairs that it takes apart: what is understood whole, and what is left alone.
import { expect, test } from "vitest";
import { componentsEdit } from "../../src/engine/report/advice/componentEdits.ts";
import { replacedArguments } from "../../src/engine/report/advice/callText.ts";
import type { Text } from "../../src/engine/report/advice/edits.ts";
import { unrollEdit } from "../../src/engine/report/advice/loopEdits.ts";
import { changed } from "../../src/engine/report/insights/edits.ts";
import type { TextChange } from "../../src/engine/report/types.ts";

const of = (text: string): Text => ({ file: 0, lines: text.split("\n") });
const edited = (text: string, edits: TextChange[] | null): string | null => edits && changed(text, edits);
const unrolled = (text: string, line = 1): string | null => edited(text, unrollEdit(of(text), { file: 0, line }, 2));
test.each([
  ["const y = lax.foriLoop(0, 8, turn, [a, b])[1];", "const y = lax.foriLoop(0, 8, turn, [a, b], { unroll: 2 })[1];"],
  ["lax.foriLoop(0, n, (i, [a, b]) => [b, f(a, ')')], x,);", "lax.foriLoop(0, n, (i, [a, b]) => [b, f(a, ')')], x, { unroll: 2 },);"],
  ["const [s] = lax.scan(turn, init);", "const [s] = lax.scan(turn, init, null, { unroll: 2 });"],
  ["const [s] = lax.scan(turn, init, xs);", "const [s] = lax.scan(turn, init, xs, { unroll: 2 });"],
  ["lax.scan(turn, init, xs, { reverse: true });", "lax.scan(turn, init, xs, { unroll: 2, reverse: true });"],
  ["lax.scan((c, x) => {\n  return [c, x];\n}, init,\n  xs\n);", "lax.scan((c, x) => {\n  return [c, x];\n}, init,\n  xs, { unroll: 2 }\n);"],
  ['import { lax as l } from "jitlens"; l.scan(f, a);', 'import { lax as l } from "jitlens"; l.scan(f, a, null, { unroll: 2 });'],
])("unroll: %j", (text, wanted) => expect(unrolled(text)).toBe(wanted));
test.each([
  ["lax.scan(turn, init, xs, { unroll: 4 });", "it has the option"],
  ["lax.scan(turn, init, xs, options);", "its options are elsewhere"],
  ["lax.scan(turn, init, xs, { ...more });", "they are spread"],
  ["lax.scan(f, lax.scan(g, a)[0]);", "two loops"],
  ["lax.whileLoop(test, turn, init);", "no counted loop"],
  ["nnx.scan(turn, init);", "another module's"],
  ["lax.scan(turn, `${name}`);", "a text that may hide brackets"],
  ["lax.foriLoop(0, 8, turn, // from\n  init);", "a comment that may hide brackets"],
  ["lax.foriLoop(...bounds, turn, init);", "too few arguments"],
])("unroll: %j is left alone, as %s", (text) => expect(unrolled(text)).toBeNull());

const head = 'import { numpy as np } from "jitlens";\n';
const apart = (text: string): string | null => {
  const whole = head + text;
  return edited(whole, componentsEdit(of(whole), { file: 0, line: 2 }, 3))?.slice(head.length) ?? null;
};
const declared = 'const d = p.get(null, ":", ":").sub(q.x.get(":", null, ":"));';
const parts = 'const d = [0, 1, 2].map((i) => p.get(null, ":", i).sub(q.x.get(":", null, i)));';
test.each([
  ["const r = np.sum(np.square(d), { axis: -1 }).add(1);", "const r = d.map((c) => np.square(c)).reduce((a, b) => a.add(b)).add(1);"],
  ["const r = d.mul(d).sum({ axis: 2 });", "const r = d.map((c) => c.mul(c)).reduce((a, b) => a.add(b));"],
  [
    'return np.square(d).sum({ axis: -1 }), np.sum(d.mul(w.get("...", null)), { axis: -2 }).mul(G);',
    "return d.map((c) => np.square(c)).reduce((a, b) => a.add(b)), np.stack(d.map((c) => c.mul(w).sum({ axis: 1 })), { axis: -1 }).mul(G);",
  ],
  ['return d.mul(w.get(":", ":", null)).sum({ axis: 0 });', "return np.stack(d.map((c) => c.mul(w).sum({ axis: 0 })), { axis: -1 });"],
])("components: %j", (read, wanted) => expect(apart(`${declared}\n${read}`)).toBe(`${parts}\n${wanted}`));
test.each([
  [`${declared}\nreturn np.square(d).sum({ axis: -1 }).add(d.sum());`, "it is read otherwise"],
  [`${declared}\nreturn np.square(d).sum({ axis: -1, keepdims: true });`, "the axis is kept"],
  [`${declared}\nreturn np.square(d).sum({ axis: 1 });`, "another axis"],
  [`${declared}\nreturn d.mul(c.get("...", null)).sum({ axis: 1 });`, "a name that would be hidden"],
  ['const d = i.get(null, ":", ":").sub(i.get(":", null, ":"));\nreturn np.square(d).sum({ axis: -1 });', "a name that would be hidden"],
  ['const d = f(p).get(null, ":", ":").sub(p.get(":", null, ":"));\nreturn np.square(d).sum({ axis: -1 });', "an operand that is computed"],
  [`${declared}\nuse();`, "nothing reads it"],
])("components: %j is left alone, as %s", (text) => expect(apart(text)).toBeNull());
const replaced = (text: string): number[] => replacedArguments(of(text), { file: 0, line: 1 }, "step");
test.each([
  ["for (const x of xs) state = step(state, x);", [0]],
  ["[w, m] = step(w, x, m);", [0, 2]],
  ["  s.w = step(s.w, 1);", [0]],
  ["const next = step(state, x);", []],
  ["let [w, m] = step(w, m);", []],
  ["state = other.step(state);", []],
  ["state = step(state.get(0));", []],
  ["last = state = step(state);", [0]],
] as const)("arguments that the result replaces: %j", (text, wanted) => expect(replaced(text)).toEqual(wanted));
