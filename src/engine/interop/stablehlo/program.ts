// StableHLO's syntax → a jaxpr: every operation is said with our primitives while a trace writes them down, under the line and the scopes that
// its location names. So the program compiles, is differentiated and batched like any other.
import { ShapedArray } from "../../core/aval.ts";
import { JitLensError } from "../../core/errors.ts";
import { ClosedJaxpr } from "../../core/jaxpr.ts";
import { convertConstsToInputs, stage } from "../../core/staging.ts";
import { bind, withSource } from "../../core/trace.ts";
import type { Value } from "../../core/value.ts";
import { jitCall } from "../../transforms/jitPrimitive.ts";
import { SymbolRef } from "./attributes.ts";
import { Sources } from "./locations.ts";
import { ROWS, targetOf } from "./ops/index.ts";
import { Call, type Staged } from "./row.ts";
import { StableHLOError } from "./scanner.ts";
import { type Block, type FunctionText, type ModuleText, type Operation, tensors } from "./syntax.ts";

/** The values of a region by name; a region sees those around it. */
class Scope {
  readonly #values = new Map<string, Value | null>();
  constructor(private readonly outer: Scope | null = null) {}
  set(name: string, value: Value | null): void {
    this.#values.set(name, value);
  }
  /** Undefined where the name stands for nothing; null for a token. */
  get(name: string): Value | null | undefined {
    const own = this.#values.get(name);
    // `%3#0` of a single result is `%3`.
    return own !== undefined ? own : (this.outer?.get(name) ?? (name.endsWith("#0") ? this.get(name.slice(0, -2)) : undefined));
  }
}
export class Program {
  readonly #sources: Sources;
  readonly #functions = new Map<string, ClosedJaxpr | "begun">();
  constructor(private readonly module: ModuleText) {
    needKnown(module);
    this.#sources = new Sources(module.locations);
  }
  /** The function that is called from outside: `main`, or the only public one. */
  get main(): FunctionText {
    const all = [...this.module.functions.values()];
    const found = this.module.functions.get("main") ?? all.find((f) => f.isPublic) ?? (all.length === 1 ? all[0] : undefined);
    return found ?? noMain(all);
  }
  /** A function as a program, staged once. */
  closed(f: FunctionText, name = f.name): ClosedJaxpr {
    const known = this.#functions.get(f.name);
    if (known === "begun") throw new StableHLOError(`StableHLO text, line ${f.line}: @${f.name} calls itself; expected functions that end`);
    if (known) return known;
    this.#functions.set(f.name, "begun");
    const closed = stage((...args) => this.#run(f.body, args, null), tensors(f.parameters.map((p) => p.type)), name);
    this.#functions.set(f.name, closed);
    return closed;
  }
  #call(name: string, args: readonly Value[], line: number): readonly Value[] {
    const f = this.module.functions.get(name);
    if (!f)
      throw new StableHLOError(
        `StableHLO text, line ${line}: the function @${name} is called, the module has ${[...this.module.functions.keys()].map((n) => `@${n}`).join(", ")}`,
      );
    const jaxpr = this.closed(f);
    return bind(jitCall, args, { name, jaxpr, donatedInvars: args.map(() => false), inline: false });
  }
  /** Runs a block under the current trace, and gives what it returns. */
  #run(block: Block, args: readonly Value[], outer: Scope | null): readonly Value[] {
    const scope = new Scope(outer);
    let next = 0;
    for (const p of block.parameters) scope.set(p.name, p.type === null ? null : args[next++]!);
    for (const op of block.operations) {
      const ins = op.operands.map((name) => {
        const v = scope.get(name);
        if (v === undefined) throw new StableHLOError(`StableHLO text, line ${op.line}: the value ${name} is not defined before it is used`);
        return v;
      });
      const values = ins.filter((v): v is Value => v !== null);
      if (isReturn(op)) return values;
      const outs = withSource(this.#sources.of(op.location), () => this.#apply(op, values, block, scope));
      let at = 0;
      op.results.forEach((name, i) => scope.set(name, op.gives[i] === null ? null : outs[at++]!));
    }
    throw new StableHLOError("StableHLO text: a block does not end with a return");
  }
  #apply(op: Operation, ins: readonly Value[], block: Block, scope: Scope): readonly Value[] {
    const c = new Call(
      op,
      (region, avals) => this.#stage(region, scope, avals),
      (name, args) => this.#call(name, args, op.line),
      (value, axis) => countsAlong(block, value, axis),
    );
    let outs: readonly Value[];
    try {
      outs = [ROWS[op.name]!(ins, c)].flat();
    } catch (e) {
      if (e instanceof JitLensError && !(e instanceof StableHLOError)) return c.fail(`cannot be said with our operations: ${e.message}`);
      throw e;
    }
    const want = tensors(op.gives);
    const show = (avals: readonly ShapedArray[]): string => avals.map((a) => a.strengthen().toString()).join(", ");
    const got = outs.slice(0, want.length).map((v) => v.aval);
    if (show(got) !== show(want)) c.fail(`gives ${show(got) || "nothing"}, the text says ${show(want)}`);
    return outs;
  }
  #stage(region: Block, scope: Scope, avals: readonly ShapedArray[] = tensors(region.parameters.map((p) => p.type))): Staged {
    const closed = stage((...args) => this.#run(region, args, scope), avals);
    const open = convertConstsToInputs(closed);
    return { jaxpr: new ClosedJaxpr(open.jaxpr, []), consts: open.consts };
  }
}
const isReturn = (op: Operation): boolean => /(?:^|\.)return$/.test(op.name);
function noMain(all: readonly FunctionText[]): never {
  throw new StableHLOError(`StableHLO text: the module has ${all.map((f) => `@${f.name}`).join(", ")}, expected a function @main`);
}
/** Whether a value of a block is `iota` along an axis. */
function countsAlong(block: Block, value: string, axis: number): boolean {
  const op = block.operations.find((o) => o.results.includes(value));
  if (op?.name === "iota") return Number(op.attributes.get("iota_dimension")) === axis;
  if (op?.name !== "broadcast_in_dim") return false;
  const dims = op.attributes.get("broadcast_dimensions");
  const from = Array.isArray(dims) ? dims.indexOf(axis) : -1;
  return from >= 0 && countsAlong(block, op.operands[0]!, from);
}
/** All operations of a module, those in regions too. */
function* operationsOf(block: Block): Generator<Operation> {
  for (const op of block.operations) {
    yield op;
    for (const r of op.regions) yield* operationsOf(r);
  }
}
/** Names every operation that has no row, with the first line of each. */
function needKnown(module: ModuleText): void {
  const unknown = new Map<string, number>();
  for (const f of module.functions.values())
    for (const op of operationsOf(f.body)) {
      const callee = op.attributes.get("callee");
      const target = op.name === "custom_call" && callee instanceof SymbolRef ? callee.name : null;
      const known = target === null ? op.name in ROWS || isReturn(op) : targetOf(target) !== undefined;
      const name = target === null ? (op.name.includes(".") ? op.name : `stablehlo.${op.name}`) : `custom_call @${target}`;
      if (!known && !unknown.has(name)) unknown.set(name, op.line);
    }
  if (unknown.size)
    throw new StableHLOError(
      `StableHLO text: ${unknown.size === 1 ? "this operation is" : "these operations are"} not read yet: ${[...unknown].map(([name, line]) => `${name} (line ${line})`).join(", ")}`,
    );
}
