import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterEach, expect, test, vi } from "vitest";
import { config, deviceGet, devicePut, jit, liveArrays, numpy as np, transferGuard } from "./index.ts";
import { NDArray } from "./core/value.ts";

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;
const turn = (): Promise<void> => new Promise((r) => setTimeout(r, 0));
afterEach(() => void liveArrays(null, { stop: true }));

test("live arrays are those made since one asks, without the deleted ones", () => {
  const early = np.ones([2]);
  expect(liveArrays()).toEqual([]);
  const a = np.arange(7),
    b = a.mul(2);
  const there = liveArrays();
  expect([there.includes(a as NDArray), there.includes(b as NDArray), there.includes(early as NDArray)]).toEqual([true, true, false]);
  (a as NDArray).delete();
  expect(liveArrays().includes(a as NDArray)).toBe(false);
  expect(liveArrays("cpu").includes(b as NDArray)).toBe(b.device.platform === "cpu");
  expect(() => liveArrays("tpu")).toThrow(/liveArrays: the device is "tpu"/);
  liveArrays(null, { stop: true });
  const late = np.ones([3]);
  expect(liveArrays().includes(late as NDArray)).toBe(false);
});
test("arrays that nobody holds are gone after a collection, and their records too", async () => {
  liveArrays();
  const kept: unknown[] = [];
  for (let i = 0; i < 2000; i++) {
    const x = np.array(Float32Array.of(i));
    if (i % 500 === 0) kept.push(x);
  }
  await turn();
  await turn();
  gc();
  await turn();
  gc();
  const there = liveArrays();
  expect(there.length).toBeLessThan(100);
  for (const x of kept) expect(there.includes(x as NDArray)).toBe(true);
});
const f = jit((x: ReturnType<typeof np.ones>) => x.mul(2));
test("a guard refuses moves that nobody asked for, and no others", () => {
  const there = np.arange(3).mul(1);
  expect(transferGuard("disallow", () => f(there).tolist())).toEqual([0, 2, 4]);
  // As in JAX: outside jit, a number is an array that moves.
  expect(() => transferGuard("disallow", () => there.add(1))).toThrow(/an array .*\[\] moves/);
  const host = np.array(Int32Array.of(1, 2));
  expect(() => transferGuard("disallow", () => f(host))).toThrow(
    /transferGuard is "disallow": an array i32\[2\] moves from JavaScript's memory to CpuDevice\(id=0\)\. Instead: move it before, with devicePut\(x\)/,
  );
  expect(transferGuard("disallow", () => f(devicePut(host)).tolist())).toEqual([2, 4]);
  // It lies on the device now.
  expect(transferGuard("disallow_explicit", () => f(host).tolist())).toEqual([2, 4]);
  expect(() => transferGuard("disallow_explicit", () => devicePut(np.array(Int32Array.of(3, 4))))).toThrow(
    /devicePut moves an array i32\[2\] from JavaScript's memory/,
  );
  expect(config.transferGuard).toBe("allow");
  expect(f(np.array([5, 6])).tolist()).toEqual([10, 12]);
});
test("reading is a move where the device is not the CPU", () => {
  const x = devicePut(np.array(Int32Array.of(1, 2)), "reference");
  expect(() => transferGuard("disallow", () => x.tolist())).toThrow(
    /an array i32\[2\] is read from ReferenceDevice\(id=0\)\. Instead: read it with deviceGet\(x\)/,
  );
  expect(transferGuard("disallow", () => deviceGet(x))).toEqual(Int32Array.of(1, 2));
  expect(() => transferGuard("disallow_explicit", () => deviceGet(x))).toThrow(/is read from/);
});
test("moves are logged, and a level that is none is refused", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  expect(transferGuard("log", () => f(np.array(Int32Array.of(1, 2))).tolist())).toEqual([2, 4]);
  expect(warn.mock.calls).toEqual([["transferGuard: an array i32[2] moves from JavaScript's memory to CpuDevice(id=0)"]]);
  warn.mockRestore();
  expect(() => transferGuard("never" as "log", () => 1)).toThrow(/config\.transferGuard: got "never", expected "allow" or "log"/);
});
