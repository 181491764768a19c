// Names that a person can tell apart.

/** The second "dot" becomes "dot.2". */
export function uniqueNames(names: readonly string[], join = "."): string[] {
  const seen = new Map<string, number>();
  const taken = new Set(names);
  return names.map((name) => {
    let n = (seen.get(name) ?? 0) + 1;
    while (n > 1 && taken.has(`${name}${join}${n}`)) n++;
    seen.set(name, n);
    return n === 1 ? name : `${name}${join}${n}`;
  });
}
