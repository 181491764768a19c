// The languages that files may be written in: one row each. Everything that depends on a language is read from here.
import type { Loader } from "esbuild";

export interface LanguageRow {
  /** The editor's id. */
  readonly id: string;
  readonly extensions: readonly string[];
  /** A grammar of tree-sitter's, by its file's name. */
  readonly grammar: string;
  /** The module whose `jit` is looked for. */
  readonly module: string;
  /** Which source of reports runs it. */
  readonly source: "node";
  /** How esbuild reads it. */
  readonly loader: Loader;
}
const javascript = { grammar: "tsx", module: "jitlens", source: "node" } as const;
export const LANGUAGES: readonly LanguageRow[] = [
  { ...javascript, id: "typescript", extensions: [".ts", ".mts", ".cts"], grammar: "typescript", loader: "ts" },
  { ...javascript, id: "javascript", extensions: [".js", ".mjs", ".cjs"], loader: "js" },
  { ...javascript, id: "typescriptreact", extensions: [".tsx"], loader: "tsx" },
  { ...javascript, id: "javascriptreact", extensions: [".jsx"], loader: "jsx" },
];
export const languageOf = (id: string): LanguageRow | undefined => LANGUAGES.find((l) => l.id === id);
export const languageOfFile = (file: string): LanguageRow | undefined =>
  LANGUAGES.find((l) => l.extensions.some((e) => file.toLowerCase().endsWith(e)));
