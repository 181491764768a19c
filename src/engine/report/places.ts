// Files, positions and stacks of a Report under construction: each once, by index. Paths become relative to the workspace folder here.
import { sha256 } from "./sha256.ts";
import type { FileIndex, Frame, FrameIndex, Report, SourceFile, StackIndex } from "./types.ts";

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly func: string;
}
export const atLeastOne = (n: number): number => Math.max(1, Math.floor(n) || 1);
/** Frames of the tool itself, which are nobody's code: its runner and its engine as they are shipped. */
const isOwn = (path: string): boolean => /[\\/]dist[\\/](?:host|engine)[\\/][\w.]+$/.test(path) || path.startsWith("node:");

/** With "/" on every system, relative to `root` where it lies inside. */
export function relativePath(path: string, root: string | null): string {
  const slashes = (s: string): string => (/^[A-Za-z]:\\|^\\\\/.test(s) ? s.replace(/\\/g, "/") : s);
  const file = slashes(path);
  if (root === null) return file;
  const folder = slashes(root).replace(/\/+$/, "");
  // Drive letters come in both cases.
  const same = /^[A-Za-z]:/.test(folder) ? file.slice(0, folder.length).toLowerCase() === folder.toLowerCase() : file.startsWith(folder);
  return same && file[folder.length] === "/" ? file.slice(folder.length + 1) : file;
}

const frameKey = (f: Frame): string => `${f.file}:${f.line}:${f.column}:${f.func}`;

export class Places {
  readonly files: SourceFile[] = [];
  readonly frames: Frame[] = [];
  readonly stacks: FrameIndex[][] = [];
  readonly #files = new Map<string, FileIndex>();
  readonly #frames = new Map<string, FrameIndex>();
  readonly #stacks = new Map<string, StackIndex>();
  /** @param root the workspace folder, or null where there is none */
  constructor(
    readonly root: string | null,
    before?: Pick<Report, "files" | "frames" | "stacks">,
  ) {
    if (!before) return;
    for (const f of before.files) this.#files.set(f.path, this.files.push(f) - 1);
    for (const f of before.frames) this.#frames.set(frameKey(f), this.frames.push(f) - 1);
    for (const s of before.stacks) this.#stacks.set(s.join(), this.stacks.push([...s]) - 1);
  }

  file(path: string, text?: string): FileIndex {
    const relative = relativePath(path, this.root);
    const known = this.#files.get(relative);
    if (known !== undefined) return known;
    const at = this.files.push({ path: relative, hash: text === undefined ? "" : sha256(text), ...(text === undefined ? {} : { text }) }) - 1;
    this.#files.set(relative, at);
    return at;
  }
  frame(p: Position): FrameIndex {
    const frame: Frame = { file: this.file(p.file), line: atLeastOne(p.line), column: atLeastOne(p.column), func: p.func };
    const key = frameKey(frame);
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const at = this.frames.push(frame) - 1;
    this.#frames.set(key, at);
    return at;
  }
  /** The user's own frames, innermost first; undefined where there is none. */
  stack(positions: readonly Position[]): StackIndex | undefined {
    const frames = positions.filter((p) => !isOwn(p.file)).map((p) => this.frame(p));
    if (!frames.length) return undefined;
    const key = frames.join();
    const known = this.#stacks.get(key);
    if (known !== undefined) return known;
    const at = this.stacks.push(frames) - 1;
    this.#stacks.set(key, at);
    return at;
  }
  readonly #texts = new Map<FileIndex, readonly string[] | undefined>();
  /** The text of a frame's line, where the file's is at hand. */
  lineText(f: { readonly file: FileIndex; readonly line: number }): string | undefined {
    return this.lines(f.file)?.[f.line - 1];
  }
  /** All lines of a file, where its text is at hand. */
  lines(file: FileIndex): readonly string[] | undefined {
    if (!this.#texts.has(file)) this.#texts.set(file, this.files[file]?.text?.split(/\r\n|\n|\r/));
    return this.#texts.get(file);
  }
  /** The innermost frame of the user's. */
  top(stack: StackIndex | undefined): Frame | undefined {
    return stack === undefined ? undefined : this.frames[this.stacks[stack]![0]!];
  }
}
