// Modules as text: a tree of fields, and a table of what holds how many parameters.
import { Value } from "../core/value.ts";
import { toPredicate, type Filter } from "./filters.ts";
import { flattenGraph } from "./graph.ts";
import { Module, Pytree, fieldsOf } from "./module.ts";
import { Param, Variable } from "./variable.ts";

const short = (v: unknown): string => {
  if (v instanceof Value) return v.aval.toString();
  if (typeof v === "string") return JSON.stringify(v);
  if (typeof v === "function") return v.name || "function";
  if (typeof v !== "object" || v === null) return String(v);
  if (Array.isArray(v)) return `[${v.map(short).join(", ")}]`;
  const name = v.constructor.name;
  return name === "Object"
    ? `{ ${Object.entries(v)
        .map(([k, x]) => `${k}: ${short(x)}`)
        .join(", ")} }`
    : name;
};
const isTree = (v: unknown): v is object =>
  typeof v === "object" && v !== null && !(v instanceof Value) && (v instanceof Pytree || v instanceof Variable || Object.values(v).some(isTree));
/** A module, state or variable as a tree of text: a line a field, arrays by their types. Shared parts stand once. Source: flax.nnx.display.
 * @example nnx.display(new nnx.Param(np.ones([2]))) // "Param(f32[2])" */
export function display(...nodes: unknown[]): string {
  const seen = new Map<object, string>();
  const lines: string[] = [];
  const walk = (v: unknown, head: string, indent: string, path: string): void => {
    if (v instanceof Variable) {
      const first = seen.get(v);
      if (first === undefined) seen.set(v, path);
      const meta = Object.entries(v.metadata)
        .map(([k, x]) => `, ${k}: ${short(x)}`)
        .join("");
      lines.push(`${indent}${head}${v.constructor.name}(${first === undefined ? `${short(v.value)}${meta}` : `as at ${first}`})`);
    } else if (isTree(v)) {
      const first = seen.get(v);
      if (first !== undefined) return void lines.push(`${indent}${head}${v.constructor.name} (as at ${first})`);
      if (v instanceof Pytree) seen.set(v, path || "the root");
      const name = v instanceof Pytree ? `${v.constructor.name} ` : "",
        [open, close] = Array.isArray(v) ? ["[", "]"] : ["{", "}"];
      lines.push(`${indent}${head}${name}${open}`);
      for (const [k, x] of v instanceof Pytree ? fieldsOf(v) : Object.entries(v))
        walk(x, Array.isArray(v) ? "" : `${k}: `, `${indent}  `, path ? `${path}.${k}` : k);
      lines.push(`${indent}${close}`);
    } else lines.push(`${indent}${head}${short(v)}`);
  };
  for (const n of nodes) walk(n, "", "", "");
  return lines.join("\n");
}
/** What tabulate counts. */
export interface TabulateOptions {
  /** The variables that are counted as parameters. Default Param. */
  readonly filter?: Filter;
  /** How many modules deep. Default all. */
  readonly depth?: number;
}
/** A table of a module's modules: path, class, parameters, and their sum. Source: flax.nnx.tabulate.
 * @example nnx.tabulate(new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) })).split("\n").length // 2 */
export function tabulate(module: Module, options: TabulateOptions = {}): string {
  const counts = toPredicate(options.filter ?? Param),
    rows: string[][] = [["path", "module", "parameters", "bytes"]];
  const measure = (m: Module): [number, number] =>
    flattenGraph(m)[1].reduce<[number, number]>(
      ([n, b], s) => (s.variable && s.value instanceof Value && counts(s.path, s.variable) ? [n + s.value.size, b + s.value.nbytes] : [n, b]),
      [0, 0],
    );
  for (const [path, m] of [...module.iterModules()].reverse())
    if (path.length <= (options.depth ?? Infinity)) rows.push([path.join(".") || "(all)", m.constructor.name, ...measure(m).map(String)]);
  const width = rows[0]!.map((_c, i) => Math.max(...rows.map((r) => r[i]!.length)));
  return rows
    .map((r) =>
      r
        .map((c, i) => (i < 2 ? c.padEnd(width[i]!) : c.padStart(width[i]!)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
