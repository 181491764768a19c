// The whole engine in a browser: in a worker, where it may wait for its GPU as in Node.js; on a page's own thread and in pages that are not isolated, where
// values are read later; and where there is no GPU at all. Headless Chromium, with its software driver.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { type Browser, type Page, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../../../test/gpu.mjs";

/** What a page that may share memory between its threads is sent with. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
/** A worker that runs the body it is sent, with the engine at hand. */
const WORKER = `
  import * as jl from "/engine.js";
  const AsyncFunction = (async () => {}).constructor;
  onmessage = async ({ data }) => {
    try { postMessage({ value: await new AsyncFunction("jl", data)(jl) }); }
    catch (e) { postMessage({ failed: String(e.message ?? e) }); }
  };
  postMessage({});`;
const IN_WORKER = `
  window.inWorker = (body) => new Promise((resolve) => {
    const w = new Worker("/worker.js", { type: "module" });
    w.onerror = (e) => resolve({ failed: e.message });
    w.onmessage = () => { w.onmessage = (e) => { w.terminate(); resolve(e.data); }; w.postMessage(body); };
  });`;
const executablePath = findChromium();
describe.skipIf(executablePath === null)("the engine in a browser", () => {
  let server: Server;
  let address = "";
  const browsers = new Map<boolean, Browser>();
  /** A page of a browser, with a GPU or without one, whose server isolates it or does not. */
  async function open(at: "/" | "/isolated", gpu = true): Promise<Page> {
    const flags = gpu ? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"] : ["--disable-gpu", "--disable-features=WebGPU"];
    const browser = browsers.get(gpu) ?? (await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", ...flags] }));
    browsers.set(gpu, browser);
    const page = await browser.newPage();
    await page.goto(address + at);
    await page.evaluate(IN_WORKER);
    return page;
  }
  const inWorker = async (page: Page, body: string): Promise<unknown> => {
    const { value, failed } = (await page.evaluate(`inWorker(${JSON.stringify(body)})`)) as { value?: unknown; failed?: string };
    if (failed !== undefined) throw new Error(failed);
    return value;
  };
  const inPage = (page: Page, body: string): Promise<unknown> => page.evaluate(`(async () => { const jl = await import("/engine.js"); ${body} })()`);
  beforeAll(async () => {
    const engine = await build({
      entryPoints: [join(import.meta.dirname, "..", "..", "index.ts")],
      bundle: true,
      format: "esm",
      platform: "neutral",
      keepNames: true,
      write: false,
    });
    const files: Readonly<Record<string, string>> = { "/engine.js": engine.outputFiles[0]!.text, "/worker.js": WORKER };
    server = createServer((q, a) => {
      const script = files[q.url ?? ""];
      // Workers of an isolated page must be sent as isolated too; to other pages the headers mean nothing.
      const headers = q.url === "/" ? {} : ISOLATED;
      a.writeHead(200, { "content-type": script === undefined ? "text/html" : "text/javascript", ...headers }).end(
        script ?? "<!doctype html><title>Engine</title>",
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await Promise.all([...browsers.values()].map((b) => b.close()));
    server?.close();
  });

  test("in a worker of an isolated page: devices, programs, values at once, callbacks, long results, times", async () => {
    const page = await open("/isolated");
    const got = await inWorker(
      page,
      `const before = jl.devices().map(String);
       await jl.init();
       const np = jl.numpy, [gpu] = jl.devices("webgpu"), [cpu] = jl.devices("cpu");
       const x = jl.random.normal(jl.random.key(0), [64, 64]);
       const on = (d) => jl.devicePut(x, d);
       const step = jl.jit((a) => jl.nn.softmax(np.tanh(np.matmul(a, a.T)).add(a.sum())));
       const far = (f) => { const a = f(on(gpu)), b = f(on(cpu)); return [String(a.device), np.abs(jl.devicePut(a, cpu).sub(b)).max().item()]; };
       const twoMiB = jl.devicePut(np.arange(600_000), gpu).add(1);
       const seen = [];
       jl.jit((a) => { jl.debug.callback((v) => void seen.push(v.item()), a.sum()); return a.add(1); })(jl.devicePut(np.ones([3]), gpu));
       await jl.effectsBarrier?.();
       return {
         before, after: jl.devices().map(String), softmax: far(step), gradient: far(jl.grad((a) => np.sin(np.matmul(a, a)).sum())),
         item: on(gpu).get(0, 0).item() === x.get(0, 0).item(), last: twoMiB.get(-1).item(), all: twoMiB.dataSync().length,
         sorted: np.sort(jl.devicePut(np.array([3, 1, 2]), gpu)).tolist(), seen, later: (await jl.devicePut(np.arange(3), gpu).mul(2).data()).length,
       };`,
    );
    const { softmax, gradient, ...rest } = got as { softmax: [string, number]; gradient: [string, number] };
    expect(softmax[0]).toBe("WebgpuDevice(id=0)");
    expect(softmax[1]).toBeLessThan(1e-5);
    expect(gradient[0]).toBe("WebgpuDevice(id=0)");
    expect(gradient[1]).toBeLessThan(1e-2);
    expect(rest).toEqual({
      before: ["CpuDevice(id=0)", "ReferenceDevice(id=0)"],
      after: ["CpuDevice(id=0)", "ReferenceDevice(id=0)", "WebgpuDevice(id=0)"],
      item: true,
      last: 600_000,
      all: 600_000,
      sorted: [1, 2, 3],
      seen: [3],
      later: 3,
    });
  });
  /** Programs by what they use: each gives the same on the browser's GPU as on the CPU. */
  const PROGRAMS: Readonly<Record<string, string>> = {
    "elementwise functions": "np.tanh(np.exp(x).add(np.log(np.abs(x)))).mul(np.sin(x.mul(9000)))",
    "rows and reductions": "jl.nn.softmax(x.add(x.sum()))",
    "products in blocks": "np.tanh(np.matmul(x, x.T)).add(1)",
    "parts of words": "np.concatenate([x.gt(0), x.lt(-1)], { axis: 1 })",
    "half types": 'x.astype("bfloat16").mul(3).astype("float32")',
    "a loop": "jl.lax.foriLoop(0, 5, (_i, c) => np.sin(c.mul(1.5)), x)",
  };
  test("the same numbers as on the CPU, kind by kind of kernels", async () => {
    const page = await open("/isolated");
    const programs = Object.entries(PROGRAMS).map(([name, body]) => `${JSON.stringify(name)}: (x) => ${body}`);
    const got = await inWorker(
      page,
      `await jl.init("webgpu");
       const np = jl.numpy, x = jl.random.normal(jl.random.key(0), [20, 33]), out = {};
       for (const [name, f] of Object.entries({ ${programs.join(",\n")} })) {
         const run = (d) => jl.devicePut(jl.jit(f)(jl.devicePut(x, d)).astype("float32"), "cpu");
         out[name] = np.allclose(run("webgpu"), run("cpu"), { rtol: 1e-4, atol: 1e-5 }).item();
       }
       return out;`,
    );
    expect(got).toEqual(Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, true])));
  });
  const READ_LATER = `
    await jl.init("webgpu");
    const x = jl.devicePut(jl.numpy.arange(5), "webgpu");
    const y = jl.jit((a) => a.mul(a).add(1))(x);
    let refused = "";
    try { y.get(4).item(); } catch (e) { refused = e.message; }
    return { values: [...(await y.data())], refused };`;
  test("on a page's own thread values are read later, and reading at once says so", async () => {
    const { values, refused } = (await inPage(await open("/isolated"), READ_LATER)) as { values: number[]; refused: string };
    expect(values).toEqual([1, 2, 5, 10, 17]);
    expect(refused).toMatch(
      /webgpu: the value is on the GPU, and a page's own thread must not wait: read it with await x\.data\(\), or run the engine in a worker/,
    );
  });
  test("in a worker of a page that is not isolated too, with the headers that it lacks", async () => {
    const { values, refused } = (await inWorker(await open("/"), READ_LATER)) as { values: number[]; refused: string };
    expect(values).toEqual([1, 2, 5, 10, 17]);
    expect(refused).toMatch(/not cross-origin isolated \(its server does not send Cross-Origin-Opener-Policy: same-origin/);
  });
  test("without a GPU the CPU is there, and asking for the GPU says why it is not", async () => {
    const page = await open("/", false);
    const body = `
      const names = (await jl.init()).map(String), sum = jl.jit((a) => a.sum())(jl.numpy.arange(4)).item();
      let refused = "";
      try { await jl.init("webgpu"); } catch (e) { refused = e.message; }
      return { names, sum, refused };`;
    const { names, sum, refused } = (await inPage(page, body)) as { names: string[]; sum: number; refused: string };
    expect({ names, sum }).toEqual({ names: ["CpuDevice(id=0)", "ReferenceDevice(id=0)"], sum: 6 });
    expect(refused).toMatch(/init: the device "webgpu" is not here: /);
  });
});
