// Names of a profile's program for those of the text that is shown. They differ where XLA compiled the function once more to profile it: on GPUs without command
// buffers, or with another number behind a name. What an instruction is known by tells it then.
import type { HloModule } from "./hlo.ts";
import { type KnownInstruction, profiledPrograms } from "./hloProto.ts";
import { showShape } from "./shape.ts";
import type { XPlane } from "./xplane.ts";

/** From the surest to the weakest: as long as equally many of both programs have it in common, they are each other's, in the order in which they stand. */
const KEYS: readonly ((n: KnownInstruction) => string)[] = [
  (n) => [n.op, showShape(n.shape), n.opName, ...n.places.map((p) => `${p.file}:${p.line}:${p.column}`)].join("|"),
  (n) => [n.op, showShape(n.shape), n.opName].join("|"),
  (n) => [n.op, showShape(n.shape), n.name.replace(/[.\d]+$/, "")].join("|"),
  (n) => [n.op, showShape(n.shape)].join("|"),
];
const grouped = (list: readonly KnownInstruction[], key: (n: KnownInstruction) => string): Map<string, KnownInstruction[]> => {
  const out = new Map<string, KnownInstruction[]>();
  for (const n of list) {
    const k = key(n);
    out.set(k, [...(out.get(k) ?? []), n]);
  }
  return out;
};
/** For names of `from` that `to` does not have, the instruction of `to` that is the same one. Names that both have for the same operation stay. */
export function counterparts(from: readonly KnownInstruction[], to: readonly KnownInstruction[]): ReadonlyMap<string, string> {
  const there = new Map(to.map((n) => [n.name, n]));
  const here = new Map(from.map((n) => [n.name, n]));
  const isSame = (a: KnownInstruction, b: KnownInstruction | undefined): boolean => b !== undefined && a.op === b.op && showShape(a.shape) === showShape(b.shape);
  let left = from.filter((n) => !isSame(n, there.get(n.name)));
  let open = to.filter((n) => !isSame(n, here.get(n.name)));
  const out = new Map<string, string>();
  for (const key of KEYS) {
    const theirs = grouped(open, key);
    const taken = new Set<string>();
    for (const [k, mine] of grouped(left, key)) {
      const match = theirs.get(k);
      if (match?.length !== mine.length) continue;
      mine.forEach((n, i) => {
        out.set(n.name, match[i]!.name);
        taken.add(match[i]!.name);
      });
    }
    left = left.filter((n) => !out.has(n.name));
    open = open.filter((n) => !taken.has(n.name));
  }
  return out;
}
/**
 * Names of a profile's events for those of the text, where they are not the same.
 * @param programs the numbers of the programs that the events are of
 */
export function renamed(planes: readonly XPlane[], programs: ReadonlySet<number>, text: HloModule): ReadonlyMap<string, string> {
  const all = [...text.computations.values()].flatMap((c) => c.instructions);
  const profiled = profiledPrograms(planes).filter((p) => p.name === text.name && programs.has(p.id));
  return new Map(profiled.flatMap((p) => [...counterparts(p.computations.flatMap((c) => c.instructions), all)]));
}
