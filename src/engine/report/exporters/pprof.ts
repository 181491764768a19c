// pprof's protocol buffer, gzipped: `go tool pprof`, Grafana, Polar Signals and others read it. Samples are the stacks of a steady call, with time, kernel calls,
// bytes and operations.
import { Function as PprofFunction, Line, Location, Profile, Sample, StringTable, ValueType } from "pprof-format";
import type { Report } from "../types.ts";
import { type StackFrame, costStacks } from "./costStacks.ts";

const VALUES = [
  ["kernel_calls", "count"],
  ["bytes", "bytes"],
  ["flops", "count"],
  ["time", "nanoseconds"],
] as const;

export async function pprof(r: Report): Promise<Uint8Array> {
  return gzip(pprofBytes(r));
}
/** Before packing. */
export function pprofBytes(r: Report): Uint8Array {
  const strings = new StringTable();
  const places = new Places(strings);
  const sample = costStacks(r).map(
    (s) =>
      new Sample({
        // The leaf comes first.
        locationId: [...s.frames].reverse().map((f) => places.location(f)),
        value: [Math.round(s.calls), Math.round(s.bytes), Math.round(s.flops), Math.max(1, Math.round(s.ms * 1e6))],
      }),
  );
  const [, , , time] = VALUES;
  const profile = new Profile({
    sampleType: VALUES.map(([type, unit]) => new ValueType({ type: strings.dedup(type), unit: strings.dedup(unit) })),
    sample,
    location: places.locations,
    function: places.functions,
    stringTable: strings,
    timeNanos: BigInt(Math.max(0, Date.parse(r.created) || 0)) * 1_000_000n,
    durationNanos: Math.round((r.timing?.total.median ?? 0) * 1e6),
    periodType: new ValueType({ type: strings.dedup(time[0]), unit: strings.dedup(time[1]) }),
    period: 1,
    defaultSampleType: strings.dedup(time[0]),
    comment: [strings.dedup(`one steady call of ${r.function.name}, by ${r.tool}`)],
  });
  return profile.encode();
}
/** Functions and places, each once. */
class Places {
  readonly functions: PprofFunction[] = [];
  readonly locations: Location[] = [];
  readonly #functions = new Map<string, PprofFunction>();
  readonly #locations = new Map<string, Location>();
  constructor(readonly strings: StringTable) {}
  location(f: StackFrame): number {
    const key = `${f.name}\u0000${f.file}\u0000${f.line}`;
    let at = this.#locations.get(key);
    if (!at) {
      const line = new Line({ functionId: this.#function(f).id, line: f.line });
      at = new Location({ id: this.locations.length + 1, line: [line] });
      this.locations.push(at);
      this.#locations.set(key, at);
    }
    return Number(at.id);
  }
  #function(f: StackFrame): PprofFunction {
    const key = `${f.name}\u0000${f.file}`;
    let found = this.#functions.get(key);
    if (!found) {
      const name = this.strings.dedup(f.name);
      // Without a system name: one that is the same would be taken for a mangled one, and cut at its brackets.
      found = new PprofFunction({ id: this.functions.length + 1, name, systemName: 0, filename: this.strings.dedup(f.file), startLine: 0 });
      this.functions.push(found);
      this.#functions.set(key, found);
    }
    return found;
  }
}
/** By the platform's own stream, which pages and Node both have. */
async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
