// Finding operations: by name, type as JAX writes it, source line ("model.ts:24"), the person's names, scopes; in all regions of a level. Where no operation
// has the words, kernels by their labels.
import type { Kernel, Level, Node } from "../../engine/report/types.ts";
import { baseName } from "../format.ts";
import type { Lookup } from "../lookup.ts";

const wordsOf = (query: string): string[] => query.toLowerCase().split(/\s+/).filter(Boolean);
const has = (text: string, words: readonly string[]): boolean =>
  words.every((w) => (/:\d+$/.test(w) ? text.split(" ").some((t) => t === w || t.endsWith(`/${w}`)) : text.includes(w)));

/** Nodes in whose words every word of the query occurs. */
export function findNodes(lookup: Lookup, level: Level, query: string): Node[] {
  const words = wordsOf(query);
  return words.length ? indexOf(lookup, level).flatMap(([node, text]) => (has(text, words) ? [node] : [])) : [];
}
/** Kernels in whose label or name every word of the query occurs. */
export function findKernels(lookup: Lookup, query: string): Kernel[] {
  const words = wordsOf(query);
  return words.length ? lookup.kernels.filter((k) => has(`${k.label} ${k.name}`.toLowerCase(), words)) : [];
}
/** What can be searched of a level, made at the first search. */
const indices = new WeakMap<Level, readonly (readonly [Node, string])[]>();
function indexOf(lookup: Lookup, level: Level): readonly (readonly [Node, string])[] {
  let index = indices.get(level);
  if (!index) {
    const places = new Map<number, string>();
    index = level.regions.flatMap((r) => r.nodes.map((n) => [n, textOf(lookup, n, places)] as const));
    indices.set(level, index);
  }
  return index;
}
function textOf(lookup: Lookup, n: Node, known: Map<number, string>): string {
  return `${n.id} ${n.op} ${n.type} ${n.name ?? ""} ${n.attributes ?? ""} ${n.scope} ${n.category} `.toLowerCase() + placesOf(lookup, n, known);
}
/** Files, lines, functions and variables of a stack: many operations share one. */
function placesOf(lookup: Lookup, n: Node, known: Map<number, string>): string {
  if (n.stack === undefined) return "";
  let text = known.get(n.stack);
  if (text === undefined) {
    const places = lookup.framesOf(n.stack).map((f) => {
      const path = lookup.pathOf(f.file);
      return `${baseName(path)}:${f.line} ${path}:${f.line} ${f.func}`;
    });
    text = [...places, ...variables(lookup, n)].join(" ").toLowerCase();
    known.set(n.stack, text);
  }
  return text;
}
/** Names on the source line: "logits" finds what `const logits = …` computes. */
function variables(lookup: Lookup, n: Node): string[] {
  const frame = lookup.frameOf(n.stack);
  if (!frame) return [];
  const line = lineOf(lookup, frame.file, frame.line);
  return line ? [/(?:const|let|var)\s+([\w$]+)/.exec(line)?.[1] ?? /^\s*([\w$.]+)\s*=[^=]/.exec(line)?.[1] ?? ""] : [];
}
const split = new WeakMap<object, readonly string[]>();
function lineOf(lookup: Lookup, file: number, line: number): string | undefined {
  const source = lookup.report.files[file];
  if (source?.text === undefined) return undefined;
  let lines = split.get(source);
  if (!lines) split.set(source, (lines = source.text.split("\n")));
  return lines[line - 1];
}
