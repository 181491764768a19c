// XLA's HLO text as data: computations, instructions, attributes, and where each came from. Both forms of metadata are read: source_file/source_line (up
// to JAX 0.8) and stack_frame_id with its tables (since 0.9).
import { matching, pieces, unquoted } from "./scan.ts";
import { type Shape, readShape } from "./shape.ts";

export interface HloPlace {
  readonly file: string;
  readonly line: number;
  /** From 0; -1 where it is not known. */
  readonly column: number;
  readonly func: string;
}
export interface HloInstruction {
  readonly name: string;
  readonly op: string;
  readonly shape: Shape;
  readonly operands: readonly string[];
  /** Which part of a tuple each operand is, where it is one: TPUs write "fusion.2#1"; else -1. */
  readonly parts: readonly number[];
  /** What stands in the brackets, where it names no instructions: a constant's value, a parameter's number. */
  readonly inside: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly root: boolean;
  readonly opName: string;
  /** Innermost first. */
  readonly places: readonly HloPlace[];
  /** Its line in the text, from 1. */
  readonly line: number;
}
export interface HloComputation {
  readonly name: string;
  readonly entry: boolean;
  readonly instructions: readonly HloInstruction[];
  readonly root: HloInstruction | undefined;
}
export interface HloModule {
  readonly name: string;
  readonly computations: ReadonlyMap<string, HloComputation>;
  readonly entry: HloComputation | undefined;
}

const bare = (name: string): string => name.trim().replace(/^%/, "");
const OPERANDLESS = new Set(["constant", "parameter", "iota"]);

export function parseHlo(text: string): HloModule {
  const lines = text.split("\n");
  const tables = readTables(lines);
  const computations = new Map<string, HloComputation>();
  let entry: HloComputation | undefined;
  let open: { name: string; entry: boolean; instructions: HloInstruction[] } | null = null;
  lines.forEach((line, i) => {
    if (open && /^\s*\}/.test(line)) {
      const made: HloComputation = { ...open, root: open.instructions.find((n) => n.root) ?? open.instructions.at(-1) };
      computations.set(made.name, made);
      if (made.entry) entry = made;
      open = null;
    } else if (open) {
      const made = readInstruction(line, i + 1, tables);
      if (made) open.instructions.push(made);
    } else {
      const head = /^(ENTRY\s+)?%?([\w.\-<>~]+)\s*(?:\(.*)?\{\s*$/.exec(line);
      if (head && !line.startsWith("HloModule")) open = { name: head[2]!, entry: head[1] !== undefined, instructions: [] };
    }
  });
  return { name: /^HloModule\s+([^\s,]+)/m.exec(text)?.[1] ?? "", computations, entry };
}
function readInstruction(line: string, at: number, tables: Tables): HloInstruction | null {
  const head = /^\s*(ROOT\s+)?%?([\w.\-<>~]+)\s*=\s*/.exec(line);
  if (!head) return null;
  const { shape, end } = readShape(line, head[0].length);
  const op = /^\s*([\w\-$]+)\(/.exec(line.slice(end));
  if (!op) return null;
  const from = end + op[0].length;
  const to = matching(line, from - 1);
  const inside = line.slice(from, to);
  const operands = OPERANDLESS.has(op[1]!) ? [] : pieces(inside).map((p) => bare(p.trim().split(/\s+/).at(-1) ?? "").split("#"));
  const attributes = new Map<string, string>();
  for (const piece of pieces(line.slice(to + 1))) {
    const eq = piece.indexOf("=");
    if (eq > 0) attributes.set(piece.slice(0, eq).trim(), piece.slice(eq + 1).trim());
  }
  const metadata = attributes.get("metadata") ?? "";
  return {
    name: head[2]!,
    op: op[1]!,
    shape,
    operands: operands.map(([name]) => name ?? ""),
    parts: operands.map(([, part]) => (part === undefined ? -1 : Number(part))),
    inside,
    attributes,
    root: head[1] !== undefined,
    opName: unquoted(/\bop_name="((?:[^"\\]|\\.)*)"/.exec(metadata)?.[1] ?? ""),
    places: placesOf(metadata, tables),
    line: at,
  };
}
/** Computations that an instruction names under a key: one, or a list in braces. */
export function calledBy(n: HloInstruction, key: string): readonly string[] {
  const value = n.attributes.get(key);
  if (value === undefined) return [];
  return value
    .replace(/^\{|\}$/g, "")
    .split(",")
    .map(bare)
    .filter((s) => s !== "");
}

// ---- where an instruction came from

interface Tables {
  readonly files: ReadonlyMap<number, string>;
  readonly functions: ReadonlyMap<number, string>;
  readonly locations: ReadonlyMap<number, { readonly file: number; readonly func: number; readonly line: number; readonly column: number }>;
  readonly frames: ReadonlyMap<number, { readonly location: number; readonly parent: number }>;
}
const DEEPEST = 100;

function readTables(lines: readonly string[]): Tables {
  const files = new Map<number, string>();
  const functions = new Map<number, string>();
  const locations = new Map<number, { file: number; func: number; line: number; column: number }>();
  const frames = new Map<number, { location: number; parent: number }>();
  let section = "";
  const value = (line: string, key: string): number => Number(new RegExp(`\\b${key}=(\\d+)`).exec(line)?.[1] ?? 0);
  for (const line of lines) {
    if (/^(?:FileNames|FunctionNames|FileLocations|StackFrames)\s*$/.test(line)) section = line.trim();
    else if (/\{\s*$/.test(line)) break;
    const row = section && /^(\d+)\s+(.*)$/.exec(line);
    if (!row) continue;
    const id = Number(row[1]);
    const rest = row[2]!;
    if (section === "FileNames") files.set(id, unquoted(rest));
    else if (section === "FunctionNames") functions.set(id, unquoted(rest));
    else if (section === "FileLocations")
      locations.set(id, {
        file: value(rest, "file_name_id"),
        func: value(rest, "function_name_id"),
        line: value(rest, "line"),
        column: value(rest, "column"),
      });
    // XLA writes the parent one too high; 1 is none.
    else frames.set(id, { location: value(rest, "file_location_id"), parent: value(rest, "parent_frame_id") - 1 });
  }
  return { files, functions, locations, frames };
}

function placesOf(metadata: string, t: Tables): HloPlace[] {
  const file = /\bsource_file="((?:[^"\\]|\\.)*)"/.exec(metadata)?.[1];
  if (file !== undefined) {
    const line = Number(/\bsource_line=(\d+)/.exec(metadata)?.[1] ?? 0);
    return line > 0 ? [{ file: unquoted(file), line, column: Number(/\bsource_column=(\d+)/.exec(metadata)?.[1] ?? -1), func: "" }] : [];
  }
  const out: HloPlace[] = [];
  for (let id = Number(/\bstack_frame_id=(\d+)/.exec(metadata)?.[1] ?? 0); id > 0 && out.length < DEEPEST;) {
    const frame = t.frames.get(id);
    const at = frame && t.locations.get(frame.location);
    if (!frame || !at) break;
    out.push({ file: t.files.get(at.file) ?? "", line: at.line, column: at.column, func: t.functions.get(at.func)?.split(".").at(-1) ?? "" });
    id = frame.parent;
  }
  return out;
}
