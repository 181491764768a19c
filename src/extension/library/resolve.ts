// Whether a file that imports "jitlens" finds it, as TypeScript and Node look for packages: up the tree, or by the paths of a configuration.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

export const LIBRARY = "jitlens";
/** Configurations whose `paths` may lead to the package. */
const CONFIGURATIONS = ["tsconfig.json", "jsconfig.json", "tsconfig.base.json"];
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\brequire\s*\(\s*)(["'])jitlens(?:\/report)?\1/;

export interface Specifier {
  readonly line: number;
  readonly column: number;
  readonly length: number;
}
/** Where a text imports the package first: its name with the quotes, counted from 0. */
export function importOf(text: string): Specifier | null {
  const m = IMPORT.exec(text);
  if (!m) return null;
  const start = m.index + m[0].search(/["']/),
    before = text.slice(0, start);
  return { line: before.split("\n").length - 1, column: start - (before.lastIndexOf("\n") + 1), length: m.index + m[0].length - start };
}
function json(file: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch {
    return {};
  }
}
const above = (folder: string): string | null => (dirname(folder) === folder ? null : dirname(folder));
function hasPath(folder: string): boolean {
  return CONFIGURATIONS.some((name) => {
    const file = join(folder, name);
    // Comments are allowed in it, so it is no JSON.
    return existsSync(file) && /"jitlens"\s*:\s*\[/.test(readFileSync(file, "utf8").slice(0, 1 << 20));
  });
}
/** Whether the package is found from a file's folder. */
export function isFound(file: string): boolean {
  for (let at: string | null = dirname(file); at !== null; at = above(at))
    if (existsSync(join(at, "node_modules", LIBRARY, "package.json")) || hasPath(at) || json(join(at, "package.json")).name === LIBRARY) return true;
  return false;
}
/** The folder that the package belongs into: that of the nearest package.json within `limit`, else `limit`, else the file's own. */
export function homeOf(file: string, limit: string | null): string {
  const own = dirname(file);
  for (let at: string | null = own; at !== null; at = above(at)) {
    if (existsSync(join(at, "package.json"))) return at;
    if (at === limit) return limit;
  }
  return own;
}
export interface PackageManager {
  readonly command: string;
  readonly args: readonly string[];
}
/** By the lock file that a project has. */
const MANAGERS: readonly (PackageManager & { readonly locks: readonly string[] })[] = [
  { locks: ["pnpm-lock.yaml"], command: "pnpm", args: ["add"] },
  { locks: ["yarn.lock"], command: "yarn", args: ["add"] },
  { locks: ["bun.lock", "bun.lockb"], command: "bun", args: ["add"] },
];
/** Without retries: what the package needs from the registry is optional, and offline npm would wait two minutes for it. */
const NPM: PackageManager = { command: "npm", args: ["install", "--no-audit", "--no-fund", "--fetch-retries=0"] };
export function managerOf(home: string): PackageManager {
  for (let at: string | null = home; at !== null; at = above(at)) {
    const folder = at,
      m = MANAGERS.find(({ locks }) => locks.some((l) => existsSync(join(folder, l))));
    if (m) return m;
    if (existsSync(join(folder, "package-lock.json"))) return NPM;
  }
  return NPM;
}
