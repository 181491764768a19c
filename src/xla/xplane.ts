// The profiler's file, xplane.pb: planes of lines of events, with what is known of each. Eight small messages of protocol buffers, read by hand so that
// nothing is generated: unknown fields are passed over.
import type { BinaryReader } from "@bufbuild/protobuf/wire";
import { inner, int, whole } from "./protoFields.ts";

export interface XEvent {
  readonly name: string;
  /** Nanoseconds from the start of the profile. */
  readonly start: number;
  readonly duration: number;
  readonly stats: ReadonlyMap<string, string | number | Uint8Array>;
}
export interface XLine {
  readonly name: string;
  readonly events: readonly XEvent[];
}
export interface XPlane {
  readonly name: string;
  readonly lines: readonly XLine[];
  readonly stats: ReadonlyMap<string, string | number | Uint8Array>;
  /** What is said of kinds of events once: programs stand there that no event is of. */
  readonly kinds: readonly XEventKind[];
}
export interface XEventKind {
  readonly name: string;
  readonly stats: ReadonlyMap<string, string | number | Uint8Array>;
}
type Stat = string | number | Uint8Array;
interface RawStat {
  readonly key: number;
  readonly value: Stat | { readonly ref: number };
}
interface RawEvent {
  readonly metadata: number;
  readonly offset: number;
  readonly duration: number;
  readonly stats: readonly RawStat[];
}
interface RawLine {
  readonly name: string;
  readonly timestamp: number;
  readonly events: readonly RawEvent[];
}
export function readXPlane(bytes: Uint8Array): XPlane[] {
  const planes: XPlane[] = [];
  whole(bytes, { 1: (x) => planes.push(plane(x)) });
  return planes;
}
function plane(r: BinaryReader): XPlane {
  let name = "";
  const lines: RawLine[] = [];
  const events = new Map<number, { name: string; stats: RawStat[] }>();
  const names = new Map<number, string>();
  const stats: RawStat[] = [];
  inner(r, {
    2: (x) => (name = x.string()),
    3: (x) => lines.push(line(x)),
    4: (x) => entry(x, (key, y) => events.set(key, eventMetadata(y))),
    5: (x) => entry(x, (key, y) => names.set(key, statName(y))),
    6: (x) => stats.push(stat(x)),
  });
  const resolve = (list: readonly RawStat[]): Map<string, Stat> =>
    new Map(list.map((s) => [names.get(s.key) ?? "", isRef(s.value) ? (names.get(s.value.ref) ?? "") : s.value]));
  return {
    name,
    stats: resolve(stats),
    kinds: [...events.values()].map((e) => ({ name: e.name, stats: resolve(e.stats) })),
    lines: lines.map((l) => ({
      name: l.name,
      events: l.events.map((e): XEvent => {
        const known = events.get(e.metadata);
        return {
          name: known?.name ?? "",
          start: l.timestamp + e.offset / 1000,
          duration: e.duration / 1000,
          stats: resolve([...(known?.stats ?? []), ...e.stats]),
        };
      }),
    })),
  };
}
const isRef = (v: RawStat["value"]): v is { readonly ref: number } => typeof v === "object" && "ref" in v;
/** A map's entry: a key and a message. */
function entry(r: BinaryReader, read: (key: number, r: BinaryReader) => void): void {
  let key = 0;
  inner(r, { 1: (x) => (key = int(x.int64())), 2: (x) => read(key, x) });
}
function line(r: BinaryReader): RawLine {
  let name = "";
  let timestamp = 0;
  const events: RawEvent[] = [];
  inner(r, { 2: (x) => (name = x.string()), 3: (x) => (timestamp = int(x.int64())), 4: (x) => events.push(event(x)) });
  return { name, timestamp, events };
}
function event(r: BinaryReader): RawEvent {
  let metadata = 0;
  let offset = 0;
  let duration = 0;
  const stats: RawStat[] = [];
  inner(r, {
    1: (x) => (metadata = int(x.int64())),
    2: (x) => (offset = int(x.int64())),
    3: (x) => (duration = int(x.int64())),
    4: (x) => stats.push(stat(x)),
  });
  return { metadata, offset, duration, stats };
}
function eventMetadata(r: BinaryReader): { name: string; stats: RawStat[] } {
  let name = "";
  const stats: RawStat[] = [];
  inner(r, { 2: (x) => (name = x.string()), 5: (x) => stats.push(stat(x)) });
  return { name, stats };
}
function statName(r: BinaryReader): string {
  let name = "";
  inner(r, { 2: (x) => (name = x.string()) });
  return name;
}
function stat(r: BinaryReader): RawStat {
  let key = 0;
  let value: RawStat["value"] = "";
  inner(r, {
    1: (x) => (key = int(x.int64())),
    2: (x) => (value = x.double()),
    3: (x) => (value = int(x.uint64())),
    4: (x) => (value = int(x.int64())),
    5: (x) => (value = x.string()),
    6: (x) => (value = x.bytes()),
    7: (x) => (value = { ref: int(x.uint64()) }),
  });
  return { key, value };
}
