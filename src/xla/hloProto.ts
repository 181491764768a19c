// The programs that a profile carries: serialized HloProtos in its metadata plane, each the very program that was profiled. Of them what an instruction is
// known by is read: its operation, type, name of JAX's operation and places.
import type { BinaryReader } from "@bufbuild/protobuf/wire";
import type { HloInstruction, HloPlace } from "./hlo.ts";
import { inner, int, numbers, whole } from "./protoFields.ts";
import type { Shape } from "./shape.ts";
import type { XPlane } from "./xplane.ts";

/** What tells an instruction from others, in whichever form its program is. */
export type KnownInstruction = Pick<HloInstruction, "name" | "op" | "shape" | "operands" | "root" | "opName" | "places">;
export interface ProfiledComputation {
  readonly name: string;
  readonly entry: boolean;
  readonly instructions: readonly KnownInstruction[];
}
export interface ProfiledProgram {
  /** The module's name, such as "jit_f". */
  readonly name: string;
  /** What its events have as "program_id". */
  readonly id: number;
  readonly computations: readonly ProfiledComputation[];
}
const PLANE = "/host:metadata";
const STAT = "Hlo Proto";

/** The programs of a profile; those that cannot be read are left out: a newer XLA may write them otherwise, and times are worth having all the same. */
export function profiledPrograms(planes: readonly XPlane[]): ProfiledProgram[] {
  return planes
    .filter((p) => p.name === PLANE)
    .flatMap((p) =>
      p.kinds.flatMap(({ name, stats }) => {
        const bytes = stats.get(STAT);
        // "jit_f(6)". Numbers above 2^53 round as those of the events do.
        const id = Number(/\((\d+)\)$/.exec(name)?.[1] ?? -1);
        try {
          return typeof bytes === "object" ? [{ ...readHloProto(bytes), id }] : [];
        } catch {
          return [];
        }
      }),
    );
}
/** Throws where the bytes are cut off. */
export function readHloProto(bytes: Uint8Array): Omit<ProfiledProgram, "id"> {
  const raw: RawModule = { name: "", entry: -1, computations: [], frames: { files: [], functions: [], locations: [], frames: [] } };
  whole(bytes, { 1: (r) => readModule(r, raw) });
  const computations = raw.computations.map((c): ProfiledComputation => {
    const names = new Map(c.instructions.map((n) => [n.id, n.name]));
    return {
      name: c.name,
      entry: c.id === raw.entry,
      instructions: c.instructions.map((n) => ({
        ...{ name: n.name, op: n.op, shape: n.shape, opName: n.opName, root: n.id === c.root },
        operands: n.operands.map((id) => names.get(id) ?? ""),
        places: n.file === "" ? framesOf(n.frame, raw.frames) : [{ file: n.file, line: n.line, column: -1, func: "" }],
      })),
    };
  });
  return { name: raw.name, computations };
}

// ---- the messages, by the field numbers of xla/service/hlo.proto and xla/xla_data.proto

interface RawModule {
  name: string;
  entry: number;
  readonly computations: RawComputation[];
  readonly frames: Frames;
}
interface RawComputation {
  name: string;
  id: number;
  root: number;
  readonly instructions: RawInstruction[];
}
interface RawInstruction {
  name: string;
  op: string;
  shape: Shape;
  id: number;
  readonly operands: number[];
  opName: string;
  file: string;
  line: number;
  frame: number;
}
interface Frames {
  readonly files: string[];
  readonly functions: string[];
  readonly locations: { file: number; func: number; line: number; column: number }[];
  readonly frames: { location: number; parent: number }[];
}
function readModule(r: BinaryReader, m: RawModule): void {
  inner(r, {
    1: (x) => (m.name = x.string()),
    3: (x) => m.computations.push(computation(x)),
    6: (x) => (m.entry = int(x.int64())),
    17: (x) => readFrames(x, m.frames),
  });
}
function computation(r: BinaryReader): RawComputation {
  const c: RawComputation = { name: "", id: -1, root: -1, instructions: [] };
  inner(r, {
    1: (x) => (c.name = x.string()),
    2: (x) => c.instructions.push(instruction(x)),
    5: (x) => (c.id = int(x.int64())),
    6: (x) => (c.root = int(x.int64())),
  });
  return c;
}
function instruction(r: BinaryReader): RawInstruction {
  const n: RawInstruction = { ...{ name: "", op: "", shape: { kind: "other", text: "" }, id: -1, operands: [] }, opName: "", file: "", line: 0, frame: 0 };
  inner(r, {
    1: (x) => (n.name = x.string()),
    2: (x) => (n.op = x.string()),
    3: (x) => (n.shape = shape(x)),
    7: (x) =>
      inner(x, {
        2: (y) => (n.opName = y.string()),
        3: (y) => (n.file = y.string()),
        4: (y) => (n.line = y.int32()),
        15: (y) => (n.frame = y.int32()),
      }),
    35: (x) => (n.id = int(x.int64())),
    36: (x, wireType) => numbers(x, wireType, n.operands),
  });
  return n;
}
/** xla.PrimitiveType by number; the float8 types have the names that the text has. */
const DTYPES = (
  "?,pred,s8,s16,s32,s64,u8,u16,u32,u64,f16,f32,f64,tuple,opaque,c64,bf16,token,c128,f8e5m2,f8e4m3fn,s4,u4,f8e4m3b11fnuz,f8e5m2fnuz,f8e4m3fnuz,s2,u2,f8e4m3,f8e3m4," +
  "s1,u1,f4e2m1fn,f8e8m0fnu"
).split(",");

function shape(r: BinaryReader): Shape {
  let type = 0;
  const dims: number[] = [];
  const items: Shape[] = [];
  inner(r, { 2: (x) => (type = x.int32()), 3: (x, wireType) => numbers(x, wireType, dims), 4: (x) => items.push(shape(x)) });
  const dtype = DTYPES[type] ?? "?";
  if (dtype === "tuple") return { kind: "tuple", items };
  return dtype === "opaque" || dtype === "?" ? { kind: "other", text: dtype } : { kind: "array", dtype, dims };
}
function readFrames(r: BinaryReader, f: Frames): void {
  inner(r, {
    1: (x) => f.files.push(x.string()),
    2: (x) => f.functions.push(x.string()),
    3: (x) => {
      const at = { file: 0, func: 0, line: 0, column: -1 };
      inner(x, { 1: (y) => (at.file = y.int32()), 2: (y) => (at.func = y.int32()), 3: (y) => (at.line = y.int32()), 4: (y) => (at.column = y.int32()) });
      f.locations.push(at);
    },
    4: (x) => {
      const frame = { location: 0, parent: 0 };
      inner(x, { 1: (y) => (frame.location = y.int32()), 2: (y) => (frame.parent = y.int32()) });
      f.frames.push(frame);
    },
  });
}
const DEEPEST = 100;
/** Numbers of tables count from 1; 0 is none. */
function framesOf(from: number, f: Frames): HloPlace[] {
  const out: HloPlace[] = [];
  for (let id = from; id > 0 && out.length < DEEPEST;) {
    const frame = f.frames[id - 1];
    const at = frame && f.locations[frame.location - 1];
    if (!frame || !at) break;
    out.push({ file: f.files[at.file - 1] ?? "", line: at.line, column: at.column, func: (f.functions[at.func - 1] ?? "").split(".").at(-1)! });
    id = frame.parent;
  }
  return out;
}
