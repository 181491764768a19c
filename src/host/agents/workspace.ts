// Which files tools may name: those inside the workspace's folders, symbolic links followed. Nothing is said of what lies outside, not even whether it is there.
import { readdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, isAbsolute, join, parse, relative, resolve } from "node:path";
import { relativePath } from "../../engine/report/places.ts";
import { Vanished, usage } from "../cli/failure.ts";
import { nearest } from "../cli/nearest.ts";
import type { Target } from "../cli/target.ts";

const INSIDE = "Name a file of the workspace, by its path from the workspace folder.";
const isInside = (path: string, folder: string): boolean => {
  const way = relative(folder, path);
  return way === "" || (!isAbsolute(way) && way.split(/[\\/]/)[0] !== "..");
};
/** The real path of something that may not be there: that of the folder which is, and the rest. */
function realPath(path: string): string {
  let folder = resolve(path);
  const rest: string[] = [];
  for (;;) {
    try {
      return join(realpathSync(folder), ...rest);
    } catch {
      const above = dirname(folder);
      if (above === folder) return join(folder, ...rest);
      rest.unshift(basename(folder));
      folder = above;
    }
  }
}
export class Workspace {
  readonly roots: readonly string[];
  /** @param folders that exist */
  constructor(folders: readonly string[]) {
    this.roots = [...new Set(folders.map((f) => realpathSync(f)))];
  }
  /** What relative paths are relative to, and what files run in. */
  get folder(): string {
    return this.roots[0] ?? parse(process.cwd()).root;
  }
  /** The folder that a file lies in. */
  rootOf(file: string): string {
    return this.roots.find((r) => isInside(file, r)) ?? this.folder;
  }
  shown(file: string): string {
    return relativePath(file, this.rootOf(file));
  }
  /** The real path of something inside, which may not be there. Throws a Failure for everything else. */
  path(text: string): string {
    if (text === "" || text.includes("\0")) throw usage("this is no path", INSIDE);
    const candidates = (isAbsolute(text) ? [text] : this.roots.map((r) => join(r, text))).map(realPath);
    const inside = candidates.filter((p) => this.roots.some((r) => isInside(p, r)));
    const found = inside.find((p) => exists(p)) ?? inside[0];
    if (found === undefined) throw usage("this path lies outside the workspace: it is neither read nor run", INSIDE);
    return found;
  }
  /** A file that is there. Throws a Failure. */
  file(text: string): string {
    const path = this.path(text);
    if (isFile(path)) return path;
    if (exists(path)) throw usage(`${text} is no file`, INSIDE);
    const close = nearest(basename(path), entries(dirname(path)));
    throw new Vanished(`there is no file ${text}`, close === null ? INSIDE : `Did you mean ${join(dirname(text), close)}?`);
  }
  /** FILE#FUNCTION, where files may have "#" in their names. Throws a Failure. */
  target(text: string): Target {
    const hashes = [...text].flatMap((c, i) => (c === "#" && i > 0 ? [i] : [])).reverse();
    for (const at of [text.length, ...hashes]) {
      const path = this.#quietly(text.slice(0, at));
      if (path !== null && isFile(path)) return { file: path, function: text.slice(at + 1) || null };
    }
    const first = hashes.at(-1);
    return { file: this.file(first === undefined ? text : text.slice(0, first)), function: null };
  }
  #quietly(text: string): string | null {
    try {
      return this.path(text);
    } catch {
      return null;
    }
  }
}
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
function entries(folder: string): string[] {
  try {
    return readdirSync(folder).slice(0, 2000);
  } catch {
    return [];
  }
}
