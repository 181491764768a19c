// A file as the list of its top-level declarations and statements, each with its compiled text: what an edit has changed is read from two such lists.
import { TraceMap, originalPositionFor } from "@jridgewell/trace-mapping";
import { type AnyNode, type Class, type Expression, type Function as FunctionNode, type ImportDeclaration, type Program, parse } from "acorn";
import { languageOf } from "../../languages.ts";
import { transformSync } from "../compiler.ts";
import { lineAt, lineStarts } from "../lineStarts.ts";
import { nameAtStart } from "../originalNames.ts";

/** Lines from 1, columns from 0. */
export interface At {
  readonly line: number;
  readonly column: number;
}
interface Common {
  /** What it declares, or what it is: the same in two versions of a file where it is the same thing. */
  readonly key: string;
  /** Its compiled text, by which versions are compared: types, comments and layout do not count. */
  readonly text: string;
  /** Where it stands in the compiled text. */
  readonly start: number;
  readonly end: number;
  /** Where it stands in the person's text, and that text up to the next one. */
  readonly at: At;
  readonly written: string;
}
export type Unit = Common &
  (
    | { readonly kind: "function"; readonly name: string; readonly node: FunctionNode }
    | { readonly kind: "variable"; readonly name: string; readonly constant: boolean; readonly init: Expression }
    | { readonly kind: "class"; readonly name: string; readonly node: Class }
    | { readonly kind: "default"; readonly init: Expression }
    | { readonly kind: "import"; readonly node: ImportDeclaration }
    | { readonly kind: "statement" }
  );
export interface FileUnits {
  readonly units: readonly Unit[];
  /** The compiled text. */
  readonly code: string;
  /** Where a position of the compiled text was written. */
  readonly writtenAt: (line: number, column: number) => At | null;
  readonly positionOf: (offset: number) => At;
  /** The name that begins there in the person's text. */
  readonly nameAt: (at: At) => string | null;
}

/** Throws esbuild's failure, or acorn's SyntaxError. */
export function unitsOf(text: string, languageId: string): FileUnits {
  const { code, map } = transformSync(text, {
    loader: languageOf(languageId)?.loader ?? "ts",
    target: "node20",
    sourcemap: "external",
    sourcesContent: false,
    sourcefile: "file",
    logLevel: "silent",
  });
  const traced = new TraceMap(map);
  const writtenAt = (line: number, column: number): At | null => {
    const p = originalPositionFor(traced, { line, column });
    return p.line === null ? null : { line: p.line, column: p.column ?? 0 };
  };
  const starts = lineStarts(code);
  const positionOf = (offset: number): At => {
    const line = lineAt(starts, offset);
    return { line: line + 1, column: offset - starts[line]! };
  };
  const program = parse(code, { ecmaVersion: "latest", sourceType: "module", preserveParens: true, allowHashBang: true });
  const found = pieces(program).map((p) => ({ ...p, at: writtenAt(...asPair(positionOf(p.start))) ?? { line: 1, column: 0 } }));
  const textStarts = lineStarts(text);
  const offsetOf = (at: At): number => (textStarts[at.line - 1] ?? text.length) + at.column;
  const offsets = found.map((p) => offsetOf(p.at));
  const others = new Map<string, number>();
  const units = found.map((p, i) => {
    const piece = code.slice(p.start, p.end);
    const written = text.slice(offsets[i], offsets.slice(i + 1).find((o) => o > offsets[i]!) ?? text.length);
    const nth = others.get(p.key) ?? 0;
    others.set(p.key, nth + 1);
    const key = p.kind === "statement" || p.kind === "import" ? `${p.key} ${piece}` : nth ? `${p.key}#${nth}` : p.key;
    return { ...p, key, text: piece, written } as Unit;
  });
  const nameAt = (at: At): string | null => nameAtStart(text.slice(offsetOf(at), offsetOf(at) + LONGEST_NAME));
  return { units, code, writtenAt, positionOf, nameAt };
}
const LONGEST_NAME = 1000;
const asPair = ({ line, column }: At): [number, number] => [line, column];

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
type Piece = DistributiveOmit<Unit, "text" | "at" | "written">;
function pieces(program: Program): Piece[] {
  return program.body.flatMap((s): Piece[] => {
    if (s.type === "ImportDeclaration") return [{ kind: "import", key: "import", node: s, start: s.start, end: s.end }];
    if (s.type === "ExportDefaultDeclaration") return defaultOf(s.declaration as AnyNode);
    if (s.type === "ExportAllDeclaration" || (s.type === "ExportNamedDeclaration" && !s.declaration)) return [];
    return declared((s.type === "ExportNamedDeclaration" ? s.declaration! : s) as AnyNode);
  });
}
function declared(n: AnyNode): Piece[] {
  const range = { start: n.start, end: n.end };
  if (n.type === "FunctionDeclaration" && n.id) return [{ kind: "function", key: `name ${n.id.name}`, name: n.id.name, node: n, ...range }];
  if (n.type === "ClassDeclaration" && n.id) return [{ kind: "class", key: `name ${n.id.name}`, name: n.id.name, node: n, ...range }];
  if (n.type === "VariableDeclaration" && n.declarations.every((d) => d.id.type === "Identifier" && d.init))
    return n.declarations.map((d) => {
      const name = (d.id as { name: string }).name;
      return { kind: "variable", key: `name ${name}`, name, constant: n.kind === "const", init: d.init!, start: d.start, end: d.end };
    });
  return [{ kind: "statement", key: "statement", ...range }];
}
function defaultOf(n: AnyNode): Piece[] {
  const range = { start: n.start, end: n.end };
  if ((n.type === "FunctionDeclaration" || n.type === "ClassDeclaration") && n.id) return declared(n);
  if (n.type === "FunctionDeclaration" || n.type === "ClassDeclaration") return [{ kind: "statement", key: "statement", ...range }];
  return [{ kind: "default", key: "default", init: n as Expression, ...range }];
}
/** The names that a file declares or imports at its top level, as far as its code uses them. */
export function topLevelNames(file: FileUnits): string[] {
  const names = new Set<string>();
  for (const u of file.units) {
    if ("name" in u) names.add(u.name);
    if (u.kind === "import") for (const s of u.node.specifiers) names.add(s.local.name);
    // Patterns, and what loops declare with var, are found by their words: one too many does no harm where it is declared at all.
    if (u.kind === "statement") for (const name of patternNames(u.text)) names.add(name);
  }
  return [...names];
}
function patternNames(text: string): string[] {
  const names: string[] = [];
  const program = parse(text, { ecmaVersion: "latest", sourceType: "module", preserveParens: true });
  const walk = (p: AnyNode | null): void => {
    if (!p) return;
    if (p.type === "Identifier") names.push(p.name);
    else if (p.type === "ObjectPattern") p.properties.forEach((x) => walk((x.type === "RestElement" ? x.argument : x.value) as AnyNode));
    else if (p.type === "ArrayPattern") p.elements.forEach((x) => walk(x as AnyNode | null));
    else if (p.type === "AssignmentPattern") walk(p.left as AnyNode);
    else if (p.type === "RestElement") walk(p.argument as AnyNode);
  };
  for (const s of program.body) if (s.type === "VariableDeclaration") for (const d of s.declarations) walk(d.id as AnyNode);
  return names;
}
