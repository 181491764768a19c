// Every finished Report of this workspace is kept: the newest ones, bounded in number and in bytes, gzipped, in the folder that VS Code gives a workspace.
// What is shown comes back from here after a reload of the window.
import * as vscode from "vscode";
import { parseReportText } from "../engine/report/read.ts";
import type { Report } from "../engine/report/types.ts";
import { writeReport } from "../engine/report/write.ts";
import { type Kept, readKept } from "./keptProfiles.ts";
import { packProfile, profileText } from "./readProfile.ts";

export interface Limits {
  readonly most: number;
  readonly bytes: number;
}
export const LIMITS: Limits = { most: 30, bytes: 64 * 2 ** 20 };
const INDEX = "index.json";

/** The newest entries that fit into the limits; the first always does. */
export function within(profiles: readonly Kept[], limits: Limits): Kept[] {
  let bytes = 0;
  return profiles.slice(0, limits.most).filter((k, i) => (bytes += k.bytes) <= limits.bytes || i === 0);
}
export class History implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onChange = this.#changed.event;
  #profiles: readonly Kept[] | null = null;
  #queue: Promise<unknown> = Promise.resolve();
  constructor(
    private readonly folder: vscode.Uri,
    private readonly log: Pick<vscode.LogOutputChannel, "warn">,
    private readonly limits: () => Limits = () => LIMITS,
  ) {}
  /** Newest first. */
  async list(): Promise<readonly Kept[]> {
    return (this.#profiles ??= await this.#read());
  }
  add(report: Report, at: { readonly commit: string | null; readonly edited: boolean }): Promise<Kept> {
    return this.#inOrder(async () => {
      const bytes = await packProfile(writeReport(report));
      const entry = describe(report, bytes.length, at);
      await vscode.workspace.fs.createDirectory(this.folder);
      await vscode.workspace.fs.writeFile(this.#file(entry.id), bytes);
      // Another window of the same workspace may have written since.
      const before = await this.#read();
      const all = [entry, ...before.filter((k) => k.id !== entry.id)];
      await this.#write(within(all, this.limits()), all);
      return entry;
    });
  }
  async get(id: string): Promise<Report> {
    return parseReportText(profileText(await vscode.workspace.fs.readFile(this.#file(id))));
  }
  uri(id: string): vscode.Uri {
    return this.#file(id);
  }
  delete(ids: readonly string[]): Promise<void> {
    return this.#inOrder(async () => {
      const before = await this.#read();
      await this.#write(
        before.filter((k) => !ids.includes(k.id)),
        before,
      );
    });
  }
  #file(id: string): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, `${id}.jitprofile`);
  }
  #inOrder<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#queue.then(task, task);
    this.#queue = next.catch(() => {});
    return next;
  }
  async #read(): Promise<readonly Kept[]> {
    let text: string;
    try {
      text = new TextDecoder().decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(this.folder, INDEX)));
    } catch {
      return [];
    }
    try {
      return readKept(text);
    } catch (e) {
      this.log.warn(`the list of kept profiles cannot be read, a new one begins: ${String(e)}`);
      return [];
    }
  }
  async #write(profiles: readonly Kept[], before: readonly Kept[]): Promise<void> {
    const text = JSON.stringify({ version: 1, profiles }, null, 1);
    await vscode.workspace.fs.createDirectory(this.folder);
    await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(this.folder, INDEX), new TextEncoder().encode(text));
    for (const k of before) if (!profiles.includes(k)) await Promise.resolve(vscode.workspace.fs.delete(this.#file(k.id))).catch(() => {});
    this.#profiles = profiles;
    this.#changed.fire();
  }
  dispose(): void {
    this.#changed.dispose();
  }
}
function describe(r: Report, bytes: number, at: { readonly commit: string | null; readonly edited: boolean }): Kept {
  const frame = r.frames[r.function.at];
  return {
    id: idOf(r),
    function: r.function.name,
    file: frame ? (r.files[frame.file]?.path ?? "") : "",
    line: frame?.line ?? 1,
    created: r.created,
    median: r.timing?.total.median ?? null,
    kernels: r.programs[0]?.kernels?.length ?? 0,
    bytes,
    ...at,
  };
}
/** A name for a file, whatever letters a Report's id has: the time first, so that names sort. */
export function idOf(r: Report): string {
  let hash = 0;
  for (const letter of `${r.id}#${r.function.name}`) hash = (Math.imul(hash, 31) + letter.codePointAt(0)!) >>> 0;
  const time = Date.parse(r.created);
  return `${(Number.isFinite(time) ? time : 0).toString(36)}-${hash.toString(36)}`;
}
