// The jaxpr level: the bridge's equations as regions and nodes.
import type { Category, Level, Node, NodeId, Region, StackIndex } from "../../engine/report/types.ts";
import type { HloInstruction, HloModule } from "../../xla/hlo.ts";
import type { BridgePlaces } from "./places.ts";
import type { BridgeEquation, BridgeRecord } from "./record.ts";
import { equationsOfUnplaced } from "./unplaced.ts";

const KINDS: readonly (readonly [RegExp, Category])[] = [
  [/^(?:dot_general|conv_general_dilated|ragged_dot.*)$/, "contraction"],
  [/^(?:reduce_(?!precision)\w+|argmax|argmin|cumsum|cumprod|cummax|cummin|cumlogsumexp|sort|top_k|reduce_window\w*|select_and_\w+)$/, "reduction"],
  [/^(?:psum\w*|pmax|pmin|all_gather\w*|all_to_all|ppermute|reduce_scatter|axis_index|pbroadcast)$/, "collective"],
  [/(?:callback|debug_print)$/, "callback"],
  [
    /^(?:cholesky|eigh?|svd|lu\w*|qr|householder_product|triangular_solve|schur|hessenberg|tridiagonal\w*|fft|custom_linear_solve|ffi_call)$/,
    "library",
  ],
  [
    /^(?:broadcast_in_dim|reshape|transpose|slice|dynamic_slice|dynamic_update_slice|concatenate|pad|gather|scatter\w*|rev|squeeze|expand_dims|copy\w*|device_put|split|optimization_barrier|sharding_constraint|bitcast_convert_type|random_wrap|random_unwrap)$/,
    "movement",
  ],
  [/^iota$/, "input"],
];
const categoryOf = (e: BridgeEquation): Category => (e.regions.length ? "control" : (KINDS.find(([p]) => p.test(e.op))?.[1] ?? "elementwise"));

/** An input as the user's function calls it; JAX's name for it where that is the same, or nothing better is known. */
export const argumentName = ([name, , own]: BridgeRecord["arguments"][number]): string | null => own ?? name;

export function jaxprLevel(r: BridgeRecord, places: BridgePlaces): Level {
  const names = r.arguments.map(argumentName);
  const regions = r.regions.map((region, at): Region => {
    const source = new Map<number, NodeId>();
    const parameters = region.in.map(([v, type], i): Node => {
      const id = `j${at}:v${v}`;
      source.set(v, id);
      const name = at === 0 ? names[i] : null;
      return { id, op: "parameter", category: "input", type, inputs: [], ...(name ? { name } : {}), scope: "" };
    });
    const nodes = region.eqns.map((e): Node => {
      const stack = places.stack(e.stack);
      const attributes = [e.lits.join(", "), e.params].filter((s) => s !== "").join("; ");
      const node: Node = {
        id: `e${e.id}`,
        op: e.op,
        category: categoryOf(e),
        type: e.types.length === 1 ? e.types[0]! : `(${e.types.join(", ")})`,
        inputs: [...new Set(e.in.flatMap((v) => source.get(v) ?? []))],
        ...(e.name ? { name: e.name } : {}),
        ...(attributes ? { attributes } : {}),
        ...(e.regions.length ? { regions: e.regions.map((i) => `jaxpr.${i}`) } : {}),
        scope: e.scope,
        ...(stack === undefined ? {} : { stack }),
      };
      for (const v of e.out) source.set(v, node.id);
      return node;
    });
    return {
      id: `jaxpr.${at}`,
      name: region.name,
      parent: region.parent === null ? null : `e${region.parent}`,
      nodes: [...parameters, ...nodes],
      parameters: parameters.map((p) => p.id),
      outputs: [...new Set(region.out.flatMap((v) => (v === null ? [] : (source.get(v) ?? []))))],
    };
  });
  return {
    name: "jaxpr",
    text: { language: "jaxpr", text: r.jaxpr.text, lines: r.jaxpr.lines.map(([line, e]) => [line, `e${e}`] as const).sort((a, b) => a[0] - b[0]) },
    regions,
  };
}
/** Equations by what HLO keeps of them: the operation's name and where it stands. */
export class Lineage {
  readonly #byPlace = new Map<string, NodeId[]>();
  readonly #stacks = new Map<NodeId, StackIndex>();
  readonly #names: ReadonlyMap<string | null, string | null>;
  readonly #unplaced: ReadonlyMap<string, NodeId>;
  constructor(r: Pick<BridgeRecord, "regions" | "arguments">, places: BridgePlaces, module?: HloModule) {
    this.#names = new Map(r.arguments.map((a) => [a[0], argumentName(a)]));
    for (const region of r.regions)
      for (const e of region.eqns) {
        const top = places.positions(e.stack)[0];
        if (!top || e.regions.length) continue;
        const stack = places.stack(e.stack);
        if (stack !== undefined) this.#stacks.set(`e${e.id}`, stack);
        // The column is not always known.
        for (const column of [top.column, 0]) {
          const key = this.#key(e.op, top.file, top.line, column);
          const list = this.#byPlace.get(key);
          if (list) list.push(`e${e.id}`);
          else this.#byPlace.set(key, [`e${e.id}`]);
        }
      }
    this.#unplaced = module ? equationsOfUnplaced(r, module, places, (n) => this.#placed(n)) : new Map();
  }
  /** Where an equation stands: JAX knows it better than what XLA kept of it. */
  stackOf(eqn: NodeId | undefined): StackIndex | undefined {
    return eqn === undefined ? undefined : this.#stacks.get(eqn);
  }
  /** What the user's function calls an input that JAX knows by a name. */
  argument(name: string | undefined): string | undefined {
    return (name !== undefined && this.#names.get(name)) || name;
  }
  #key(op: string, file: string, line: number, column: number): string {
    return `${op}@${file}:${line}:${column}`;
  }
  of(n: HloInstruction): readonly NodeId[] {
    const unplaced = this.#unplaced.get(n.name);
    return unplaced === undefined ? this.#placed(n) : [unplaced];
  }
  /** By the last part of "jit(f)/layer1/tanh", and the innermost place. */
  #placed({ opName, places: [at] }: HloInstruction): readonly NodeId[] {
    const op = opName.split("/").at(-1);
    return (op && at && this.#byPlace.get(this.#key(op, at.file, at.line, at.column + 1))) || [];
  }
}
