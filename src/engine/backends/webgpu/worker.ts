// The GPU's thread: it holds the device, and carries out what the engine's thread sends, in order. The function is started as a text (`connection.ts`), so that
// it is wherever the engine is, a bundle or sources: it refers to nothing outside itself, and imports types alone.
import type { Gpu, GpuAdapter, GpuBuffer, GpuDevice, GpuEncoder, GpuPipeline } from "./gpu.ts";
import type { Asked } from "./line.ts";
import type { AdapterInfo, Command, Dispatch, Question, Reply } from "./messages.ts";

/** What the thread is given: where messages come from, and how replies go back. */
export interface Surroundings {
  readonly listen: (handle: (m: Command | Asked) => void) => void;
  readonly reply: (r: Reply, move: ArrayBuffer[], asleep: boolean) => void;
  /** The implementation, at a module's address. */
  readonly load: (module: string, flags: readonly string[]) => Promise<Gpu>;
  /** Milliseconds of the clock that timestamps may be of. */
  readonly now: () => number;
}

export function gpuThread({ listen, reply, load, now }: Surroundings): void {
  const STORAGE = 0x80 | 0x8 | 0x4; // storage, copied to, copied from
  const MAP = 0x1 | 0x8; // mapped for reading, copied to
  const QUERIES = 4096;
  let device: GpuDevice | null = null;
  let keep: Gpu | null = null; // collected earlier, the process crashes
  let failed: string | undefined;
  let lost: string | undefined;
  const buffers = new Map<number, GpuBuffer>();
  interface Made {
    readonly pipeline: GpuPipeline;
    readonly layout: object;
  }
  const pipelines = new Map<number, Made | Promise<Made | null> | null>();
  const groups = new Map<string, object>();
  const fail = (e: unknown): void => {
    failed ??= e instanceof Error ? e.message : String(e);
  };
  const open = async (module: string, flags: readonly string[], without: readonly string[]): Promise<AdapterInfo | undefined> => {
    keep = await load(module, flags);
    const adapter: GpuAdapter | null = await keep.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return undefined;
    const limits: Record<string, number> = {};
    for (const name of [
      "maxBufferSize",
      "maxStorageBufferBindingSize",
      "maxStorageBuffersPerShaderStage",
      "maxComputeWorkgroupStorageSize",
      "maxComputeInvocationsPerWorkgroup",
      "maxComputeWorkgroupSizeX",
    ])
      limits[name] = adapter.limits[name] ?? 0;
    const requiredFeatures = ["timestamp-query", "subgroups", "shader-f16"].filter((f) => adapter.features.has(f) && !without.includes(f));
    device = await adapter.requestDevice({ requiredFeatures, requiredLimits: limits });
    device.addEventListener("uncapturederror", (e) => fail(e.error.message));
    void device.lost.then((l) => {
      lost = l.message || "the driver took the device away";
    });
    const { vendor = "", architecture = "", device: name = "", description = "" } = adapter.info ?? {};
    return { name: description || name || vendor || "a GPU", vendor, architecture, features: requiredFeatures, limits };
  };
  const compile = async (d: GpuDevice, code: string, written: readonly boolean[]): Promise<Made | null> => {
    try {
      const layout = d.createBindGroupLayout({
        entries: written.map((w, binding) => ({ binding, visibility: 4, buffer: { type: w ? "storage" : "read-only-storage" } })),
      });
      const pipeline = await d.createComputePipelineAsync({
        layout: d.createPipelineLayout({ bindGroupLayouts: [layout] }),
        compute: { module: d.createShaderModule({ code }), entryPoint: "main" },
      });
      return { pipeline, layout };
    } catch (e) {
      fail(`a shader was refused: ${e instanceof Error ? e.message : String(e)}\n${code}`);
      return null;
    }
  };
  const groupOf = (d: GpuDevice, { pipeline, buffers: of }: Dispatch, layout: object): object => {
    const key = `${pipeline}:${of.join()}`;
    let group = groups.get(key);
    if (group) return group;
    if (groups.size > 8192) groups.clear();
    group = d.createBindGroup({ layout, entries: of.map((b, binding) => ({ binding, resource: { buffer: buffers.get(b) } })) });
    groups.set(key, group);
    return group;
  };
  /** Dispatches with a pass each, whose times are read later. */
  interface Timed {
    readonly marks: Float64Array;
    readonly staging: GpuBuffer;
    readonly begun: number;
  }
  const timed: Timed[] = [];
  let ended = 0;
  const dispatch = (d: GpuDevice, encoder: GpuEncoder, list: readonly Dispatch[], writes: ((i: number) => object) | null): void => {
    let pass = writes ? null : encoder.beginComputePass();
    list.forEach((s, i) => {
      const made = pipelines.get(s.pipeline);
      if (!made || made instanceof Promise) return;
      const own = pass ?? encoder.beginComputePass(writes?.(i));
      own.setPipeline(made.pipeline);
      own.setBindGroup(0, groupOf(d, s, made.layout));
      own.dispatchWorkgroups(s.x, s.y);
      if (!pass) own.end();
    });
    pass?.end();
    pass = null;
  };
  const run = async (d: GpuDevice, list: readonly Dispatch[], wantsTimes: boolean): Promise<void> => {
    for (const s of list) {
      const made = pipelines.get(s.pipeline);
      if (made instanceof Promise) pipelines.set(s.pipeline, await made);
    }
    if (!wantsTimes) {
      const encoder = d.createCommandEncoder();
      dispatch(d, encoder, list, null);
      d.queue.submit([encoder.finish()]);
      return;
    }
    for (let from = 0; from < list.length; from += QUERIES / 2) {
      const part = list.slice(from, from + QUERIES / 2);
      const count = 2 * part.length;
      const querySet = d.createQuerySet({ type: "timestamp", count });
      const resolved = d.createBuffer({ size: count * 8, usage: 0x200 | 0x4 });
      const staging = d.createBuffer({ size: count * 8, usage: MAP });
      const encoder = d.createCommandEncoder();
      dispatch(d, encoder, part, (i) => ({ timestampWrites: { querySet, beginningOfPassWriteIndex: 2 * i, endOfPassWriteIndex: 2 * i + 1 } }));
      encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
      encoder.copyBufferToBuffer(resolved, 0, staging, 0, count * 8);
      const begun = now();
      d.queue.submit([encoder.finish()]);
      await d.queue.onSubmittedWorkDone();
      ended = now();
      querySet.destroy();
      resolved.destroy();
      timed.push({ marks: Float64Array.from(part, (s) => s.mark), staging, begun });
    }
  };
  const times = async (): Promise<Float64Array> => {
    const all: number[] = [];
    for (const { marks, staging, begun } of timed.splice(0)) {
      await staging.mapAsync(1);
      const stamps = new BigUint64Array(staging.getMappedRange().slice(0));
      staging.destroy();
      const ms = (i: number): number => Number(stamps[i] ?? 0n) / 1e6;
      // Where the GPU's clock is another one, the last dispatch ended when the queue was seen to be empty.
      const last = ms(stamps.length - 1);
      const shift = ms(0) >= begun - 1 && last <= ended + 1 ? 0 : ended - last;
      marks.forEach((mark, i) => all.push(mark, ms(2 * i) + shift, ms(2 * i + 1) + shift));
    }
    return Float64Array.from(all);
  };
  const read = async (d: GpuDevice, buffer: number, at: number, bytes: number): Promise<Uint8Array> => {
    const first = at - (at % 4);
    const size = Math.ceil((at + bytes - first) / 4) * 4;
    const staging = d.createBuffer({ size, usage: MAP });
    const encoder = d.createCommandEncoder();
    const from = buffers.get(buffer);
    if (!from) throw new Error(`there is no buffer ${buffer}`);
    encoder.copyBufferToBuffer(from, first, staging, 0, size);
    d.queue.submit([encoder.finish()]);
    await staging.mapAsync(1);
    const data = new Uint8Array(staging.getMappedRange().slice(at - first, at - first + bytes));
    staging.destroy();
    return data;
  };
  const command = async (d: GpuDevice, m: Command): Promise<void> => {
    switch (m.kind) {
      case "buffer":
        return void buffers.set(m.buffer, d.createBuffer({ size: m.bytes, usage: STORAGE }));
      case "drop":
        buffers.get(m.buffer)?.destroy();
        return void buffers.delete(m.buffer);
      case "write": {
        const to = buffers.get(m.buffer);
        if (to) d.queue.writeBuffer(to, m.at, m.data);
        return;
      }
      case "pipeline":
        return void pipelines.set(m.pipeline, compile(d, m.code, m.written));
      case "run":
        return run(d, m.dispatches, m.timed);
    }
  };
  const answer = async (q: Question): Promise<Omit<Reply, "id">> => {
    if (q.kind === "open") {
      const adapter = await open(q.module, q.flags, q.without);
      return adapter ? { adapter } : {};
    }
    if (!device) throw new Error("no adapter is open");
    if (lost !== undefined) return {};
    if (q.kind === "close") {
      // A thread that ends while the driver still compiles takes the process with it.
      await Promise.all(pipelines.values());
      await device.queue.onSubmittedWorkDone();
      device.destroy();
      await device.lost;
      return {};
    }
    if (q.kind === "wait") {
      await device.queue.onSubmittedWorkDone();
      return {};
    }
    if (q.kind === "times") return { times: await times() };
    return { data: await read(device, q.buffer, q.at, q.bytes) };
  };
  const handle = async (m: Command | Asked): Promise<void> => {
    if (!("id" in m)) {
      if (device && !lost) await command(device, m);
      return;
    }
    let said: Omit<Reply, "id"> = {};
    try {
      said = await answer(m);
    } catch (e) {
      fail(e);
    }
    const { data, times: t } = said;
    const move = [data?.buffer, t?.buffer].filter((b): b is ArrayBuffer => b instanceof ArrayBuffer);
    reply({ id: m.id, ...said, ...(failed === undefined ? {} : { failed }), ...(lost === undefined ? {} : { lost }) }, move, m.asleep);
    failed = undefined;
  };
  let queue = Promise.resolve();
  listen((m) => {
    queue = queue.then(() => handle(m)).catch(fail);
  });
  // The device is not collected while the thread lives.
  (globalThis as { keepGpu?: unknown }).keepGpu = () => [keep, device];
}
