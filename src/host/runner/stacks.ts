// Stacks of errors as lists of the user's own lines. V8 asks a hook to write each stack; ours keeps the positions and writes the lines that the person
// knows, so that what their program prints is theirs too.
import type { EngineModule } from "./engineApi.ts";

type Tools = EngineModule["internals"];
export type Frame = NonNullable<ReturnType<Tools["userFrame"]>>;
const kept = new WeakMap<object, readonly Frame[]>();
const MOST_LINES = 200,
  LONGEST_LINE = 2000;

export function installStacks(tools: Tools): void {
  Error.stackTraceLimit = 40;
  Error.prepareStackTrace = (error, sites) => {
    const frames: Frame[] = [];
    for (const s of sites) {
      const f = tools.userFrame({
        file: s.getFileName() ?? s.getScriptNameOrSourceURL() ?? "",
        line: s.getLineNumber() ?? 0,
        column: s.getColumnNumber() ?? 0,
        func: s.getFunctionName() ?? "",
      });
      if (f) frames.push({ ...f, file: tools.framePath(f) });
    }
    kept.set(error, frames);
    return [headOf(error), ...frames.map((f) => `    at ${f.func ? `${f.func} (` : ""}${f.file}:${f.line}:${f.column}${f.func ? ")" : ""}`)].join(
      "\n",
    );
  };
}
function headOf(error: Error): string {
  try {
    return String(error);
  } catch {
    return "Error";
  }
}
/** The user's frames of an error, innermost first. */
export function framesOf(error: Error, tools: Tools): readonly Frame[] {
  let stack: unknown;
  try {
    ({ stack } = error); // the hook runs when the stack is read first
  } catch {
    return [];
  }
  return kept.get(error) ?? (typeof stack === "string" ? parsed(stack, tools) : []);
}
/** A stack that something else wrote: read line by line, so that its length does not matter. */
function parsed(stack: string, tools: Tools): Frame[] {
  const frames: Frame[] = [];
  let from = 0;
  for (let n = 0; n < MOST_LINES && from < stack.length; n++) {
    const end = stack.indexOf("\n", from),
      line = stack.slice(from, Math.min(end < 0 ? stack.length : end, from + LONGEST_LINE)).trim();
    from = end < 0 ? stack.length : end + 1;
    if (!line.startsWith("at ")) continue;
    const m = /:(\d{1,9}):(\d{1,9})\)?$/.exec(line.slice(-24));
    if (!m) continue;
    const head = line.slice(3, line.length - m[0].length),
      open = head.lastIndexOf(" (");
    const f = tools.userFrame({
      file: open < 0 ? head : head.slice(open + 2),
      line: Number(m[1]),
      column: Number(m[2]),
      func: open < 0 ? "" : head.slice(0, open),
    });
    if (f) frames.push({ ...f, file: tools.framePath(f) });
  }
  return frames;
}
