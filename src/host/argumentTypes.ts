// Argument types as people write them: `f32[32,64], i32[8]`, and trees of them in JavaScript's notation: `{ w: f32[3,4], b: f32[4] }`, `[f32[2], f32[2]]`.

export type TypeTree =
  | { readonly kind: "array"; readonly dtype: string; readonly shape: readonly number[] }
  | { readonly kind: "tuple"; readonly items: readonly TypeTree[] }
  | { readonly kind: "dict"; readonly entries: readonly (readonly [string, TypeTree])[] }
  | { readonly kind: "value"; readonly value: number | boolean | string | null };
export const SYNTAX =
  'One type an argument, separated by commas: f32[32,64], i32[8], f32[] (a scalar). Objects and tuples as in JavaScript: { w: f32[64,10], b: f32[10] }, [f32[2], f32[2]]. Static values as they are: 3, true, "relu".';

/** Throws an Error that says what was expected and where. */
export function parseArgumentTypes(text: string): TypeTree[] {
  const tokens = [...text.matchAll(/\s*([A-Za-z_$][\w$]*|-?\d+(?:\.\d+)?|"[^"]*"|'[^']*'|\S)/gy)].map((m) => m[1]!);
  let i = 0;
  const fail = (expected: string): never => {
    throw new Error(
      `argument types: expected ${expected} ${i < tokens.length ? `before "${tokens.slice(i, i + 4).join("")}"` : "at the end"}. ${SYNTAX}`,
    );
  };
  const expect = (t: string): void => {
    if (tokens[i] !== t) fail(`"${t}"`);
    i++;
  };
  const list = (close: string): TypeTree[] => {
    const out: TypeTree[] = [];
    while (tokens[i] !== close) {
      out.push(one());
      if (tokens[i] === ",") i++;
      else if (tokens[i] !== close) fail(`"," or "${close}"`);
    }
    i++;
    return out;
  };
  const one = (): TypeTree => {
    const t = tokens[i++];
    if (t === undefined) return fail("a type");
    if (t === "[") return { kind: "tuple", items: list("]") };
    if (t === "{") {
      const entries: [string, TypeTree][] = [];
      while (tokens[i] !== "}") {
        const key = tokens[i++];
        if (!key || !/^[\w$"']/.test(key)) fail("a key");
        expect(":");
        entries.push([key!.replace(/["']/g, ""), one()]);
        if (tokens[i] === ",") i++;
        else if (tokens[i] !== "}") fail('"," or "}"');
      }
      i++;
      return { kind: "dict", entries };
    }
    if (/^-?\d/.test(t)) return { kind: "value", value: Number(t) };
    if (t === "true" || t === "false") return { kind: "value", value: t === "true" };
    if (t === "null") return { kind: "value", value: null };
    if (/^["']/.test(t)) return { kind: "value", value: t.slice(1, -1) };
    if (tokens[i] !== "[") return fail(`"[" after ${t}, as in ${t}[2,3] (or ${t}[] for a scalar)`);
    i++;
    const shape: number[] = [];
    while (tokens[i] !== "]") {
      const n = Number(tokens[i]);
      if (!Number.isInteger(n) || n < 0) fail("a whole number");
      shape.push(n);
      i++;
      if (tokens[i] === ",") i++;
    }
    i++;
    return { kind: "array", dtype: t, shape };
  };
  const out: TypeTree[] = [];
  while (i < tokens.length) {
    out.push(one());
    if (i < tokens.length) expect(",");
  }
  return out;
}
