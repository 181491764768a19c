// An error of the user's program as a message for the person: what happened, on which of their lines, what to do.
import type { RunParams, UserError } from "../protocol.ts";
import type { Bundle } from "./bundle.ts";

interface Located {
  readonly frame?: { file: string; line: number; column: number } | undefined;
}
type ErrorClass = abstract new (...args: never[]) => Error & Located;

const ACTIONS: readonly (readonly [RegExp, string])[] = [
  [/Concretization/, "Use lax.cond or np.where instead of if, np.maximum instead of Math.max, or make the argument static (staticArgnums)."],
  [/UnexpectedTracer/, "Return the value from the function instead of storing it outside."],
  [/Shape/, "Look at the shapes named in the message and correct the operands on that line."],
  [/DType|TypePromotion/, "Convert the operand named in the message with x.astype(…)."],
  [/ReferenceError|TypeError/, "Correct the line and click again."],
];
/** The first frame of the user's own file in a stack, mapped back to their lines. */
function frameOf(e: Error, b: Bundle | null): { file: string; line: number; column: number } | null {
  for (const line of (e.stack ?? "").split("\n")) {
    const m = /\(?((?:file:\/\/)?\/?[^\s()]+?):(\d+):(\d+)\)?$/.exec(line.trim());
    if (!m || !b) continue;
    const at = { file: m[1]!, line: Number(m[2]), column: Number(m[3]), func: "" };
    if (b.sources.some((s) => s.file === at.file || `file://${s.file}` === at.file)) return { ...at, file: b.sources[0]!.file };
    const mapped = b.mapper(at);
    if (mapped && mapped !== at && !mapped.file.includes("node_modules")) return mapped;
  }
  return null;
}
export function explain(e: unknown, p: RunParams, b: Bundle | null, own: ErrorClass): UserError {
  const error = e instanceof Error ? e : new Error(String(e)),
    frame = (error instanceof own ? error.frame : undefined) ?? frameOf(error, b);
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(error.message);
  const action = missing
    ? `Install it: npm install ${missing[1]}`
    : (ACTIONS.find(([r]) => r.test(error.name))?.[1] ?? "Correct the line and click again.");
  const message = missing
    ? `the module "${missing[1]}" is not found`
    : `${error instanceof own || error.name === "Error" ? "" : `${error.name}: `}${error.message.replace(/\n\s+at .*$/s, "")}`;
  return { kind: "error", message, file: frame?.file ?? p.file, line: frame?.line ?? null, column: frame?.column ?? null, action };
}
