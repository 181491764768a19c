// Finding operations: by name, type as JAX writes it, source line ("model.ts:24"), the person's names, scopes; in all regions of a level.
import type { Level, Node } from "../../engine/report/types.ts";
import { baseName } from "../format.ts";
import type { Lookup } from "../lookup.ts";

/** Nodes in whose words every word of the query occurs. */
export function findNodes(lookup: Lookup, level: Level, query: string): Node[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length) return [];
  return level.regions
    .flatMap((r) => r.nodes)
    .filter((n) => {
      const text = wordsOf(lookup, n);
      return words.every((w) => (/:\d+$/.test(w) ? text.split(" ").some((t) => t === w || t.endsWith(`/${w}`)) : text.includes(w)));
    });
}
function wordsOf(lookup: Lookup, n: Node): string {
  const places = lookup.framesOf(n.stack).map((f) => {
    const path = lookup.pathOf(f.file);
    return `${baseName(path)}:${f.line} ${path}:${f.line} ${f.func}`;
  });
  return [n.id, n.op, n.type, n.name ?? "", n.attributes ?? "", n.scope, n.category, ...places, ...variables(lookup, n)].join(" ").toLowerCase();
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
