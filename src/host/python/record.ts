// What the bridge sends: everything that JAX says of one function, as data and as texts. The bridge shares its process with the user's code, so what comes is
// checked before it counts.
import * as z from "zod";

const text = z.string();
const count = z.number().int().nonnegative();
const index = count.nullable();
const equation = z.object({
  id: count,
  op: text,
  in: z.array(count),
  lits: z.array(text),
  out: z.array(count),
  types: z.array(text),
  name: text.optional(),
  scope: text,
  stack: index,
  regions: z.array(count),
  params: text,
});
const region = z.object({
  name: text,
  parent: index,
  in: z.array(z.tuple([count, text])),
  consts: count,
  out: z.array(index),
  eqns: z.array(equation),
});
const phases = z.object({ trace: z.number().optional(), lower: z.number().optional(), compile: z.number().optional() });
const compilation = z.object({
  function: text,
  call: index,
  signature: text,
  phases,
  causes: z.array(
    z.object({
      kind: z.enum(["first", "shape", "dtype", "weakType", "static", "tree", "newFunction", "placement", "config", "evicted"]),
      argument: text.optional(),
      before: text.optional(),
      now: text.optional(),
      text,
    }),
  ),
  mine: z.boolean(),
});
const warning = z.object({ kind: text, message: text, stack: index });
/** dtype, shape, and the bytes in base64. */
const rawArray = z.tuple([text, z.array(count), text]);
const finite = z.number().nullable();
const digest = z.object({ type: text, hash: text.optional(), largest: z.number(), sample: z.array(finite).max(64) });
/** The program for our own engine, or why it cannot be had. */
const engineProgram = z.union([z.object({ text, arguments: z.array(rawArray), results: z.array(rawArray) }), z.object({ why: text })]);
const fusionEvent = z.union([z.tuple([z.enum(["consider", "made"]), text]), z.tuple([z.enum(["keep", "fuse"]), text, text])]);
/** What XLA said of its fusions: the CPU's log with the program before it, the GPU's file of steps, or why there is neither. */
const fusions = z.union([z.object({ before: text, events: z.array(fusionEvent) }), z.object({ steps: text }), z.object({ why: text })]);
/** What grows while the file runs. */
const growing = {
  compilations: z.array(compilation),
  frames: z.array(z.tuple([text, count, count, text])),
  stacks: z.array(z.array(count)),
  warnings: z.array(warning),
};
export const bridgeRecord = z.object({
  versions: z.record(text, text),
  interpreter: text,
  device: z.object({ name: text, platform: text, count }),
  regions: z.array(region),
  jaxpr: z.object({ text, lines: z.array(z.tuple([count, count])) }),
  /** JAX's name, the type, and what the user's function calls it where a library hands JAX a tree of its own. */
  arguments: z.array(z.union([z.tuple([text.nullable(), text]), z.tuple([text.nullable(), text, text.nullable()])])),
  results: z.array(text),
  stablehlo: text,
  hlo: text,
  cost: z.record(text, z.number()),
  memory: z.object({ argument: count, output: count, alias: count, temp: count, generated_code: count }).nullable(),
  called: index,
  timing: z.object({ warmups: count, walls: z.array(z.number()).min(1) }).optional(),
  xplane: text.optional(),
  profiled: count.optional(),
  /** What the measured call gave, in short. */
  digests: z.array(digest).optional(),
  fusions: fusions.optional(),
  files: z.record(text, text),
  /** Where the function stands, of a text that was edited since the run; counted from 0. */
  site: z.object({ name: text, line: count, column: count, endLine: count, endColumn: count, cell: text.optional() }).optional(),
  engine: engineProgram.optional(),
  ...growing,
});
const milliseconds = z.number().nonnegative();
/** Calls of the function in its file: how many, and whether that is all of them, from which stacks, the host's times between two, and all of both together. */
const calls = z.object({
  count,
  whole: z.boolean(),
  from: z.array(z.tuple([count, count])),
  gaps: z.array(milliseconds),
  inside: milliseconds,
  between: milliseconds,
});
export const bridgeMore = z.object({ more: z.object({ ...growing, calls: calls.optional() }) });
export type BridgeRecord = z.infer<typeof bridgeRecord>;
export type BridgeMore = z.infer<typeof bridgeMore>["more"];
export type BridgeEquation = z.infer<typeof equation>;
