import { expect, test } from "vitest";
import { data, numpy as np, random } from "../index.ts";
import type { Value } from "../core/value.ts";

const ten = { x: np.arange(10), y: np.arange(20).reshape(10, 2) };
const seen = (batches: Iterable<{ x: Value }>): number[][] => [...batches].map((b) => b.x.tolist() as number[]);

test("batches of trees in their order, with each policy for the last one", () => {
  expect([...new data.Loader(ten, { batchSize: 4 })].map((b) => [b.x.tolist(), b.y.shape])).toEqual([
    [
      [0, 1, 2, 3],
      [4, 2],
    ],
    [
      [4, 5, 6, 7],
      [4, 2],
    ],
    [
      [8, 9],
      [2, 2],
    ],
  ]);
  expect(seen(new data.Loader(ten, { batchSize: 4, lastBatch: "drop" })).length).toBe(2);
  expect(seen(new data.Loader(ten, { batchSize: 4, lastBatch: "wrap" })).at(-1)).toEqual([8, 9, 0, 1]);
  expect(new data.Loader(ten, { batchSize: 4 })).toMatchObject({ length: 10, batches: 3 });
  expect([...new data.Loader(np.arange(3), { batchSize: 2 })].map((b) => b.tolist())).toEqual([[0, 1], [2]]);
});
test("every epoch has every example once, in an order of its own that the key decides", () => {
  const options = { batchSize: 5, shuffle: random.key(1), epochs: 2 },
    [a, b, c, d] = seen(new data.Loader(ten, options));
  const sorted = (v: number[]): number[] => v.sort((p, q) => p - q);
  expect([a, c]).not.toEqual([b, d]);
  expect(sorted([...a!, ...b!])).toEqual(sorted([...c!, ...d!]));
  expect(seen(new data.Loader(ten, options))).toEqual(seen(new data.Loader(ten, options)));
  expect(seen(new data.Loader(ten, { ...options, shuffle: random.key(2) }))).not.toEqual(seen(new data.Loader(ten, options)));
});
test("a run goes on where it was left", () => {
  const loader = new data.Loader(ten, { batchSize: 3, shuffle: random.key(3), epochs: 3 }),
    all = seen(loader);
  expect(seen(loader.from({ epoch: 1, batch: 2 }))).toEqual(all.slice(loader.batches + 2));
});
test("shards part the examples, and have as many batches", () => {
  const shards = [0, 1, 2].map((index) => new data.Loader(ten, { batchSize: 2, shuffle: random.key(0), shard: { index, count: 3 } }));
  expect(shards.map((s) => s.batches)).toEqual([2, 2, 2]);
  expect(new Set(shards.flatMap(seen).flat()).size).toBe(9);
});
test("examples of a source are read some batches ahead, in order, and an error comes at its turn", async () => {
  let read = 0;
  const source = {
    length: 8,
    async get(i: number) {
      read++;
      await new Promise((r) => setTimeout(r, i % 2));
      if (i === 7) throw new Error("the eighth is broken");
      return { x: np.array(i) };
    },
  };
  const got: number[][] = [];
  const run = async (): Promise<void> => {
    for await (const b of new data.Loader(source, { batchSize: 2, prefetch: 1 })) {
      got.push(b.x.tolist() as number[]);
      if (got.length === 1) expect(read).toBe(4);
    }
  };
  await expect(run()).rejects.toThrow("the eighth is broken");
  expect(got).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
  ]);
  expect(() => [...new data.Loader(source, { batchSize: 2 })]).toThrow(/Instead: for await/);
});
test("an endless loader is gone through as long as one likes", async () => {
  let n = 0;
  for await (const b of new data.Loader(ten, { batchSize: 10, epochs: null })) if ((n += b.x.size) >= 50) break;
  expect(n).toBe(50);
});
test("tables of numbers", () => {
  expect(data.csv("1,2\r\n3,4\n\n").tolist()).toEqual([
    [1, 2],
    [3, 4],
  ]);
  const named = data.csv('a;"b c"\n1;2\n;4', { header: true, delimiter: ";", dtype: "float32" });
  expect([named.a!.tolist(), named["b c"]!.tolist()]).toEqual([
    [1, NaN],
    [2, 4],
  ]);
  expect(data.csv("1,2", { dtype: "int32" }).dtype).toBe("int32");
});
test.each<[string, () => unknown, RegExp]>([
  ["no batch", () => new data.Loader(ten, { batchSize: 0 }), /batchSize is 0, expected an integer of at least 1/],
  ["unequal lengths", () => new data.Loader([np.ones([2]), np.ones([3])], { batchSize: 1 }), /2 and 3 examples along their first axes/],
  ["a scalar", () => new data.Loader({ x: np.array(1) }, { batchSize: 1 }), /a scalar/],
  ["no arrays", () => new data.Loader({}, { batchSize: 1 }), /no arrays/],
  [
    "an unknown policy",
    () => new data.Loader(ten, { batchSize: 1, lastBatch: "pad" as never }),
    /lastBatch is "pad", expected "keep", "drop" or "wrap"/,
  ],
  ["a shard that is none", () => new data.Loader(ten, { batchSize: 1, shard: { index: 2, count: 2 } }), /shard\.index is 2 of 2/],
  ["text in a table", () => data.csv("x,y\n1,2"), /row 1, column 1 is "x", expected a number\. Is it the columns' names\? Then \{ header: true \}/],
  ["rows of several lengths", () => data.csv("1,2\n3"), /row 2 has 1 values, expected 2/],
])("refuses %s", (_what, call, message) => expect(call).toThrow(message));
