// Evaluates pieces of an edited file in the scope that the first run left. Each piece is compiled with the checks of conditions and the notes of
// variables that the whole file had, and knows where each of its positions was written.
import { pathToFileURL } from "node:url";
import type { AnyNode, Program } from "acorn";
import { parseProgram, programEdits } from "../conditions.ts";
import { type ColumnBefore, type Edit, applyEdits } from "../edits.ts";
import { lineAt, lineStarts } from "../lineStarts.ts";
import type { Frame } from "../stacks.ts";
import type { Probes } from "./probes.ts";
import { type Tracked, movedIn } from "./tracked.ts";
import type { At, FileUnits } from "./units.ts";
import { childrenOf, declaredNames, identifiers } from "./walk.ts";

/** A piece of the compiled text, with what is put around it. */
export interface Piece {
  readonly before: string;
  readonly start: number;
  readonly end: number;
  readonly after: string;
}
/** Said to the person: why an edit cannot be followed. */
export class NotLive extends Error {}
const URL_PREFIX = "jitlens-live:",
  VALUE = "__jitlensValue",
  OWN = "__jitlensOwn",
  ENGINE = "__jitlensEngine";
type Globals = Record<string, unknown>;

export class Scope {
  /** Pieces that are in effect, by their numbers; and what belongs to the declaration that each was evaluated for. */
  readonly #pieces = new Map<number, (line: number, column: number) => At | null>();
  readonly #of = new Map<Tracked, { readonly pieces: number[]; readonly probes: number[] }>();
  #next = 0;
  readonly #own: Record<string, unknown> = {};
  readonly #imported = new Map<string, string>();
  /**
   * @param evaluate evaluates code in the file's scope
   * @param aliases what the file's names are called there
   */
  constructor(
    private readonly evaluate: (code: string) => unknown,
    private readonly aliases: ReadonlyMap<string, string>,
    engine: object,
    private readonly probes: Probes,
    private readonly file: string,
  ) {
    const globals = globalThis as unknown as Globals;
    globals[OWN] = this.#own;
    globals[ENGINE] = engine;
  }
  /** How many pieces of code are in effect. */
  get size(): number {
    return this.#pieces.size;
  }
  has(name: string): boolean {
    return this.aliases.has(name) || this.#imported.has(name) || Object.hasOwn(this.#own, name);
  }
  /** A name of the engine's that the file did not import when it was run. */
  importFromEngine(name: string, imported: string): void {
    if (!this.aliases.has(name)) this.#imported.set(name, imported === "*" ? ENGINE : `${ENGINE}.${imported}`);
  }
  /** The value of a name; undefined where it has none yet. */
  read(name: string): unknown {
    try {
      return this.evaluate(this.#alias(name));
    } catch {
      return undefined;
    }
  }
  assign(name: string, value: unknown): void {
    if (!this.aliases.has(name)) {
      this.#own[name] = value;
      return;
    }
    const globals = globalThis as unknown as Globals;
    globals[VALUE] = value;
    try {
      this.evaluate(`${this.#alias(name)} = ${VALUE}`);
    } finally {
      delete globals[VALUE];
    }
  }
  #alias(name: string): string {
    return this.aliases.get(name) ?? this.#imported.get(name) ?? `${OWN}.${name}`;
  }
  /** The value of a piece of an edited file. Its errors and equations point at the person's lines. */
  run(piece: Piece, file: FileUnits, tracked: Tracked): unknown {
    const from = file.positionOf(piece.start);
    // Of the file no more is held than this: a session has hundreds of edits.
    const { writtenAt, nameAt } = file;
    const own = this.#of.get(tracked) ?? { pieces: [], probes: [] };
    this.#of.set(tracked, own);
    const text = `${"\n".repeat(from.line - 1)}${piece.before}${file.code.slice(piece.start, piece.end)}${piece.after}`;
    const renamed = this.#rename(text);
    /** In the text that is evaluated here; `written`: in the text of now. */
    const writtenHere = (line: number, column: number): At | null => {
      const c = renamed.columnBefore(line, column);
      return writtenAt(line, line === from.line ? Math.max(from.column, c - piece.before.length + from.column) : c);
    };
    const written = (line: number, column: number): At | null => {
      const at = writtenHere(line, column);
      return at && movedIn(tracked, at);
    };
    const starts = lineStarts(renamed.text);
    const placed = (offset: number, how: (line: number, column: number) => At | null): At | null => {
      const line = lineAt(starts, offset);
      return how(line + 1, offset - starts[line]!);
    };
    const edited = applyEdits(
      renamed.text,
      programEdits(renamed.text, {
        ours: () => true,
        fileAt: () => ({ path: this.file, url: pathToFileURL(this.file).href }),
        probe: (offset, name) => {
          // A variable that hides another one is called otherwise in the program.
          const here = placed(offset, writtenHere);
          const n = this.probes.add((here && nameAt(here)) ?? name, () => placed(offset, written));
          own.probes.push(n);
          return n;
        },
      }),
    );
    const n = this.#next++;
    const { columnBefore } = edited;
    this.#pieces.set(n, (line, column) => written(line, columnBefore(line, column)));
    own.pieces.push(n);
    return this.evaluate(`${edited.text}\n//# sourceURL=${URL_PREFIX}${n}`);
  }
  /** What was evaluated for a declaration is in effect no more: its places are nowhere. */
  forget(tracked: Tracked): void {
    const own = this.#of.get(tracked);
    if (!own) return;
    this.#of.delete(tracked);
    for (const n of own.pieces) this.#pieces.delete(n);
    for (const n of own.probes) this.probes.remove(n);
  }
  /** Names that are called otherwise in the program, as they are called there. */
  #rename(text: string): { readonly text: string; readonly columnBefore: ColumnBefore } {
    const program = parseProgram(text);
    const used = identifiers(program, true).filter(({ name }) => this.#isRenamed(name));
    if (!used.length) return { text, columnBefore: (_line, column) => column };
    const declared = declaredNames(program);
    for (const { name } of used) if (declared.has(name)) throw new NotLive(`${name} is the name of a variable inside and outside of this code`);
    const short = shorthands(program);
    const edits = used.map(({ name, node }): Edit => {
      const alias = this.#alias(name);
      return { at: node.start, remove: node.end - node.start, insert: short.has(node.start) ? `${name}: ${alias}` : alias };
    });
    return applyEdits(text, edits);
  }
  #isRenamed(name: string): boolean {
    return this.has(name) && this.#alias(name) !== name;
  }
  /** A frame in code that was evaluated here, as the person wrote it; undefined for any other frame, null where its code was replaced. */
  map(frame: Frame): Frame | null | undefined {
    if (!frame.file.startsWith(URL_PREFIX)) return undefined;
    const at = this.#pieces.get(Number(frame.file.slice(URL_PREFIX.length)))?.(frame.line, Math.max(0, frame.column - 1));
    return at ? { file: this.file, line: at.line, column: at.column + 1, func: frame.func } : null;
  }
}
/** Where `{ a }` stands for `{ a: a }`. */
function shorthands(program: Program): Set<number> {
  const found = new Set<number>();
  const todo: AnyNode[] = [program];
  while (todo.length) {
    const node = todo.pop()!;
    if (node.type === "Property" && node.shorthand) found.add(node.value.start);
    for (const { child } of childrenOf(node)) todo.push(child);
  }
  return found;
}
