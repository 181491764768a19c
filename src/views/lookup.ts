// A Report by its ids: what belongs to what. Made once a Report; panels ask here instead of searching.
import type { Decision, Frame, Kernel, Level, LineCost, Node, Program, Region, Report, StackIndex } from "../engine/report/types.ts";
import type { Selection } from "./messages.ts";

/** Everything that a selection touches, itself included. Lines are "file:line" with the file's index. */
export interface Related {
  readonly nodes: ReadonlySet<string>;
  readonly kernels: ReadonlySet<string>;
  readonly decisions: ReadonlySet<string>;
  readonly lines: ReadonlySet<string>;
}
export const NOTHING: Related = { nodes: new Set(), kernels: new Set(), decisions: new Set(), lines: new Set() };
export const lineKey = (l: { readonly file: number; readonly line: number }): string => `${l.file}:${l.line}`;

export class Lookup {
  readonly program: Program | undefined;
  readonly kernels: readonly Kernel[];
  readonly decisions: readonly Decision[];
  readonly lines: readonly LineCost[];
  readonly nodes = new Map<string, Node>();
  readonly regions = new Map<string, Region>();
  readonly regionOf = new Map<string, Region>();
  readonly levelOf = new Map<string, Level>();
  readonly kernelById = new Map<string, Kernel>();
  readonly kernelsOf = new Map<string, Kernel[]>();
  /** Nodes of the levels below that compute a node. */
  readonly computedBy = new Map<string, string[]>();
  readonly #decisionById = new Map<string, Decision>();
  readonly #decisionsOf = new Map<string, string[]>();
  readonly #nodesOfLine = new Map<string, string[]>();
  readonly #kernelsOfLine = new Map<string, string[]>();
  readonly #files = new Map<string, number>();
  constructor(readonly report: Report) {
    this.program = report.programs[0];
    this.kernels = this.program?.kernels ?? [];
    this.decisions = this.program?.decisions ?? [];
    this.lines = report.lines ?? [];
    report.files.forEach((f, i) => this.#files.set(f.path, i));
    for (const level of this.program?.levels ?? [])
      for (const region of level.regions) {
        this.regions.set(region.id, region);
        this.levelOf.set(region.id, level);
        for (const n of region.nodes) this.#addNode(n, region);
      }
    for (const k of this.kernels) {
      this.kernelById.set(k.id, k);
      for (const n of k.nodes) push(this.kernelsOf, n, k);
      for (const l of k.lines) push(this.#kernelsOfLine, lineKey(l), k.id);
    }
    for (const d of this.decisions) {
      this.#decisionById.set(d.id, d);
      push(this.#decisionsOf, d.producer, d.id);
      if (d.consumer !== d.producer) push(this.#decisionsOf, d.consumer, d.id);
    }
  }
  #addNode(n: Node, region: Region): void {
    this.nodes.set(n.id, n);
    this.regionOf.set(n.id, region);
    for (const source of n.from ?? []) push(this.computedBy, source, n.id);
    for (const key of new Set(this.framesOf(n.stack).map(lineKey))) push(this.#nodesOfLine, key, n.id);
  }
  framesOf(stack: StackIndex | null | undefined): readonly Frame[] {
    const frames = stack === null || stack === undefined ? undefined : this.report.stacks[stack];
    return (frames ?? []).flatMap((i) => this.report.frames[i] ?? []);
  }
  /** The person's innermost line. */
  frameOf(stack: StackIndex | null | undefined): Frame | undefined {
    return this.framesOf(stack)[0];
  }
  pathOf(file: number): string {
    return this.report.files[file]?.path ?? "";
  }
  fileOf(path: string): number | undefined {
    return this.#files.get(path);
  }
  decision(id: string): Decision | undefined {
    return this.#decisionById.get(id);
  }
  nodesOfLine(path: string, line: number): readonly string[] {
    const file = this.#files.get(path);
    return file === undefined ? [] : (this.#nodesOfLine.get(lineKey({ file, line })) ?? []);
  }
  /** Regions from the whole program down to this one. */
  pathTo(region: Region): readonly Region[] {
    const path: Region[] = [region];
    const seen = new Set<string>([region.id]);
    for (let r = region; r.parent !== null;) {
      const outer = this.regionOf.get(r.parent);
      if (!outer || seen.has(outer.id)) break;
      seen.add(outer.id);
      path.unshift(outer);
      r = outer;
    }
    return path;
  }
  /** Time of all kernels inside a loop or branch, milliseconds. */
  timeInside(n: Node): number {
    const inside = new Set<string>();
    const visit = (ids: readonly string[] | undefined): void => {
      for (const id of ids ?? []) {
        if (inside.has(id)) continue;
        inside.add(id);
        for (const m of this.regions.get(id)?.nodes ?? []) visit(m.regions);
      }
    };
    visit(n.regions);
    let total = 0;
    if (inside.size) for (const k of this.kernels) if (inside.has(k.region)) total += k.time?.median ?? 0;
    return total;
  }
  /** Where a selection stands in the source. */
  placeOf(s: Selection): { readonly file: string; readonly line: number; readonly column: number } | null {
    if (s.kind === "line") return { file: s.file, line: s.line, column: 1 };
    if (s.kind === "kernel") {
      const line = this.kernelById.get(s.id)?.lines[0];
      return line ? { file: this.pathOf(line.file), line: line.line, column: 1 } : null;
    }
    const stack = s.kind === "node" ? this.nodes.get(s.id)?.stack : this.#decisionById.get(s.id)?.stack;
    const frame = this.frameOf(stack);
    return frame ? { file: this.pathOf(frame.file), line: frame.line, column: frame.column } : null;
  }
  related(s: Selection | null): Related {
    if (!s) return NOTHING;
    const nodes = new Set<string>();
    const kernels = new Set<string>();
    const decisions = new Set<string>();
    const lines = new Set<string>();
    const addNode = (id: string, whole: boolean): void => {
      nodes.add(id);
      for (const m of this.nodes.get(id)?.from ?? []) nodes.add(m);
      for (const m of this.computedBy.get(id) ?? []) nodes.add(m);
      if (!whole) return;
      const frame = this.frameOf(this.nodes.get(id)?.stack);
      if (frame) lines.add(lineKey(frame));
      for (const m of [...nodes]) {
        for (const k of this.kernelsOf.get(m) ?? []) kernels.add(k.id);
        for (const d of this.#decisionsOf.get(m) ?? []) decisions.add(d);
      }
    };
    if (s.kind === "node") addNode(s.id, true);
    else if (s.kind === "kernel") {
      kernels.add(s.id);
      const k = this.kernelById.get(s.id);
      for (const n of k?.nodes ?? []) {
        addNode(n, false);
        for (const d of this.#decisionsOf.get(n) ?? []) decisions.add(d);
      }
      for (const l of k?.lines ?? []) lines.add(lineKey(l));
    } else if (s.kind === "decision") {
      decisions.add(s.id);
      const d = this.#decisionById.get(s.id);
      if (d) {
        addNode(d.producer, false);
        addNode(d.consumer, false);
        for (const k of this.kernelsOf.get(d.consumer) ?? []) kernels.add(k.id);
        for (const id of [d.producer, d.consumer]) {
          const frame = this.frameOf(this.nodes.get(id)?.stack);
          if (frame) lines.add(lineKey(frame));
        }
      }
    } else {
      const file = this.#files.get(s.file);
      if (file !== undefined) {
        const key = lineKey({ file, line: s.line });
        lines.add(key);
        for (const n of this.#nodesOfLine.get(key) ?? []) nodes.add(n);
        for (const k of this.#kernelsOfLine.get(key) ?? []) kernels.add(k);
      }
    }
    return { nodes, kernels, decisions, lines };
  }
}
function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
/** The largest of a list of any length; `Math.max(...list)` overflows the stack. */
export function largest<T>(list: readonly T[], value: (t: T) => number, least = 0): number {
  let most = least;
  for (const t of list) {
    const v = value(t);
    if (v > most) most = v;
  }
  return most;
}
