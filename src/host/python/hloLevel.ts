// The optimized HLO as one graph a computation, with what XLA fused laid open: a fusion's instructions stand in the region of the fusion, and the fusion is a
// kernel of them. Names for parts of values (tuples, get-tuple-element, bitcasts between kernels) are looked through.
import type { Category, Level, Node, NodeId, Region } from "../../engine/report/types.ts";
import { type HloComputation, type HloInstruction, type HloModule, calledBy } from "../../xla/hlo.ts";
import { flopsOf, isControl, isFree, kindOf, programsOf } from "../../xla/ops.ts";
import { bytesOfShape, showShape } from "../../xla/shape.ts";
import type { Lineage } from "./jaxprLevel.ts";
import type { BridgePlaces } from "./places.ts";

/** Something that XLA runs as one: a fusion, or an instruction of its own. */
export interface HloKernel {
  readonly instruction: HloInstruction;
  readonly region: string;
  readonly nodes: NodeId[];
  readonly outputs: readonly NodeId[];
  /** The computation of a fusion. */
  readonly body: HloComputation | null;
}
export interface HloNode {
  readonly node: Node;
  readonly instruction: HloInstruction;
}
export interface HloGraph {
  readonly level: Level;
  readonly kernels: readonly HloKernel[];
  readonly nodes: ReadonlyMap<NodeId, HloNode>;
  /** What runs, in order: instructions of each region. */
  readonly order: readonly { readonly region: string; readonly instruction: HloInstruction; readonly node: NodeId }[];
  readonly control: readonly HloInstruction[];
}
/** A value: the nodes that hold its parts, or the text of a scalar constant. */
interface Value {
  readonly nodes: readonly NodeId[];
  readonly parts?: readonly Value[];
  readonly constant?: string;
}
const NONE: Value = { nodes: [] };

export function hloGraph(module: HloModule, places: BridgePlaces, lineage: Lineage, text: string): HloGraph {
  const b = new Builder(module, places, lineage);
  if (module.entry) b.region(module.entry, module.entry.name, null);
  const lines = [...b.nodes].map(([id, n]) => [n.instruction.line, id] as const).sort((x, y) => x[0] - y[0]);
  return {
    level: { name: "hlo", text: { language: "hlo", text, lines }, regions: b.regions },
    kernels: b.kernels,
    nodes: b.nodes,
    order: b.order,
    control: b.control,
  };
}
class Builder {
  readonly regions: Region[] = [];
  readonly kernels: HloKernel[] = [];
  readonly nodes = new Map<NodeId, HloNode>();
  readonly order: { region: string; instruction: HloInstruction; node: NodeId }[] = [];
  readonly control: HloInstruction[] = [];
  readonly #known = new Map<string, string>();
  constructor(
    private readonly module: HloModule,
    private readonly places: BridgePlaces,
    private readonly lineage: Lineage,
  ) {}

  region(c: HloComputation, name: string, parent: NodeId | null): string {
    const known = this.#known.get(c.name);
    if (known !== undefined) return known;
    const id = `hlo.${this.#known.size}`;
    this.#known.set(c.name, id);
    const at = this.regions.push({ id, name, parent, nodes: [], parameters: [], outputs: [] }) - 1;
    const r = new RegionBuilder(this.module, this.places, this.lineage, id, (n, node) => this.#inner(n, node));
    const outputs = r.build(c);
    for (const n of r.nodes) this.nodes.set(n.node.id, n);
    this.kernels.push(...r.kernels);
    this.control.push(...c.instructions.filter(isControl));
    this.order.push(...r.order.map((o) => ({ region: id, ...o })));
    this.regions[at] = {
      id,
      name,
      parent,
      nodes: r.nodes.map((n) => n.node),
      parameters: r.nodes.filter((n) => n.node.op === "parameter").map((n) => n.node.id),
      outputs: [...new Set(outputs)],
    };
    return id;
  }
  /** Loops' conditions and bodies, branches, called programs. */
  #inner(n: HloInstruction, node: NodeId): string[] {
    return programsOf(n).flatMap(([label, names]) =>
      names.flatMap((name, i) => {
        const c = this.module.computations.get(name);
        return c ? [this.region(c, `${n.name} ${label}${names.length > 1 ? ` ${i}` : ""}`, node)] : [];
      }),
    );
  }
}
const idOf = (n: HloInstruction): NodeId => `h:${n.name}`;

