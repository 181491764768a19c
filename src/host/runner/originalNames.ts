// The names that the person wrote: bundling renames a parameter where two of a file have one name (`params2`), and the source map knows the first.

/** What was written at a position of the program that runs: a name that the map knows, and the text from there on. Lines from 1, columns from 0. */
export type WrittenAt = (line: number, column: number) => { readonly name: string | null; readonly text: string } | null;

/** The name that a text begins with. */
export const nameAtStart = (text: string): string | null => /^[\p{ID_Start}$_][\p{ID_Continue}$]*/u.exec(text)?.[0] ?? null;

/** @param code the text of the program that runs */
export function originalNames(code: string, writtenAt: WrittenAt): (fn: object, names: readonly string[]) => readonly string[] {
  const known = new WeakMap<object, readonly string[]>();
  return (fn, names) => {
    let found = known.get(fn);
    if (!found) known.set(fn, (found = lookUp(fn, names)));
    return found;
  };
  function lookUp(fn: object, names: readonly string[]): readonly string[] {
    const text = Function.prototype.toString.call(fn);
    const at = code.indexOf(text);
    if (at < 0) return names;
    const before = code.slice(0, at).split("\n");
    let from = 0;
    return names.map((name) => {
      const pattern = new RegExp(`(?<![\\p{L}\\p{N}_$])${name.replace(/\$/g, "\\$")}(?![\\p{L}\\p{N}_$])`, "gu");
      pattern.lastIndex = from;
      const m = pattern.exec(text);
      if (!m) return name;
      from = m.index + name.length;
      const inside = text.slice(0, m.index).split("\n");
      const column = inside.at(-1)!.length + (inside.length === 1 ? before.at(-1)!.length : 0);
      const written = writtenAt(before.length + inside.length - 1, column);
      return written?.name ?? nameAtStart(written?.text ?? "") ?? name;
    });
  }
}
