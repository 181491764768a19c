// Which node of one program is which of another: lineage by source line and operation. Lines are compared by their text, so that code may move; an edited
// line is followed by its place between lines that stayed.
import type { FileIndex, Node, NodeId, Program, Report } from "../types.ts";
import { lineMap, linesOf } from "./texts.ts";

/** What is asked of the two Reports' files: lines of both sides in one way of counting. */
export class Sources {
  readonly #texts = new Map<string, readonly string[] | undefined>();
  readonly #maps = new Map<string, (line: number) => number | undefined>();
  constructor(
    readonly before: Report,
    readonly after: Report,
  ) {
    for (const f of before.files) {
      const other = after.files.find((g) => g.path === f.path) ?? this.#renamed(f.path);
      this.#maps.set(f.path, other ? lineMap(f.text, other.text) : (line) => line);
    }
  }
  /** The profiled function's file under its new name. */
  #renamed(path: string): Report["files"][number] | undefined {
    const home = (r: Report): Report["files"][number] | undefined => r.files[r.frames[r.function.at]?.file ?? -1];
    return home(this.before)?.path === path ? home(this.after) : undefined;
  }
  /** The line of `after` that a line of `before` became. */
  lineAfter(file: FileIndex, line: number): number | undefined {
    const path = this.before.files[file]?.path;
    return path === undefined ? undefined : this.#maps.get(path)?.(line);
  }
  text(side: "before" | "after", file: FileIndex, line: number): string | undefined {
    const f = this[side].files[file];
    if (!f) return undefined;
    const key = `${side} ${file}`;
    if (!this.#texts.has(key)) this.#texts.set(key, f.text === undefined ? undefined : linesOf(f.text));
    return this.#texts.get(key)?.[line - 1]?.trim();
  }
}
export type Side = "before" | "after";
/** Nodes of the level that kernels speak of: the last one. */
export function lastNodes(p: Program): readonly Node[] {
  return p.levels.at(-1)?.regions.flatMap((r) => r.nodes) ?? [];
}
export type NodeMap = ReadonlyMap<NodeId, NodeId>;

/** Surest first: what the first key pairs is taken out before the next one is tried. */
type Key = (n: Node, side: Side, s: Sources) => string | null;
const KEYS: readonly Key[] = [
  (n, side, s) => joined(lineText(n, side, s), n.op, n.type, n.scope, n.name ?? "", n.attributes ?? ""),
  (n, side, s) => joined(lineText(n, side, s), n.op, n.scope, n.name ?? ""),
  (n, side, s) => joined(lineText(n, side, s), n.op),
  (n, side, s) => joined(lineNumber(n, side, s), n.op, n.scope),
  (n, side, s) => joined(lineNumber(n, side, s), n.op),
  // What has no line: parameters, constants, programs that were read from text.
  (n) => (n.stack === undefined ? joined(n.op, n.name ?? "", n.type) : null),
  (n) => (n.stack === undefined ? joined(n.op, n.name ?? "") : null),
];
const joined = (...parts: readonly (string | null)[]): string | null => (parts.includes(null) ? null : parts.join("\u0000"));

export function matchNodes(before: Program, after: Program, s: Sources): NodeMap {
  const map = new Map<NodeId, NodeId>();
  let left = lastNodes(before);
  let right = lastNodes(after);
  for (const key of KEYS) {
    if (!left.length || !right.length) break;
    const groups = grouped(right, (n) => key(n, "after", s));
    const taken = new Set<Node>();
    const rest: Node[] = [];
    for (const n of left) {
      const k = key(n, "before", s);
      const other = k === null ? undefined : groups.get(k)?.shift();
      if (other) {
        map.set(n.id, other.id);
        taken.add(other);
      } else rest.push(n);
    }
    left = rest;
    right = right.filter((n) => !taken.has(n));
  }
  return map;
}
function grouped(nodes: readonly Node[], key: (n: Node) => string | null): Map<string, Node[]> {
  const groups = new Map<string, Node[]>();
  for (const n of nodes) {
    const k = key(n);
    if (k === null) continue;
    const list = groups.get(k);
    if (list) list.push(n);
    else groups.set(k, [n]);
  }
  return groups;
}
function top(n: Node, r: Report): Report["frames"][number] | undefined {
  const frame = n.stack === undefined ? undefined : r.stacks[n.stack]?.[0];
  return frame === undefined ? undefined : r.frames[frame];
}
function lineText(n: Node, side: Side, s: Sources): string | null {
  const f = top(n, s[side]);
  return f ? (s.text(side, f.file, f.line) ?? null) : null;
}
function lineNumber(n: Node, side: Side, s: Sources): string | null {
  const f = top(n, s[side]);
  if (!f) return null;
  const line = side === "after" ? f.line : s.lineAfter(f.file, f.line);
  return line === undefined ? null : String(line);
}
