// Pins: what a person decided about single edges, by the ids of the compiled program's nodes. The text form is `12>15=split`.
import { JitLensError } from "../../core/errors.ts";
import type { Graph } from "../../graph/graph.ts";

export type Pin = "fuse" | "split";
/** By edge, `producer>consumer`; ids are unique in a program, so an edge inside a loop is named like any other. */
export type Pins = ReadonlyMap<string, Pin>;
export const edgeKey = (producer: { readonly id: number }, consumer: { readonly id: number }): string => `${producer.id}>${consumer.id}`;

/** A pin that cannot be read, or that names no edge of the program. */
export class PinError extends JitLensError {}
const FORM = /^\s*(\d+)\s*>\s*(\d+)\s*=\s*(fuse|split)\s*$/;
/** Reads pins as they are written on the command line, `producer>consumer=fuse` or `=split`. The last of two for one edge counts. */
export function parsePins(texts: readonly string[]): Pins {
  const pins = new Map<string, Pin>();
  for (const text of texts) {
    const m = FORM.exec(text);
    if (!m)
      throw new PinError(`the pin ${JSON.stringify(text)} is not of the form producer>consumer=fuse or producer>consumer=split, as in 12>15=split`);
    pins.set(`${Number(m[1])}>${Number(m[2])}`, m[3] as Pin);
  }
  return pins;
}
/** Refuses pins that name no edge: a program that changed has other ids, and a pin that does nothing would mislead. */
export function checkPins(pins: Pins, graphs: readonly Graph[], name: string): void {
  if (pins.size === 0) return;
  const open = new Set(pins.keys());
  for (const g of graphs) for (const n of g.nodes) for (const i of n.inputs) open.delete(edgeKey(i, n));
  const [first] = open;
  if (first !== undefined)
    throw new PinError(
      `the pin ${first}=${pins.get(first)} names no edge of ${name}: the ledger lists its edges by their node ids; remove the pin or correct it`,
    );
}
