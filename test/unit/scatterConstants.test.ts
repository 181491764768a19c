// The scatter cases of JAX's primitive harness have their indices as constants, whose values stand only in the case's parameters: here they
// are filled in, so that these cases, which the plain runner cannot run, hold too.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import * as jl from "../../src/engine/index.ts";
import type { Value } from "../../src/engine/core/value.ts";

interface Tensor {
  readonly shape: number[];
  readonly dtype: string;
  readonly b64: string;
}
interface Case {
  readonly name: string;
  readonly group: string;
  readonly params: Record<string, string>;
  readonly jaxpr: string;
  readonly inputs: Tensor[];
  readonly outputs: Tensor[];
}
const { numpy: np } = jl,
  cases = gunzipSync(readFileSync(new URL("../conformance/primitives.jsonl.gz", import.meta.url)))
    .toString()
    .trim()
    .split("\n")
    .map((l) => JSON.parse(l) as Case)
    .filter((c) => c.params.scatter_indices !== undefined && /^[^;]*lambda \w/.test(c.jaxpr));
const array = (t: Tensor): Value => np.frombuffer(Uint8Array.from(Buffer.from(t.b64, "base64")), { dtype: t.dtype }).reshape(t.shape);
/** NumPy's text of an integer array, as it stands in the parameters. */
const integers = (s: string): number[] => (s.match(/-?\d+/g) ?? []).map(Number);
const numbers = (v: Value): number[] => Array.from((v as jl.Array).dataSync() as Float32Array, Number);

test(`${cases.length} scatter cases`, () => {
  expect(cases.length).toBeGreaterThan(500);
  const wrong: string[] = [];
  for (const c of cases) {
    const program = jl.interop.parseJaxpr(c.jaxpr),
      [constant] = program.inAvals,
      values = integers(c.params.scatter_indices!);
    const size = constant!.shape.reduce((a, b) => a * b, 1);
    if (values.length !== size) {
      wrong.push(`${c.name}: ${values.length} indices in the text, ${size} in the type`);
      continue;
    }
    const indices = np.array(values, { dtype: constant!.dtype }).reshape([...constant!.shape]),
      outs = jl.jaxprAsFun(program)(indices, ...c.inputs.map(array));
    c.outputs.forEach((o, k) => {
      const got = numbers(outs[k]!),
        want = numbers(array(o)),
        bad = got.findIndex(
          (g, i) =>
            !(
              Object.is(g, want[i]) ||
              g === want[i] ||
              Math.abs(g - want[i]!) <= (o.dtype === "bfloat16" || o.dtype === "float16" ? 2e-2 : 2e-4) * Math.abs(want[i]!) + 2e-5
            ),
        );
      if (outs[k]!.dtype !== o.dtype || outs[k]!.shape.join() !== o.shape.join() || bad >= 0)
        wrong.push(`${c.name}: element ${bad}: ${got[bad]}, JAX gives ${want[bad]}`);
    });
  }
  expect(wrong).toEqual([]);
});
