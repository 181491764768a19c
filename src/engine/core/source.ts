// Where in the user's code an operation stands: stack frames, filtered to the user's own, mapped back through source maps.

export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly func: string;
}

/** Maps a position in a bundle back to the source that a person wrote; the runner installs one per bundle. */
export type SourceMapper = (frame: Frame) => Frame | null;
let mapper: SourceMapper = (f) => f;
export const setSourceMapper = (m: SourceMapper): void => void (mapper = m);

/** A frame is the engine's own, and hidden, when its file lies in the engine's folder or is the engine's bundle. */
const withoutScheme = (f: string): string => f.replace(/^file:\/\//, "");
const here = withoutScheme(import.meta.url);
const engineRoot = here.includes("/src/engine/") ? here.slice(0, here.indexOf("/src/engine/") + "/src/engine/".length) : here;
const extraHidden: string[] = [];
export const hideFramesOf = (prefix: string): void => void extraHidden.push(prefix);
const isUnitTest = (file: string): boolean => /\.test\.[cm]?[jt]s$/.test(file);
const hidden = (file: string): boolean =>
  file === "" ||
  file.startsWith("node:") ||
  file.startsWith("wasm:") ||
  (withoutScheme(file).startsWith(engineRoot) && !isUnitTest(file)) ||
  file.includes("/node_modules/") ||
  extraHidden.some((p) => file.startsWith(p));

/** A frame of a stack as the user's own, in the file they wrote; null where it is the engine's, Node's or a library's. */
export const userFrame = (f: Frame): Frame | null => (hidden(f.file) ? null : mapper(f));

const MAX_USER_FRAMES = 8;
interface RawStack {
  sites?: readonly NodeJS.CallSite[];
}

/** The user's frames of the current call, innermost first. Costs a few microseconds: used while tracing, not in eager calls. */
export function userFrames(): readonly Frame[] {
  const limit = Error.stackTraceLimit,
    prepare = Error.prepareStackTrace,
    holder: RawStack = {};
  Error.stackTraceLimit = 60;
  Error.prepareStackTrace = (_e, sites) => sites;
  try {
    Error.captureStackTrace(holder, userFrames);
    holder.sites = (holder as { stack?: readonly NodeJS.CallSite[] }).stack ?? [];
  } finally {
    Error.stackTraceLimit = limit;
    Error.prepareStackTrace = prepare;
  }
  const frames: Frame[] = [];
  for (const site of Array.isArray(holder.sites) ? holder.sites : []) {
    const mapped = userFrame({
      file: site.getFileName() ?? "",
      line: site.getLineNumber() ?? 0,
      column: site.getColumnNumber() ?? 0,
      func: site.getFunctionName() ?? "",
    });
    if (mapped) frames.push(mapped);
    if (frames.length === MAX_USER_FRAMES) break;
  }
  return frames;
}
export const callerFrame = (): Frame | undefined => userFrames()[0];
const plainPath = (file: string): string =>
  file.startsWith("file://")
    ? decodeURIComponent(file.replace(/^file:\/\/(\/[A-Za-z]:)?/, (_m, drive: string | undefined) => (drive ? drive.slice(1) : "")))
    : file;
/** `file:line:column (function)`, with a path instead of a URL. */
export const showFrame = (f: Frame): string => `${plainPath(f.file)}:${f.line}:${f.column}${f.func ? ` (${f.func})` : ""}`;
export const framePath = (f: Frame): string => plainPath(f.file);

const originals = new WeakMap<object, { toString(): string }>();
/** A function that only checks and calls another one: its parameters are the other's. */
export const rememberOriginal = (wrapper: object, original: { toString(): string }): void => void originals.set(wrapper, original);
/** The names of a function's parameters, read from its text, for messages such as "argument x of f". */
export function parameterNames(fn: { toString(): string }): readonly string[] {
  const text = Function.prototype.toString.call(originals.get(fn) ?? fn).replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, "");
  const arrow = /^(?:async\s*)?([A-Za-z_$][\w$]*)\s*=>/.exec(text);
  if (arrow) return [arrow[1]!];
  const open = text.indexOf("(");
  if (open < 0) return [];
  const names: string[] = [];
  let depth = 0,
    current = "",
    skipping = false;
  for (const ch of text.slice(open + 1)) {
    if (depth === 0 && (ch === ")" || ch === ",")) {
      if (current.trim()) names.push(/^[\w$.]+$/.test(current.trim()) ? current.trim().replace(/^\.\.\./, "") : `arg${names.length}`);
      current = "";
      skipping = false;
      if (ch === ")") break;
      continue;
    }
    if ("([{".includes(ch)) depth++;
    else if (")]}".includes(ch)) depth--;
    else if (ch === "=" && depth === 0) skipping = true;
    if (!skipping) current += ch;
  }
  return names;
}
