// Memory of the WebAssembly device: bounded in code that never yields, nothing that is used is lost, and errors leave it as it was.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { NDArray, Value } from "../../core/value.ts";
import { compile } from "../programs.ts";
import { Heap } from "./heap.ts";
import { WasmStorage, bytesMovedIn, makeRoom, setHeapLimit } from "./storage.ts";

const np = jl.numpy;
const cpu = jl.devices("cpu")[0]!;
const storageOf = (x: Value): WasmStorage => (x as NDArray).storage as WasmStorage;
// These look at one device, whatever the suite runs on.
beforeEach(() => jl.config.update("defaultDevice", "cpu"));
afterEach(() => jl.config.update("defaultDevice", null));

test("a loop that makes far more arrays than fit stays bounded, and an old array keeps its values", () => {
  const step = jl.jit((x: Value) => x.mul(0.5).add(1)),
    kept = np.arange(8).astype("float32").add(1),
    reads = jl.jit((a: Value, b: Value) => a.sum().add(b));
  let x: Value = np.zeros([512, 512]);
  for (let i = 0; i < 1200; i++) x = step(x); // 1.2 GiB of results
  expect(jl.profiler.memoryStats().bytesInUse).toBeLessThan(600 * 2 ** 20);
  expect(Number(x.get(3, 4).item())).toBeCloseTo(2, 5);
  expect(Number(reads(kept, np.array(1)).item())).toBe(37);
});

describe("under a limit of nothing", () => {
  let before = 0;
  beforeEach(() => {
    before = setHeapLimit(0);
  });
  afterEach(() => void setHeapLimit(before));

  test("a program's arguments and constants stay in the heap, others are moved out and come back whole", () => {
    const table = np.arange(1000).astype("float32").add(0);
    const f = jl.jit((x: Value) =>
      np
        .sin(x)
        .add(np.array([1, 2, 3]))
        .add(table.get(5)),
    );
    const x = np.arange(3).astype("float32").add(0);
    const idle = np.arange(64).astype("float32").mul(2);
    f(x);
    const came = bytesMovedIn();
    const want = f(x).tolist();
    f(x);
    expect(bytesMovedIn()).toBe(came); // nothing that f needs had left
    expect(storageOf(x).isInHeap).toBe(true);
    expect(storageOf(idle).isInHeap).toBe(false);
    expect(idle.add(1).tolist()).toEqual(Array.from({ length: 64 }, (_x, i) => 2 * i + 1));
    expect(bytesMovedIn()).toBe(came + 256);
    expect(f(x).tolist()).toEqual(want);
  });
  test("constants of a program stay in the heap while it runs", () => {
    const table = np.array([1, 2, 3, 4]);
    const x = np.array([1, 1, 1, 1]).add(0) as NDArray;
    const { loaded } = compile(jl.makeJaxpr((v: Value) => v.add(table))(x));
    loaded.run([x]);
    makeRoom(1); // all are out now
    loaded.run([x]);
    const came = bytesMovedIn();
    const [out] = loaded.run([x]);
    expect(bytesMovedIn()).toBe(came);
    expect([...new Float32Array(out!.bytes().slice().buffer)]).toEqual([2, 3, 4, 5]);
  });
  test("what a running program uses is pinned, whoever asks for room", () => {
    const a = new WasmStorage(cpu, 64);
    const b = new WasmStorage(cpu, 64);
    a.pin();
    makeRoom(1);
    expect([a.isInHeap, b.isInHeap]).toEqual([true, false]);
    a.unpin();
    makeRoom(1);
    expect(a.isInHeap).toBe(false);
  });
  test("a callback that runs programs and deletes arguments leaves the program around it alone", () => {
    const x = np.arange(256).astype("float32").add(1);
    const shape = jl.shapeDtypeStruct([256], "float32");
    const busy = (v: Value): Value => {
      x.delete();
      for (let i = 0; i < 20; i++) np.ones([256]).mul(-1).add(i);
      return v.mul(2);
    };
    const f = jl.jit((v: Value) => (jl.pureCallback(busy as never, shape, np.sin(v)) as Value).add(v));
    const got = f(x).tolist() as number[];
    got.forEach((g, i) => expect(g).toBeCloseTo(2 * Math.sin(i + 1) + i + 1, 3));
  });
});

test("a size that is none is refused and leaves the memory usable", () => {
  const held = cpu.memoryStats().bytesInUse;
  for (const bytes of [-4, 2.5, NaN, Infinity]) expect(() => cpu.allocate(bytes)).toThrow(/sizes are whole numbers/);
  expect(cpu.memoryStats().bytesInUse).toBe(held);
  const before = setHeapLimit(0);
  try {
    expect(np.ones([3]).add(1).tolist()).toEqual([2, 2, 2]);
  } finally {
    setHeapLimit(before);
  }
});
test("out of memory is one of our errors: what asked, how much, the line, the remedy", () => {
  const heap = new Heap(4);
  const at = heap.take(1000);
  expect(() => heap.take(2 ** 20, () => "a result float32[512,512]")).toThrow(jl.OutOfMemoryError);
  expect(() => heap.take(2 ** 20, () => "a result float32[512,512]")).toThrow(
    /a result float32\[512,512\] takes 1\.0 MiB.*0\.0 MiB of the 0\.3 MiB.*x\.delete\(\)/,
  );
  heap.give(at, 1000);
  expect(heap.inUse).toBe(0);
  try {
    jl.jit((x: Value) => np.multiply(x.reshape([-1, 1]), x))(np.ones([70_000]));
    expect.unreachable("19 GiB do not fit");
  } catch (e) {
    expect(e).toBeInstanceOf(jl.OutOfMemoryError);
    expect(e).toBeInstanceOf(jl.JitLensError);
    expect(String(e)).toMatch(/a result float32\[70000,70000\] takes 18692\.0 MiB/);
    expect((e as jl.OutOfMemoryError).frame?.file).toMatch(/storage\.test\.ts/);
  }
  expect(np.ones([2]).add(1).tolist()).toEqual([2, 2]);
});
