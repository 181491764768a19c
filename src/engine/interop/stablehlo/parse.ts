// StableHLO's text → its syntax. Operations in the generic form are read by one rule, those in their own form by forms.ts.
import { Attributes, SymbolRef, readBraces, readSymbol } from "./attributes.ts";
import { type Form, FORMS, ORDINARY } from "./forms.ts";
import { type Location, readDefinition, readTrailing } from "./locations.ts";
import { Scanner, StableHLOError } from "./scanner.ts";
import type { Block, FunctionText, ModuleText, Operation, Parameter } from "./syntax.ts";
import { type Type, readSignature, readType } from "./types.ts";

const RESULTS = /:\s*(\d+)/y;
const LABEL = /\^\w+/y;

/** Reads a module, or functions alone. Throws StableHLOError. */
export function parseModule(text: string): ModuleText {
  const s = new Scanner(text);
  const functions = new Map<string, FunctionText>();
  const locations = new Map<string, Location>();
  let name = "";
  const definitions = (): void => {
    for (let d = readDefinition(s); d; d = readDefinition(s)) locations.set(...d);
  };
  const body = (): void => {
    while (!s.done && !s.is("}")) {
      definitions();
      if (s.done || s.is("}")) break;
      const f = readFunction(s);
      if (f) functions.set(f.name, f);
    }
  };
  definitions();
  const word = s.peekWord();
  if (word === "module" || word === "builtin.module") {
    s.word();
    name = readSymbol(s) ?? "";
    if (s.peekWord() === "attributes") {
      s.word();
      readBraces(s);
    }
    s.expect("{");
    body();
    s.expect("}");
    readTrailing(s);
    definitions();
  } else body();
  if (!s.done) s.fail("the end");
  if (functions.size === 0)
    throw new StableHLOError("StableHLO text: it has no function; expected a module with func.func @main, as lower(…).as_text() gives");
  return { name, functions, locations };
}
/** A function; null for what only describes the module (meshes of devices). */
function readFunction(s: Scanner): FunctionText | null {
  const line = s.line;
  const word = s.word();
  if (word?.startsWith("sdy.mesh")) {
    readSymbol(s);
    s.expect("=");
    s.balanced("<");
    if (s.is("{")) readBraces(s);
    readTrailing(s);
    return null;
  }
  if (word !== "func.func" && word !== "func") s.fail("func.func");
  const visibility = s.peekWord();
  const isPublic = visibility === "public";
  if (isPublic || visibility === "private") s.word();
  const name = readSymbol(s) ?? s.fail("the function's name");
  const parameters = s.list("(", () => {
    const p = readParameter(s);
    const attributes = s.is("{") ? readBraces(s) : null;
    const location = readTrailing(s);
    return { ...p, label: location?.kind === "name" ? location.name : String(attributes?.get("jax.arg_info") ?? "") };
  });
  const results: Type[] = [];
  const result = (): void => {
    results.push(readType(s));
    if (s.is("{") && parenthesized) readBraces(s);
  };
  let parenthesized = false;
  if (s.accept("->")) {
    parenthesized = s.is("(");
    if (parenthesized) s.list("(", result);
    else result();
  }
  if (s.peekWord() === "attributes") {
    s.word();
    readBraces(s);
  }
  const body: Block = { parameters, operations: readBraced(s) };
  readTrailing(s);
  return { name, isPublic, parameters, results, body, line };
}
function readParameter(s: Scanner): Parameter {
  const name = s.value();
  s.expect(":");
  return { name, type: readType(s) };
}
function readBraced(s: Scanner): Operation[] {
  s.expect("{");
  const operations: Operation[] = [];
  while (!s.accept("}")) operations.push(readOperation(s));
  return operations;
}
/** A region: one block, whose parameters stand in its label. */
function readRegion(s: Scanner, own: readonly Parameter[] = []): Block {
  return s.inside(() => {
    s.expect("{");
    let parameters = own;
    if (s.match(LABEL)) {
      if (s.is("("))
        parameters = s.list("(", () => {
          const p = readParameter(s);
          readTrailing(s);
          return p;
        });
      s.expect(":");
    }
    const operations: Operation[] = [];
    while (!s.accept("}")) {
      if (s.is("^")) s.fail("a region of one block");
      operations.push(readOperation(s));
    }
    return { parameters, operations };
  });
}
function readOperation(s: Scanner): Operation {
  const { line } = s;
  const results = readResults(s);
  const generic = s.string();
  const name = generic ?? s.word() ?? s.fail("an operation such as stablehlo.add");
  const short = name.replace(/^(?:stablehlo|mhlo)\./, "");
  const form: Form = generic !== null ? genericForm : (FORMS[short] ?? ORDINARY);
  const read = form(s, { name: short, results: results.length, region: (own) => readRegion(s, own) });
  return { name: short, results, line, ...read, location: readTrailing(s) };
}
/** `%0 = `, `%0:2 = `, `%values, %indices = `, or nothing. */
function readResults(s: Scanner): string[] {
  if (!s.is("%")) return [];
  const names: string[] = [];
  do {
    const name = s.value();
    const count = s.match(RESULTS)?.[1];
    if (count === undefined) names.push(name);
    else for (let i = 0; i < Number(count); i++) names.push(`${name}#${i}`);
  } while (s.accept(","));
  s.expect("=");
  return names;
}
/** `"stablehlo.add"(%0, %1) <{…}> ({…}) {…} : (…) -> …`. */
const genericForm: Form = (s, { results, region }) => {
  const operands = s.list("(", () => s.value());
  const attributes = new Attributes();
  if (s.accept("<")) {
    readBraces(s).forEach((v, k) => attributes.set(k, v));
    s.expect(">");
  }
  const regions = s.is("(") ? s.list("(", () => region()) : [];
  if (s.is("{")) readBraces(s).forEach((v, k) => attributes.set(k, v));
  s.expect(":");
  const { gives } = readSignature(s, results);
  const callee = attributes.get("callee") ?? attributes.get("call_target_name");
  if (typeof callee === "string") attributes.set("callee", new SymbolRef(callee));
  return { operands, attributes, regions, gives };
};
