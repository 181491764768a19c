// The same shaders in a browser's WebGPU: programs are loaded with a line that writes down what the GPU's thread would be told, and headless Chromium carries
// that out, with the thread's own code.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../../../test/gpu.mjs";
import * as jl from "../../index.ts";
import type { NDArray, Value } from "../../core/value.ts";
import { compileJaxpr } from "../../compiler/compile.ts";
import { WGSL } from "../../compiler/target.ts";
import type { Connection } from "./connection.ts";
import { webgpuDevice } from "./device.ts";
import { Executable } from "./executable.ts";
import type { AdapterInfo, Command } from "./messages.ts";
import { Pipelines } from "./pipelines.ts";
import { Pool } from "./pool.ts";
import { Arrays } from "./storage.ts";
import { gpuThread } from "./worker.ts";

const np = jl.numpy;
const LIMITS = { maxBufferSize: 2 ** 28, maxStorageBufferBindingSize: 2 ** 27, maxStorageBuffersPerShaderStage: 8 };
const adapter: AdapterInfo = { name: "a browser's", vendor: "", architecture: "", features: [], limits: LIMITS };
/** What a program tells the GPU's thread, and in which buffers its results lie. */
function told(f: (...xs: Value[]) => Value, args: readonly NDArray[]): { commands: Command[]; buffer: number; bytes: number } {
  const commands: Command[] = [];
  const line = { adapter, send: (m: Command) => void commands.push(m) } as Connection;
  const arrays = new Arrays(line, new Pool(line, 2 ** 30));
  const { plan } = compileJaxpr(jl.makeJaxpr(f as never)(...(args as never[])), undefined, WGSL);
  const program = new Executable(webgpuDevice, arrays, plan, WGSL, new Pipelines(line));
  expect([...program.onHost.values()]).toEqual([]);
  const copies = args.map((a) => jl.devicePut(a, "cpu") as NDArray);
  const [out] = program.run(copies);
  return { commands, buffer: out!.buffer().id, bytes: out!.nbytes };
}
/** In the page: a thread that is given all of it, and asked for the results. */
async function carryOut(page: Page, { commands, buffer, bytes }: ReturnType<typeof told>): Promise<Uint8Array> {
  const plain = commands.map((m) => (m.kind === "write" ? { ...m, data: [...m.data] } : m));
  const answer = await page.evaluate(`(async () => {
    const __name = (f) => f;
    const waiting = new Map();
    let handle;
    (${gpuThread})({
      listen: (h) => (handle = h),
      reply: (r) => waiting.get(r.id)(r),
      load: async () => navigator.gpu,
      now: () => performance.now(),
    });
    let next = 0;
    const ask = (q) => new Promise((resolve) => { waiting.set(next, resolve); handle({ ...q, id: next++ }); });
    const opened = await ask({ kind: "open", module: "", flags: [], without: [] });
    if (!opened.adapter) return { failed: opened.failed ?? "no adapter" };
    for (const m of ${JSON.stringify(plain)}) handle(m.kind === "write" ? { ...m, data: Uint8Array.from(m.data) } : m);
    const { data, failed } = await ask({ kind: "read", buffer: ${buffer}, at: 0, bytes: ${bytes} });
    await ask({ kind: "close" });
    return { data: data && [...data], failed };
  })()`);
  const { data, failed } = answer as { data?: number[]; failed?: string };
  if (failed !== undefined) throw new Error(failed);
  return Uint8Array.from(data ?? []);
}
const executablePath = findChromium();
describe.skipIf(executablePath === null)("in a browser", () => {
  let browser: Browser;
  let server: Server;
  let page: Page;
  beforeAll(async () => {
    // WebGPU is there for pages of a secure origin, such as this machine's own.
    server = createServer((_q, a) => a.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>WebGPU</title>"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"],
    });
    page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  const x = jl.random.normal(jl.random.key(0), [20, 33]) as NDArray;
  const w = jl.random.normal(jl.random.key(1), [33, 18]) as NDArray;
  const PROGRAMS: Readonly<Record<string, readonly [f: (...xs: Value[]) => Value, ...args: NDArray[]]>> = {
    "elementwise functions": [(a) => np.tanh(np.exp(a).add(np.log(np.abs(a)))).mul(np.sin(a.mul(9000))), x],
    "rows and reductions": [(a) => jl.nn.softmax(a.add(a.sum())), x],
    "products in blocks": [(a, b) => np.tanh(np.matmul(a, b)).add(1), x, w],
    "parts of words": [(a) => np.concatenate([a.gt(0), a.lt(-1)], { axis: 1 }), x],
    "half types": [(a) => a.astype("bfloat16").mul(3), x],
    "a loop": [(a) => jl.lax.foriLoop(0, 5, (_i: Value, c: Value) => np.sin(c.mul(1.5)), a), x],
  };
  test.each(Object.keys(PROGRAMS))("%s", async (name) => {
    const [f, ...args] = PROGRAMS[name]!;
    const got = await carryOut(page, told(f, args));
    const want = jl.jit(f)(...args) as NDArray;
    const shown = (bytes: Uint8Array): number[] =>
      want.dtype === "float32" ? [...new Float32Array(bytes.slice().buffer)].map((v) => Number(v.toPrecision(4))) : [...bytes];
    expect(shown(got)).toEqual(shown(want.storage.bytes().slice()));
  });
});
