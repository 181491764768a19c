// A stand-in for the module "vscode", which exists only inside the editor: what unit tests of the extension's own logic need of it.
import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { posix } from "node:path";

export class MarkdownString {
  isTrusted: boolean | undefined;
  supportHtml: boolean | undefined;
  constructor(readonly value: string) {}
}
export const FileType = { File: 1, Directory: 2 };
export const window = { setStatusBarMessage: () => ({ dispose() {} }), visibleTextEditors: [] as unknown[] };
export const Disposable = {
  from: (...list: readonly { dispose(): void }[]): { dispose(): void } => ({ dispose: () => list.forEach((d) => d.dispose()) }),
};
export const env = { language: "en" };
/** Paths of this machine, as the editor's URIs have them. */
export class Uri {
  private constructor(
    readonly scheme: string,
    readonly path: string,
    readonly query = "",
  ) {}
  static file = (path: string): Uri => new Uri("file", path);
  static from = (p: { scheme: string; path: string; query?: string }): Uri => new Uri(p.scheme, p.path, p.query);
  static joinPath = (base: Uri, ...parts: string[]): Uri => new Uri(base.scheme, posix.join(base.path, ...parts));
  with(p: { path?: string; query?: string }): Uri {
    return new Uri(this.scheme, p.path ?? this.path, p.query ?? this.query);
  }
  get fsPath(): string {
    return this.path;
  }
  toString(): string {
    return `${this.scheme}://${this.path}${this.query ? `?${this.query}` : ""}`;
  }
}
export class EventEmitter<T> {
  readonly #listeners = new Set<(e: T) => void>();
  readonly event = (l: (e: T) => void): { dispose(): void } => {
    this.#listeners.add(l);
    return { dispose: () => this.#listeners.delete(l) };
  };
  fire(e: T): void {
    for (const l of this.#listeners) l(e);
  }
  dispose(): void {
    this.#listeners.clear();
  }
}
/** Edits of documents, for a test to tell of. */
export const edited = new EventEmitter<{ document: unknown; contentChanges: readonly unknown[] }>();
/** The file system of this machine. */
export const workspace = {
  isTrusted: true,
  workspaceFolders: undefined as readonly { readonly uri: Uri }[] | undefined,
  getConfiguration: () => ({ get: <T>(_key: string, otherwise: T): T => otherwise }),
  onDidChangeTextDocument: edited.event,
  onDidChangeNotebookDocument: new EventEmitter<unknown>().event,
  onDidChangeConfiguration: new EventEmitter<unknown>().event,
  textDocuments: [] as unknown[],
  notebookDocuments: [] as unknown[],
  fs: {
    readFile: (u: Uri): Promise<Uint8Array> => readFile(u.path),
    writeFile: (u: Uri, bytes: Uint8Array): Promise<void> => writeFile(u.path, bytes),
    createDirectory: async (u: Uri): Promise<void> => void (await mkdir(u.path, { recursive: true })),
    delete: (u: Uri): Promise<void> => rm(u.path, { recursive: true }),
    async stat(u: Uri): Promise<{ type: number; size: number }> {
      const s = await stat(u.path);
      return { type: s.isDirectory() ? FileType.Directory : FileType.File, size: s.size };
    },
  },
};
export const NotebookCellKind = { Markup: 1, Code: 2 };
/** English, as where no bundle is loaded. */
export const QuickPickItemKind = { Default: 0, Separator: -1 };
export const l10n = {
  t: (text: string, ...values: readonly (string | number)[]): string =>
    text.replace(/\{(\d+)\}/g, (all, i: string) => String(values[Number(i)] ?? all)),
};
/** What an editor that speaks with agents has of it: absent in older ones, and here until a test sets it. */
export let lm: Readonly<Record<string, unknown>> | undefined;
export const setLm = (now: Readonly<Record<string, unknown>> | undefined): void => void (lm = now);
export class McpStdioServerDefinition {
  constructor(
    readonly label: string,
    readonly command: string,
    readonly args: readonly string[],
    readonly env: Readonly<Record<string, string>>,
    readonly version: string,
  ) {}
}