class RegionBuilder {
  readonly nodes: HloNode[] = [];
  readonly kernels: HloKernel[] = [];
  readonly order: { instruction: HloInstruction; node: NodeId }[] = [];
  readonly #values = new Map<string, Value>();
  constructor(
    private readonly module: HloModule,
    private readonly places: BridgePlaces,
    private readonly lineage: Lineage,
    private readonly region: string,
    private readonly inner: (n: HloInstruction, node: NodeId) => string[],
  ) {}
  /** The nodes that hold the results. */
  build(c: HloComputation): readonly NodeId[] {
    const find = finder(c);
    for (const n of c.instructions) this.#values.set(n.name, this.#instruction(n, find));
    return allNodes(c.root ? this.#values.get(c.root.name) : undefined);
  }
  #value(name: string): Value {
    return this.#values.get(name) ?? NONE;
  }
  #operands(n: HloInstruction): readonly Value[] {
    return operandsOf(n, (name) => this.#value(name));
  }
  #instruction(n: HloInstruction, find: ReturnType<typeof finder>): Value {
    if (n.op === "parameter" && n.shape.kind === "tuple") return NONE;
    if (n.op === "get-tuple-element") return this.#part(n, find);
    if (n.op === "tuple") {
      const parts = this.#operands(n);
      return { nodes: parts.flatMap((p) => p.nodes), parts };
    }
    if (n.op === "bitcast" || n.op === "add-dependency") return this.#value(n.operands[0] ?? "");
    if (isScalarConstant(n)) return { nodes: [], constant: n.inside };
    if (n.op === "fusion") return this.#fusion(n);
    const id = this.#node(n, this.#operands(n), find, null);
    this.order.push({ instruction: n, node: id });
    if (!isFree(n) && !isControl(n)) this.kernels.push({ instruction: n, region: this.region, nodes: [id], outputs: [id], body: null });
    return { nodes: [id] };
  }
  /** A part of a tuple: a value of its own where it is a parameter of the region, else what made it. */
  #part(n: HloInstruction, find: ReturnType<typeof finder>): Value {
    const from = find(n.operands[0] ?? "");
    if (from?.op === "parameter") return { nodes: [this.#node({ ...n, op: "parameter", operands: [] }, [], find, null)] };
    const value = this.#value(n.operands[0] ?? "");
    return value.parts?.[Number(n.attributes.get("index") ?? 0)] ?? { nodes: value.nodes };
  }
  #fusion(n: HloInstruction): Value {
    const body = this.module.computations.get(calledBy(n, "calls")[0] ?? "") ?? null;
    const inside: NodeId[] = [];
    const result = body ? this.#fused(body, this.#operands(n), inside, n) : NONE;
    const outputs = [...new Set(allNodes(result))].filter((id) => inside.includes(id));
    this.order.push({ instruction: n, node: outputs[0] ?? inside.at(-1) ?? idOf(n) });
    this.kernels.push({ instruction: n, region: this.region, nodes: inside, outputs, body });
    return result;
  }
  /** The instructions of a fusion, in place. */
  #fused(body: HloComputation, given: readonly Value[], inside: NodeId[], fusion: HloInstruction): Value {
    const find = finder(body);
    const values = new Map<string, Value>();
    const get = (name: string): Value => values.get(name) ?? NONE;
    for (const n of body.instructions) {
      if (n.op === "parameter") values.set(n.name, given[Number(n.inside)] ?? NONE);
      else if (isScalarConstant(n)) values.set(n.name, { nodes: [], constant: n.inside });
      // The same elements seen as another shape: nothing is computed.
      else if (n.op === "bitcast") values.set(n.name, get(n.operands[0] ?? ""));
      else if (n.op === "tuple") {
        const parts = operandsOf(n, get);
        values.set(n.name, { nodes: parts.flatMap((p) => p.nodes), parts });
      } else if (n.op === "get-tuple-element") {
        const value = get(n.operands[0] ?? "");
        values.set(n.name, value.parts?.[Number(n.attributes.get("index") ?? 0)] ?? { nodes: value.nodes });
      } else if (n.op === "fusion") {
        const nested = this.module.computations.get(calledBy(n, "calls")[0] ?? "");
        values.set(n.name, nested ? this.#fused(nested, operandsOf(n, get), inside, n) : NONE);
      } else {
        const id = this.#node(n, operandsOf(n, get), find, fusion);
        inside.push(id);
        values.set(n.name, { nodes: [id] });
      }
    }
    return body.root ? get(body.root.name) : NONE;
  }
  #node(n: HloInstruction, inputs: readonly Value[], find: ReturnType<typeof finder>, fusion: HloInstruction | null): NodeId {
    const id = idOf(n);
    // What the compiler made has no place of its own: it counts to what it stands in.
    const placed = n.places.length ? n : (fusion ?? n);
    const from = this.lineage.of(n);
    const stack = this.lineage.stackOf(from[0]) ?? this.places.hloStack(placed.places);
    const regions = isControl(n) || n.op.startsWith("async") ? this.inner(n, id) : [];
    const constants = inputs.flatMap((v) => v.constant ?? []);
    const attributes = (n.op === "copy" && reordered(n, find)) || constants.join(", ");
    const name = n.op === "parameter" ? this.lineage.argument(parameterName(n)) : undefined;
    const kind: Category = n.op === "parameter" ? "input" : kindOf(n);
    const node: Node = {
      id,
      op: n.op === "custom-call" ? (/^"?([^"]*)/.exec(n.attributes.get("custom_call_target") ?? "")?.[1] ?? n.op) : n.op,
      category: kind,
      type: showShape(n.shape),
      inputs: [...new Set(inputs.flatMap((v) => v.nodes))],
      ...(name ? { name } : {}),
      ...(attributes ? { attributes } : {}),
      ...(regions.length ? { regions } : {}),
      scope: scopeOf(n.opName),
      ...(stack === undefined ? {} : { stack }),
      ...(from.length ? { from } : {}),
      flops: flopsOf(n, find),
      bytes: bytesOfShape(n.shape),
    };
    this.nodes.push({ node, instruction: n });
    return id;
  }
}
function operandsOf(n: HloInstruction, get: (name: string) => Value): readonly Value[] {
  return n.operands.map((o, i) => {
    const value = get(o);
    return (n.parts[i]! >= 0 && value.parts?.[n.parts[i]!]) || value;
  });
}
const allNodes = (v: Value | undefined): readonly NodeId[] => v?.nodes ?? [];
const isScalarConstant = (n: HloInstruction): boolean => n.op === "constant" && n.shape.kind === "array" && n.shape.dims.length === 0;
function finder(c: HloComputation): (name: string) => HloInstruction | undefined {
  const byName = new Map(c.instructions.map((n) => [n.name, n]));
  return (name) => byName.get(name);
}
/** Of a copy into another order: both orders. Nothing of one that only makes room. */
function reordered(n: HloInstruction, find: ReturnType<typeof finder>): string {
  const from = find(n.operands[0] ?? "")?.shape;
  const to = n.shape;
  if (from?.kind !== "array" || to.kind !== "array" || from.layout === undefined || to.layout === undefined || from.layout === to.layout) return "";
  return `{${from.layout}} to {${to.layout}}`;
}
/** An argument's own name stands in its metadata; parts of a loop's state have none. */
function parameterName(n: HloInstruction): string | undefined {
  if (n.attributes.has("index")) return undefined;
  return n.opName && !n.opName.includes("/") ? n.opName : undefined;
}
/** "jit(f)/layer1/tanh" without the program and the operation. */
function scopeOf(opName: string): string {
  const parts = opName.split("/");
  return parts.slice(/^jit\(/.test(parts[0] ?? "") ? 1 : 0, -1).join("/");
}
