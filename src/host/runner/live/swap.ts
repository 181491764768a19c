// Replaces the declarations that an edit has changed, in the state that the first run left. What can only be had by running the file again is said.
import type { AnyNode, Class, Expression } from "acorn";
import type { LiveNote } from "../../protocol.ts";
import { NotLive, type Scope } from "./scope.ts";
import { FirstText, type Tracked } from "./tracked.ts";
import { type FileUnits, type Unit, unitsOf } from "./units.ts";
import { identifiers, onlyComputes } from "./walk.ts";

interface Current {
  /** The compiled text that is in effect, and the person's text it came from. */
  text: string;
  written: string;
  tracked: Tracked;
  unit: Unit;
}
const ENGINE = "jitlens",
  /** Declarations that an edit had added and a later one took out. */
  MOST_GONE = 16;
const isArray = (v: unknown): boolean => typeof v === "object" && v !== null && "aval" in v;

export class Swapper {
  readonly #current = new Map<string, Current>();
  readonly #first: FileUnits;
  readonly #firstTexts = new Map<string, string>();
  /** Declarations that could not be evaluated. */
  readonly #pending: Tracked[] = [];
  readonly #imports: ReadonlySet<string>;
  readonly places: FirstText;
  /** Notes of the last edit: lines whose change needs a new run. */
  notes: readonly LiveNote[] = [];
  constructor(
    text: string,
    private readonly languageId: string,
    private readonly scope: Scope,
    /** Objects on which methods and fields were called. */
    private readonly selves: () => readonly unknown[],
  ) {
    this.#first = unitsOf(text, languageId);
    this.places = new FirstText(this.#first);
    for (const [i, unit] of this.#first.units.entries()) {
      this.#current.set(unit.key, { text: unit.text, written: unit.written, tracked: this.places.of(i), unit });
      this.#firstTexts.set(unit.key, unit.text);
    }
    this.#imports = new Set(importsOf(this.#first));
  }
  /** Whether anything was replaced. Throws what esbuild says of a text that cannot be read, and what code that is evaluated throws. */
  edit(text: string): boolean {
    const file = unitsOf(text, this.languageId);
    for (const failed of this.#pending.splice(0)) this.scope.forget(failed);
    const notes: LiveNote[] = [];
    const note = (u: Unit, why: LiveNote["why"]): void => void notes.push({ line: u.at.line, why });
    this.#move(file);
    const engineNames = this.#importsNow(file, note);
    const changed = new Set<string>();
    let failure: unknown = null;
    for (const unit of file.units)
      try {
        if (this.#swap(unit, file, changed, engineNames)) continue;
        if (!this.#isFirst(unit)) note(unit, "statement");
      } catch (e) {
        if (e instanceof NotLive) note(unit, "shadowed");
        else failure ??= { error: e };
      }
    this.notes = notes;
    if (failure) throw (failure as { error: unknown }).error;
    return changed.size > 0;
  }
  /** Declarations that were not changed stand where they stand now; the others nowhere until they are replaced. */
  #move(file: FileUnits): void {
    const left = new Set(this.#current.keys());
    for (const unit of file.units) {
      const c = this.#current.get(unit.key);
      if (!c) continue;
      left.delete(unit.key);
      c.tracked.now = c.written === unit.written || c.text === unit.text ? unit.at : null;
    }
    for (const key of left) this.#current.get(key)!.tracked.now = null;
    // A name that is being typed is a declaration for a moment: only those that went last are kept for an undo.
    for (const key of [...left].filter((k) => !this.#firstTexts.has(k)).slice(0, -MOST_GONE)) {
      this.scope.forget(this.#current.get(key)!.tracked);
      this.#current.delete(key);
    }
  }
  /** Names that are the engine's, as the text imports them now. */
  #importsNow(file: FileUnits, note: (u: Unit, why: LiveNote["why"]) => void): ReadonlySet<string> {
    const names = new Set<string>();
    for (const unit of file.units) {
      if (unit.kind !== "import") continue;
      const source = String(unit.node.source.value);
      for (const s of unit.node.specifiers) {
        const imported = s.type === "ImportSpecifier" ? (s.imported as { name?: string; value?: string }).name : "*";
        if (source === ENGINE && imported !== undefined && s.type !== "ImportDefaultSpecifier") {
          names.add(s.local.name);
          this.scope.importFromEngine(s.local.name, imported);
        } else if (!this.#imports.has(`${source} ${s.local.name}`)) note(unit, "import");
      }
      if (!unit.node.specifiers.length && !this.#imports.has(`${source} `)) note(unit, "import");
    }
    return names;
  }
  /** Whether a unit is in effect as it is written: replaced now, or never changed. */
  #swap(unit: Unit, file: FileUnits, changed: Set<string>, engineNames: ReadonlySet<string>): boolean {
    if (unit.kind === "import") return true;
    const before = this.#current.get(unit.key);
    const same = before?.text === unit.text;
    const moved = before?.written === unit.written;
    if (unit.kind === "statement") return same;
    if (unit.kind === "function" || unit.kind === "class" || unit.kind === "default") {
      if (same && moved && !(unit.kind === "default" && dependsOn(unit.init, changed))) return true;
      this.#replace(unit, file, before, changed);
      return true;
    }
    const value = this.scope.read(unit.name);
    const depends = changed.size > 0 && dependsOn(unit.init, changed);
    if (same && !depends && (moved || typeof value !== "function")) return true;
    const computes = onlyComputes(unit.init, {
      computes: (name) => engineNames.has(name) || isArray(this.scope.read(name)),
    });
    // A value that is a function is made again however it was made (jit, grad, a factory): data is not, unless it is plainly computed.
    const again = typeof value === "function" || (computes && (unit.constant || !same)) || (before === undefined && computes);
    if (!again) return same && !depends;
    this.#replace(unit, file, before, changed);
    return true;
  }
  #replace(unit: Exclude<Unit, { kind: "import" | "statement" }>, file: FileUnits, before: Current | undefined, changed: Set<string>): void {
    const tracked: Tracked = { home: unit.at, now: unit.at };
    // Until it is in effect; an error in it is told of by its places, which are needed up to the next edit.
    this.#pending.push(tracked);
    const run = (piece: { before: string; start: number; end: number; after: string }): unknown => this.scope.run(piece, file, tracked);
    const { start, end } = "init" in unit ? unit.init : unit.node;
    if (unit.kind === "default") run({ before: "(", start, end, after: ")" });
    else if (unit.kind === "class") this.#replaceClass(unit, run, before);
    else {
      // A function without a name of its own gets the variable's, as it has in the file.
      const name = JSON.stringify(unit.name);
      const value =
        unit.kind === "function" ? run({ before: "(", start, end, after: ")" }) : run({ before: `({ ${name}: `, start, end, after: ` })[${name}]` });
      this.scope.assign(unit.name, value);
    }
    if (before) {
      before.tracked.now = null;
      this.scope.forget(before.tracked);
    }
    this.#pending.pop();
    this.#current.set(unit.key, { text: unit.text, written: unit.written, tracked, unit });
    changed.add("name" in unit ? unit.name : "default");
  }
  /** Objects that are there keep their class: it gets the new methods, and they get the new functions in their fields. */
  #replaceClass(
    unit: Extract<Unit, { kind: "class" }>,
    run: (piece: { before: string; start: number; end: number; after: string }) => unknown,
    before: Current | undefined,
  ): void {
    const { start, end } = unit.node;
    const made = run({ before: "(", start, end, after: ")" }) as { prototype: object };
    const old = this.scope.read(unit.name) as (new () => object) | undefined;
    if (typeof old !== "function") {
      this.scope.assign(unit.name, made);
      return;
    }
    copyProperties(made.prototype, old.prototype as object, ["constructor"]);
    copyProperties(made, old, ["prototype", "length", "name"]);
    const fieldsBefore =
      before && "node" in before.unit ? fieldTexts(before.unit.node as Class, before.text, before.unit.start) : new Map<string, string>();
    for (const { name, value, text } of fieldsOf(unit.node, unit.text, unit.start)) {
      if (fieldsBefore.get(name) === text) continue;
      for (const self of this.selves()) {
        if (!(self instanceof old)) continue;
        const field = self as Record<string, unknown>;
        if (typeof field[name] !== "function") continue;
        try {
          const make = run({ before: "(function () { return (", start: value.start, end: value.end, after: "); })" }) as (this: unknown) => unknown;
          field[name] = make.call(self);
        } catch (e) {
          if (e instanceof SyntaxError) throw new NotLive(`the field ${name} uses what only its class can see`);
          throw e;
        }
      }
    }
  }
  /** Whether it is as it was when the file was run. */
  #isFirst(unit: Unit): boolean {
    return this.#firstTexts.get(unit.key) === unit.text && this.#current.get(unit.key)?.text === unit.text;
  }
}
const dependsOn = (init: Expression, changed: ReadonlySet<string>): boolean => identifiers(init, false).some(({ name }) => changed.has(name));
function importsOf(file: FileUnits): string[] {
  return file.units.flatMap((u) =>
    u.kind === "import"
      ? u.node.specifiers.length
        ? u.node.specifiers.map((s) => `${String(u.node.source.value)} ${s.local.name}`)
        : [`${String(u.node.source.value)} `]
      : [],
  );
}
function copyProperties(from: object, to: object, except: readonly string[]): void {
  for (const key of Reflect.ownKeys(from)) {
    if (typeof key === "string" && except.includes(key)) continue;
    const d = Object.getOwnPropertyDescriptor(from, key)!;
    // Static data is state: only what can be called is taken over.
    if (typeof d.value === "function" || d.get || d.set) Reflect.defineProperty(to, key, { ...d, configurable: true });
  }
}
function fieldsOf(node: Class, text: string, offset: number): { readonly name: string; readonly value: AnyNode; readonly text: string }[] {
  return node.body.body.flatMap((m) => {
    if (m.type !== "PropertyDefinition" || m.static || m.computed || !m.value) return [];
    const key = m.key as AnyNode;
    const name = key.type === "Identifier" ? key.name : null;
    return name === null ? [] : [{ name, value: m.value as AnyNode, text: text.slice(m.value.start - offset, m.value.end - offset) }];
  });
}
const fieldTexts = (node: Class, text: string, offset: number): Map<string, string> =>
  new Map(fieldsOf(node, text, offset).map((f) => [f.name, f.text]));
