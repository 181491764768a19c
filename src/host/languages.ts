// The languages that files may be written in: one row each. Everything that depends on a language is read from here.
import type { Loader } from "esbuild";
import { NOTEBOOK } from "./notebook/cells.ts";

export interface LanguageRow {
  /** The editor's id. */
  readonly id: string;
  readonly extensions: readonly string[];
  /** How the files of notebooks end whose cells may be of it. */
  readonly notebooks?: readonly string[];
  /** A grammar of tree-sitter's, by its file's name. */
  readonly grammar: string;
  /** What looks for jit functions in its trees. */
  readonly finder: "javascript" | "python";
  /** The module whose `jit` is looked for. */
  readonly module: string;
  /** Which source of reports runs it. */
  readonly source: "node" | "python";
  /** How esbuild reads it, where the runner compiles it. */
  readonly loader?: Loader;
  /** Whether a text may have jit functions, by a look at its words: no other file is parsed, nor leaves the editor. */
  readonly mayHaveSites: (text: string) => boolean;
  /** What a person writes above a function to give its argument types. */
  readonly tag: string;
}
/** It speaks of the engine, or of a `jit` that a module beside it may pass on. */
const speaksOfEngine = (text: string): boolean => text.includes("jitlens") || (/\bjit\b/.test(text) && /(?:from|require\()\s*["']\./.test(text));
/** It imports JAX or a library on top of it, and has some jit. */
const speaksOfJax = (text: string): boolean => text.includes("jit") && /^[ \t]*(?:import|from)\s[^\n]*\b(?:jax|equinox|flax)\b/m.test(text);
const javascript = {
  grammar: "tsx",
  finder: "javascript",
  module: "jitlens",
  source: "node",
  mayHaveSites: speaksOfEngine,
  tag: "/** @trace f32[2,3] */",
} as const;
export const LANGUAGES: readonly LanguageRow[] = [
  { ...javascript, id: "typescript", extensions: [".ts", ".mts", ".cts"], grammar: "typescript", loader: "ts" },
  { ...javascript, id: "javascript", extensions: [".js", ".mjs", ".cjs"], loader: "js" },
  { ...javascript, id: "typescriptreact", extensions: [".tsx"], loader: "tsx" },
  { ...javascript, id: "javascriptreact", extensions: [".jsx"], loader: "jsx" },
  {
    id: "python",
    extensions: [".py"],
    notebooks: [NOTEBOOK],
    grammar: "python",
    finder: "python",
    module: "jax",
    source: "python",
    mayHaveSites: speaksOfJax,
    tag: "# trace: f32[2,3]",
  },
];
export const languageOf = (id: string): LanguageRow | undefined => LANGUAGES.find((l) => l.id === id);
/** Of a file of code, not of a notebook. */
export const languageOfFile = (file: string): LanguageRow | undefined =>
  LANGUAGES.find((l) => l.extensions.some((e) => file.toLowerCase().endsWith(e)));
export const languageOfNotebook = (file: string): LanguageRow | undefined =>
  LANGUAGES.find((l) => l.notebooks?.some((e) => file.toLowerCase().endsWith(e)));
