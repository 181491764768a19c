import { fileURLToPath, pathToFileURL } from "node:url";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { data, numpy as np, random } from "../index.ts";
import type { Value } from "../core/value.ts";

const folder = mkdtempSync(join(tmpdir(), "jitlens loader-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const written = (name: string, text: string): URL => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return pathToFileURL(path);
};
/** Examples whose typed arrays are views of one memory, which must stay whole in the thread; with the thread's number, so that one sees who read. */
const URL_ = written(
  "views.mjs",
  `import { threadId } from "node:worker_threads";
const all = Float32Array.from({ length: 33 }, (_x, i) => i / 2);
export default { length: 11, get: (i) => ({ x: all.subarray(3 * i, 3 * i + 3), n: i, pair: [i % 2 === 0, [i, -i]], thread: threadId }) };
export const other = async () => ({ length: 2, get: async (i) => [i + 0.5] });
class OwnError extends Error { name = "OwnError"; }
export const broken = { length: 6, get(i) { if (i === 4) throw new OwnError("the fifth is broken"); return { x: i }; } };
export const ends = { length: 6, get(i) { process.exit(3); } };
export const classes = { length: 1, get: () => ({ x: new Date(0) }) };
export const nothing = 5;`,
);
interface Example {
  x: Float32Array;
  n: number;
  pair: [boolean, [number, number]];
  thread: number;
}
const here = (await import(fileURLToPath(URL_))) as { default: data.ExampleSource<Example>; broken: data.ExampleSource<{ x: number }> };
type Told = { readonly x: unknown; readonly dtype: string; readonly n: unknown; readonly pair: unknown; readonly thread: number };
async function gone(loader: data.Loader<Example>): Promise<Told[]> {
  const out: Told[] = [];
  for await (const b of loader) {
    const [even, signs] = b.pair as unknown as [Value, [Value, Value]];
    out.push({
      x: b.x.tolist(),
      dtype: [b.x, b.n, even].map((v) => v.dtype + String(v.weakType)).join(),
      n: b.n.tolist(),
      pair: [even.tolist(), signs.map((s) => s.tolist())],
      thread: Number((b.thread as unknown as Value).get(0).item()),
    });
  }
  return out;
}
const without = ({ thread: _thread, ...rest }: Told): Omit<Told, "thread"> => rest;

test.each([1, 3])("%i threads give the batches that one gets without them, in their order", async (threads) => {
  const options = { batchSize: 4, shuffle: random.key(1), epochs: 2, lastBatch: "wrap" as const },
    own = await gone(new data.Loader(here.default, options)),
    theirs = await gone(new data.Loader(here.default, { ...options, worker: { module: URL_, threads } }));
  expect(theirs.map(without)).toEqual(own.map(without));
  expect(own.length).toBe(6);
  const readers = new Set(theirs.map((t) => t.thread));
  expect(readers.size).toBe(threads);
  for (const t of own) expect(readers.has(t.thread)).toBe(false);
});
test("a named export may be a function that gives the source", async () => {
  const out: unknown[] = [];
  const loader = new data.Loader({ length: 2, get: (_i: number) => [0] }, { batchSize: 2, worker: { module: String(URL_), name: "other" } });
  for await (const [x] of loader) out.push(x!.tolist());
  expect(out).toEqual([[0.5, 1.5]]);
});
test("arrays of an engine cross with dtype, shape and weakness", async () => {
  const module = `data:text/javascript,${encodeURIComponent(
    `const a = (data, shape, dtype, weakType) => ({ shape, dtype, weakType, dataSync: () => data });
     export default { length: 1, get: () => ({
       half: a(Float32Array.of(0.5, -2), [2], "bfloat16"), bool: a(Uint8Array.of(1), [], "bool"),
       c: a(Float32Array.of(1, 2), [1], "complex64"), weak: a(Int32Array.of(7), [], "int32", true) }) };`,
  )}`;
  const v = np.zeros([1]);
  const loader = new data.Loader({ length: 1, get: (_i: number) => ({ half: v, bool: v, c: v, weak: v }) }, { batchSize: 1, worker: module });
  for await (const b of loader) {
    expect([b.half, b.bool, b.c, b.weak].map((x) => [x.dtype, x.shape, x.weakType, x.tolist()])).toEqual([
      ["bfloat16", [1, 2], false, [[0.5, -2]]],
      ["bool", [1], false, [true]],
      ["complex64", [1, 1], false, [[{ re: 1, im: 2 }]]],
      ["int32", [1], np.stack([np.array(7)]).weakType, [7]],
    ]);
  }
});
const first = async (name: string, length = 6): Promise<unknown> => {
  const loader = new data.Loader({ length, get: (_i: number) => ({ x: 0 }) }, { batchSize: 2, worker: { module: URL_, name } });
  const got: unknown[] = [];
  try {
    for await (const b of loader) got.push(b.x.tolist());
  } catch (e) {
    return [got, (e as Error).name, (e as Error).message];
  }
  return got;
};
test("errors of the source come through, at their batch's turn and by their name", async () => {
  expect(await first("broken")).toEqual([
    [
      [0, 1],
      [2, 3],
    ],
    "OwnError",
    "the fifth is broken",
  ]);
  expect(await first("ends")).toEqual([[], "Error", expect.stringMatching(/the thread that reads examples of .* ended with 3/)]);
  expect(await first("classes", 1)).toEqual([[], "TypeError", expect.stringMatching(/an instance of Date, which cannot leave the thread/)]);
  expect(await first("nothing")).toEqual([[], "TypeError", expect.stringMatching(/export "nothing" of .* is no source of examples/)]);
  expect(await first("broken", 7)).toEqual([
    expect.anything(),
    "ArgumentError",
    expect.stringMatching(/source has 6 examples, the loader's own has 7/),
  ]);
});
test("the threads end with the loop, also where it is left early", async () => {
  const { Worker } = await import("node:worker_threads");
  const ended = vi.spyOn(Worker.prototype, "terminate");
  for await (const _b of new data.Loader(here.default, { batchSize: 2, epochs: null, worker: { module: URL_, threads: 2 } })) break;
  expect(ended).toHaveBeenCalledTimes(2);
  expect(await Promise.all(ended.mock.results.map(async (r) => typeof (await (r.value as Promise<number>))))).toEqual(["number", "number"]);
  ended.mockRestore();
});
test("where there are no threads, it is said", async () => {
  const loader = new data.Loader(here.default, { batchSize: 2, worker: URL_ });
  const asked = vi.spyOn(process as unknown as { getBuiltinModule(n: string): unknown }, "getBuiltinModule").mockReturnValue(undefined);
  await expect(gone(loader)).rejects.toThrow(/worker needs the threads of Node\.js 20\.16 or newer/);
  asked.mockRestore();
});
test("arrays in memory are made ahead as far as asked, and by no thread", async () => {
  const out: unknown[] = [];
  for await (const b of new data.Loader(np.arange(5), { batchSize: 2, prefetch: 2 })) out.push(b.tolist());
  expect(out).toEqual([[0, 1], [2, 3], [4]]);
  expect(() => new data.Loader(np.arange(5), { batchSize: 2, worker: URL_ })).toThrow(/arrays in memory are there already/);
  expect(() => new data.Loader(here.default, { batchSize: 2, worker: "./dataset.mjs" })).toThrow(
    /worker\.module is "\.\/dataset\.mjs", expected a module's whole/,
  );
  expect(() => new data.Loader(here.default, { batchSize: 2, worker: { module: URL_, threads: 0 } })).toThrow(/threads is 0/);
});
