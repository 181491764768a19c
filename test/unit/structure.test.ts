// The walls of the house hold: who may import whom is denied by default, and no file needs another that needs it at run time.
import { readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { ROOMS, roomOf, wall } from "../../scripts/lint/rooms.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const slashes = (path: string): string => relative(root, path).split(sep).join("/");
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
  .map((f) => slashes(join(root, "src", f)))
  .filter((f) => f.endsWith(".ts") && !f.endsWith(".test.ts") && !f.endsWith(".d.ts"));

describe("rooms", () => {
  test.each([
    ["a folder without a row", "src/newroom/a.ts", "src/engine/core/aval.ts"],
    ["into a folder without a row", "src/host/main.ts", "src/newroom/a.ts"],
    ["report into views", "src/engine/report/recorder.ts", "src/views/main.ts"],
    ["numpy into the compiler", "src/engine/numpy/reductions.ts", "src/engine/compiler/plan.ts"],
    ["host into views", "src/host/main.ts", "src/views/main.ts"],
    ["host into the runner", "src/host/main.ts", "src/host/runner/main.ts"],
    ["core into graph, as values", "src/engine/core/primitive.ts", "src/engine/graph/graph.ts"],
    ["compiler into backends", "src/engine/compiler/compile.ts", "src/engine/backends/device.ts"],
    ["extension into the engine", "src/extension/main.ts", "src/engine/core/aval.ts"],
  ])("refuses %s", (_what, from, to) => expect(wall(from, to, false)).toMatch(/may import|no room/));

  test("lets a rule speak of a node's type, and the report read the graph", () => {
    expect(wall("src/engine/core/primitive.ts", "src/engine/graph/graph.ts", true)).toBeNull();
    expect(wall("src/engine/report/recorder.ts", "src/engine/graph/graph.ts", false)).toBeNull();
  });

  test("ARCHITECTURE.md has the same table", () => {
    const text = readFileSync(join(root, "ARCHITECTURE.md"), "utf8").split("## Rooms")[1]!.split("\n## ")[0]!;
    const rows = [...text.matchAll(/^\| ([\w/.*]+) \| .* \| ([^|]*) \|$/gm)].filter(([, room]) => room !== "room");
    const short = (path: string): string => (path === "src/engine" ? "engine/*.ts" : path.replace(/^src\/(engine\/)?/, ""));
    const types = (t: string): string => `types of ${t === "src/engine" ? "engine" : short(t)}`;
    const wanted = Object.entries(ROOMS).map(([room, row]) => [short(room), [...row.may.map(short), ...(row.types ?? []).map(types)].sort()]);
    expect(new Map(rows.map(([, room, may]) => [room, may!.split(", ").sort()]))).toEqual(new Map(wanted as [string, string[]][]));
  });

  test("every source file stands in a room, and every room has files", () => {
    expect(sources.filter((f) => roomOf(f) === null)).toEqual([]);
    expect(Object.keys(ROOMS).filter((r) => !sources.some((f) => roomOf(f) === r))).toEqual([]);
  });
});

/** The files of the project that a file needs when it runs: imports that are not only of types. */
function needs(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), "utf8"), ts.ScriptTarget.Latest);
  return source.statements.flatMap((s) => {
    const from = (ts.isImportDeclaration(s) || ts.isExportDeclaration(s)) && s.moduleSpecifier;
    if (!from || !ts.isStringLiteral(from) || !from.text.startsWith(".") || onlyTypes(s)) return [];
    return [slashes(join(root, dirname(file), from.text))];
  });
}
function onlyTypes(s: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(s)) return s.isTypeOnly;
  const { importClause: c } = s;
  if (!c) return false;
  const named = c.namedBindings && ts.isNamedImports(c.namedBindings) ? c.namedBindings.elements : null;
  return c.isTypeOnly || (!c.name && named !== null && named.length > 0 && named.every((e) => e.isTypeOnly));
}
test("no two files need each other at run time", () => {
  const edges = new Map(sources.map((f) => [f, needs(f)]));
  const state = new Map<string, "open" | "done">();
  const circles: string[] = [];
  const walk = (file: string, path: readonly string[]): void => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    state.set(file, "open");
    for (const next of edges.get(file) ?? []) walk(next, [...path, file]);
    state.set(file, "done");
  };
  for (const f of sources) walk(f, []);
  expect(circles).toEqual([]);
});
