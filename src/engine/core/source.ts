// Where in the user's code an operation stands: stack frames, filtered to the user's own, mapped back through source maps.

/** What V8 says of a place in a stack; Node's own types are not asked of those who use the library. */
export interface CallSite {
  getFileName(): string | null | undefined;
  getScriptNameOrSourceURL(): string | null | undefined;
  getLineNumber(): number | null;
  getColumnNumber(): number | null;
  getFunctionName(): string | null;
}
export interface Frame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly func: string;
}

/** Maps a position in a bundle back to the source that a person wrote; the runner installs one per bundle. */
export type SourceMapper = (frame: Frame) => Frame | null;
let mapper: SourceMapper = (f) => f;
/** Sets how places in compiled code become those of the source. */
export const setSourceMapper = (m: SourceMapper): void => void (mapper = m);

/** A frame is the engine's own, and hidden, when its file lies in the engine's folder or is the engine's bundle. */
const withoutScheme = (f: string): string => f.replace(/^file:\/\//, "");
const here = withoutScheme(import.meta.url);
const engineRoot = here.includes("/src/engine/") ? here.slice(0, here.indexOf("/src/engine/") + "/src/engine/".length) : here;
const extraHidden: string[] = [];
/** Leaves frames of files that begin so out of sources of equations. */
export const hideFramesOf = (prefix: string): void => {
  extraHidden.push(prefix);
  hiddenFiles.clear();
};
const isUnitTest = (file: string): boolean => /\.test\.[cm]?[jt]s$/.test(file);
const hiddenFiles = new Map<string, boolean>();
/** Whether frames of a file are left out; the answers are kept, because the same few files come again and again. */
function hidden(file: string): boolean {
  let known = hiddenFiles.get(file);
  if (known === undefined) {
    if (hiddenFiles.size > 4096) hiddenFiles.clear();
    hiddenFiles.set(file, (known = isHidden(file)));
  }
  return known;
}
const isHidden = (file: string): boolean =>
  file === "" ||
  file.startsWith("node:") ||
  file.startsWith("wasm:") ||
  (withoutScheme(file).startsWith(engineRoot) && !isUnitTest(file)) ||
  file.includes("/node_modules/") ||
  extraHidden.some((p) => file.startsWith(p));

/** A frame of a stack as the user's own, in the file they wrote; null where it is the engine's, Node's or a library's. */
export const userFrame = (f: Frame): Frame | null => (hidden(f.file) ? null : mapper(f));

const MAX_USER_FRAMES = 8,
  /** How deep a stack is looked at: the engine's own frames stand above the user's. */
  DEPTH = 60;

/** A stack that was captured, whose frames are worked out only when somebody asks: capturing costs a microsecond, reading many. */
export class Stack {
  #holder: { stack?: unknown } | null = {};
  #frames: readonly Frame[] = [];
  /** @param below the innermost engine function that is left out */
  constructor(below: (...args: never[]) => unknown = Stack as never, depth = DEPTH) {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = depth;
    Error.captureStackTrace(this.#holder!, below);
    Error.stackTraceLimit = limit;
  }
  /** The user's frames, innermost first. */
  get frames(): readonly Frame[] {
    if (this.#holder) {
      const prepare = Error.prepareStackTrace;
      Error.prepareStackTrace = (_e, sites) => sites;
      try {
        const sites = this.#holder.stack;
        this.#frames = userFramesOf(Array.isArray(sites) ? (sites as CallSite[]) : []);
      } finally {
        Error.prepareStackTrace = prepare;
        this.#holder = null;
      }
    }
    return this.#frames;
  }
}
/** Code that was evaluated has no file, but may have been given a name. */
export const fileOf = (site: CallSite): string => site.getFileName() ?? site.getScriptNameOrSourceURL() ?? "";
function userFramesOf(sites: readonly CallSite[]): readonly Frame[] {
  const frames: Frame[] = [];
  for (const site of sites) {
    const mapped = userFrame({
      file: fileOf(site),
      line: site.getLineNumber() ?? 0,
      column: site.getColumnNumber() ?? 0,
      func: site.getFunctionName() ?? "",
    });
    if (mapped) frames.push(mapped);
    if (frames.length === MAX_USER_FRAMES) break;
  }
  return frames;
}
/** The user's frames of the current call, innermost first. Costs several microseconds: used while tracing, not in eager calls. */
export const userFrames = (): readonly Frame[] => new Stack(userFrames).frames;
export const callerFrame = (): Frame | undefined => userFrames()[0];
const plainPath = (file: string): string =>
  file.startsWith("file://")
    ? decodeURIComponent(file.replace(/^file:\/\/(\/[A-Za-z]:)?/, (_m, drive: string | undefined) => (drive ? drive.slice(1) : "")))
    : file;
/** `file:line:column (function)`, with a path instead of a URL. */
export const showFrame = (f: Frame): string => `${plainPath(f.file)}:${f.line}:${f.column}${f.func ? ` (${f.func})` : ""}`;
/** The path of a frame's file. */
export const framePath = (f: Frame): string => plainPath(f.file);
