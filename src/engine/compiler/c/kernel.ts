// A scheduled kernel as a C function `i32 kernel(char *base, u32 frame)`: offsets of its buffers from `base` stand in a list at `frame`.
// It returns 0, or 1 where a value needed a function of the library that C does not have: then the kernel has to be computed by WebAssembly.
// It follows the same schedule as WebAssembly's code, so that both give the same bits: a loop of lanes is carried out in vectors of the processor's own width,
// and sums fall into the same parts (lanes · copies of them), whatever that width is.
import { isFloat } from "../../core/dtypes.ts";
import { neutral } from "../../core/neutral.ts";
import { type Acc, type Kernel, type Stmt, regOf } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import { type Carry, type LoopSchedule, type Schedule, scheduleKernel } from "../kernel/schedule.ts";
import { partBytes, partIndex, strideOf, varies } from "../kernel/strides.ts";
import { postOrder, roots } from "../kernel/walk.ts";
import type { Target, VectorWidth as Width } from "../target.ts";
import { prelude } from "./helpers.ts";
import { laneOp, splatConstant, storeLanes, vectorType } from "./lanes.ts";
import { scalarOp, storeScalar } from "./scalars.ts";
import { CText } from "./text.ts";
import { emitTile } from "./tile.ts";
import { Values, accumulator, counter, rareName } from "./values.ts";

type Loop = Stmt & { readonly kind: "loop" };
export interface CKernel {
  /** A whole file: nothing is included, the function is `kernel`. */
  readonly source: string;
  /** The function alone. */
  readonly text: string;
  /** Whether it may return 1. */
  readonly mayFail: boolean;
}
/** The function of the JavaScript library that a kernel cannot do without, or null. */
export function neededFunction(k: Kernel): string | null {
  let fn: string | null = null;
  postOrder(roots(k.body), (e) => {
    if (e.kind === "call") fn = e.fn;
  });
  return fn;
}
/**
 * @param target one of `NATIVE` where the kernel has tiles: their columns are whole vectors
 * @param offsets of each buffer, as an expression of the list `at`
 */
export function emitC(kernel: Kernel, target: Target, width: Width, offsets: readonly string[] = kernel.buffers.map((_b, i) => `at[${i}]`)): CKernel {
  const schedule = scheduleKernel(kernel, target);
  const c = new CText();
  const e = new Emitter(c, schedule, width, target.parallelism.lanes);
  e.block(kernel.body, 0);
  const rare = [...e.values.rare];
  for (const w of rare) c.declare(w === null ? `i32 ${rareName(w)} = 0;` : `i32x${w} ${rareName(w)} = {0};`);
  for (const [name, type] of e.variables) c.declare(`${type} ${name};`);
  kernel.buffers.forEach((_b, i) => c.declare(`char *const b${i} = base + ${offsets[i]};`));
  const failed = rare.map((w) => (w === null ? `(${rareName(w)} != 0)` : c.call(`any_i32x${w}`, rareName(w)))).join(" | ");
  const text = [
    "i32 kernel(char *base, u32 frame) {",
    "  const u32 *const at = (const u32 *)(base + frame);",
    ...c.root.lines.map((l) => `  ${l}`),
    `  return ${failed || "0"};`,
    "}\n",
  ].join("\n");
  const widths = ([4, 8, 16] as const).filter((w) => w <= width);
  const exported = `#if defined(_WIN32)\n__declspec(dllexport)\n#else\n__attribute__((visibility("default")))\n#endif\n`;
  return { source: `${prelude(c.helpers, widths)}${exported}${text}`, text, mayFail: rare.length > 0 };
}

class Emitter {
  readonly values: Values;
  /** Accumulators, declared at the function's beginning, and their types. */
  readonly variables = new Map<string, string>();
  /** In a loop of lanes: the accumulators that each copy of its body adds to. */
  #carried = new Map<Acc, readonly Total[]>();
  constructor(
    readonly c: CText,
    readonly schedule: Schedule,
    readonly widest: Width,
    readonly lanes: number,
  ) {
    this.values = new Values(c, schedule);
  }
  #accumulator(acc: Acc, width: Width | null): string {
    const name = accumulator(acc.id, width);
    this.variables.set(name, width === null ? regOf(acc.dtype) : vectorType(acc.dtype, width));
    return name;
  }
  /** @param copy which copy of the body of a loop of lanes this is */
  block(stmts: readonly Stmt[], copy: number): void {
    for (const s of stmts) this.#stmt(s, copy);
  }
  #stmt(s: Stmt, copy: number): void {
    const { c, values } = this;
    switch (s.kind) {
      case "loop":
        return this.#loop(s);
      case "store":
        return this.#store(s, copy);
      case "set": {
        const inLanes = values.vector !== null;
        const value = inLanes ? values.lanes(s.value, copy) : values.scalar(s.value);
        return c.line(`${this.#accumulator(s.acc, inLanes ? values.width : null)} = ${value};`);
      }
      case "reduce":
        return this.#reduce(s, copy);
      case "if":
        return c.when(`if (${values.scalar(s.cond)})`, () => this.block(s.body, copy));
      case "copy":
        return c.line(`__builtin_memmove(b${s.to}, b${s.from}, ${s.bytes});`);
      case "fold":
        throw new Error("folds are for grids");
      case "tile":
        return emitTile(
          c,
          values.address(s.a, s.aIndex, 4, 0),
          values.address(s.b, s.bIndex, 4, 0),
          values.address(s.out, s.outIndex, 4, 0),
          s,
          this.widest,
        );
      default:
        s satisfies never;
    }
  }
  #store(s: Stmt & { readonly kind: "store" }, copy: number): void {
    const { c, values } = this;
    const index = partIndex(s);
    const size = partBytes(s.stored);
    const v = values.vector;
    const { width } = values;
    if (v && strideOf(index, v) === 1) {
      const value = values.lanes(s.value, copy);
      return c.line(storeLanes(c, s.stored, this.#address(s, size, copy * width), value, width));
    }
    for (let k = 0; k < (v && varies(index, v) ? width : 1); k++) {
      const lane = v ? copy * width + k : 0;
      const value = values.scalar(s.value, lane);
      c.line(storeScalar(c, s.stored, this.#address(s, size, lane), value));
    }
  }
  #address(s: Stmt & { readonly kind: "store" }, size: number, lane: number): string {
    // Computed parts of the index are made before the address that adds them up.
    for (const t of s.index.terms) if (t.atom.kind === "value") this.values.scalar(t.atom.expr, lane);
    return this.values.address(s.buffer, partIndex(s), size, lane);
  }
  #reduce(s: Stmt & { readonly kind: "reduce" }, copy: number): void {
    const { c, values } = this;
    const { acc, op } = s;
    if (!values.vector) {
      const total = this.#accumulator(acc, null);
      const value = values.scalar(s.value);
      return c.line(`${total} = ${scalarOp(c, op, acc.dtype, [total, value])};`);
    }
    const value = values.lanes(s.value, copy);
    (this.#carried.get(acc)?.[copy] ?? new Plain(c, acc, op, this.#accumulator(acc, values.width), values.width)).add(value);
  }

  // ---- loops
  #loop(s: Loop): void {
    if (s.v.extent === 0) return;
    const plan = this.schedule.loops.get(s.v);
    if (plan?.kind === "lanes") this.#laneLoop(s, plan);
    else this.#range(s.v, 0, s.v.extent, 1, () => this.block(s.body, 0));
  }
  /** Whole groups of copies of the widest vectors, then vectors of four, then what is left one by one. */
  #laneLoop(s: Loop, plan: LoopSchedule): void {
    const { v } = s;
    const { c } = this;
    // Parts that a sum falls into: those of WebAssembly's code, where rounding tells them apart.
    const parts = plan.carries.some(isRounded) ? this.lanes * plan.unroll : Infinity;
    const width = this.#widthFor(Math.min(parts, v.extent));
    const copies = parts < Infinity ? parts / width : plan.carries.length && v.extent >= width * plan.unroll ? plan.unroll : 1;
    const main = v.extent - (v.extent % (width * copies));
    const end = v.extent - (v.extent % 4);
    const outer = this.#carried;
    const run = (start: number, to: number, w: Width, n: number, totals: (carry: Carry) => readonly Total[]): void => {
      if (to <= start) return;
      this.#carried = new Map([...outer, ...plan.carries.map((carry): [Acc, readonly Total[]] => [carry.acc, totals(carry)])]);
      const before = this.values.width;
      this.values.width = w;
      this.#range(v, start, to, w * n, () => {
        this.values.vector = v;
        for (let copy = 0; copy < n; copy++) this.block(s.body, copy);
        this.values.vector = null;
      });
      this.values.width = before;
    };
    const starts = (carry: Carry, w: Width, n: number): Total[] => Array.from({ length: n }, () => startTotal(c, carry, w));
    const wide = new Map<Acc, readonly Total[]>();
    const narrow = new Map<Acc, Total>();
    run(0, main, width, copies, (carry) => {
      const totals = starts(carry, width, copies);
      wide.set(carry.acc, totals);
      return totals;
    });
    // Sums that are told apart go on in the first four parts.
    const gathered = new Map(plan.carries.map(({ acc }): [Acc, Gathered | null] => [acc, this.#gather(acc, wide.get(acc))]));
    run(main, end, 4, 1, (carry) => {
      const total = startTotal(c, carry, 4);
      const spilled = gathered.get(carry.acc);
      if (spilled && total instanceof Plain) c.line(`${total.name} = *(const ${vectorType(carry.acc.dtype, 4)}_u *)${spilled.name};`);
      narrow.set(carry.acc, total);
      return [total];
    });
    this.#carried = outer;
    for (const carry of plan.carries) this.#fold(carry, gathered.get(carry.acc) ?? null, narrow.get(carry.acc));
    this.#range(v, end, v.extent, 1, () => this.block(s.body, 0));
  }
  #widthFor(extent: number): Width {
    for (const w of [16, 8] as const) if (w <= this.widest && w <= extent) return w;
    return 4;
  }
  /** Writes what copies have gathered into an array, copy after copy. */
  #gather(acc: Acc, totals: readonly Total[] | undefined): Gathered | null {
    if (!totals?.length) return null;
    const { c } = this;
    const w = totals[0]!.width;
    const name = c.name("parts");
    const [first, ...others] = totals;
    // The order of maxima does not show: one vector of them is left.
    if (first instanceof Extreme) for (const o of others) if (o instanceof Extreme) first.join(o);
    const left = first instanceof Extreme ? [first] : totals;
    c.line(`${regOf(acc.dtype)} ${name}[${w * left.length}];`);
    left.forEach((t, i) => c.line(`*(${vectorType(acc.dtype, w)}_u *)(${name} + ${i * w}) = ${t.read()};`));
    return { name, count: w * left.length };
  }
  /** Adds what has been gathered to the accumulator: the parts by fours, then the four. */
  #fold({ acc, op }: Carry, parts: Gathered | null, narrow: Total | undefined): void {
    const { c } = this;
    const type = vectorType(acc.dtype, 4);
    const fours: string[] = [];
    for (let i = 0; parts !== null && i < parts.count; i += 4) fours.push(`*(const ${type}_u *)(${parts.name} + ${i})`);
    // A sum's first part has gone on in `narrow`; what else it has gathered is one more.
    if (narrow instanceof Plain && parts !== null) fours[0] = narrow.read();
    else if (narrow) fours.push(narrow.read());
    const [first, ...rest] = fours;
    if (!first) return;
    let all = c.define(type, first);
    for (const x of rest) all = c.define(type, laneOp(c, op, acc.dtype, [all, c.define(type, x)], null, 4));
    const total = this.#accumulator(acc, null);
    for (let k = 0; k < 4; k++) {
      const x = acc.dtype === "bool" ? `(${all}[${k}] & 1)` : `${all}[${k}]`;
      c.line(`${total} = ${scalarOp(c, op, acc.dtype, [total, x])};`);
    }
  }
  /** for (v = start; v < end; v += step) */
  #range(v: LoopVar, start: number, end: number, step: number, body: () => void): void {
    if (end <= start) return;
    const i = counter(v);
    if (end - start <= step)
      return this.c.nest("", v.depth, () => {
        this.c.line(`const i64 ${i} = ${start};`);
        body();
      });
    this.c.nest(`for (i64 ${i} = ${start}; ${i} < ${end}; ${i} += ${step})`, v.depth, body);
  }
}
/** Whether the order of what is added shows in the result. */
const isRounded = ({ acc, op }: Carry): boolean => isFloat(acc.dtype) && (op === "add" || op === "mul");

/** An array of what has been gathered, by its name. */
interface Gathered {
  readonly name: string;
  readonly count: number;
}
/** What a copy of a loop's body gathers in lanes. */
interface Total {
  readonly width: Width;
  add(x: string): void;
  read(): string;
}
class Plain implements Total {
  constructor(
    readonly c: CText,
    readonly acc: Acc,
    readonly op: Carry["op"],
    readonly name: string,
    readonly width: Width,
  ) {}
  add(x: string): void {
    this.c.line(`${this.name} = ${laneOp(this.c, this.op, this.acc.dtype, [this.name, x], null, this.width)};`);
  }
  read(): string {
    return this.name;
  }
}
/** The largest or the least of floats, as wasm/extremes.ts gathers it: NaN and the signs of zeros are kept beside it, and looked at once. */
class Extreme implements Total {
  readonly #value: string;
  readonly #nan: string;
  readonly #signs: string;
  constructor(
    readonly c: CText,
    readonly op: "max" | "min",
    start: string,
    readonly width: Width,
  ) {
    const variable = (type: string, value: string): string => {
      const name = c.name("m");
      c.line(`${type} ${name} = ${value};`);
      return name;
    };
    this.#value = variable(`f32x${width}`, start);
    this.#nan = variable(`i32x${width}`, "{0}");
    this.#signs = variable(`i32x${width}`, op === "max" ? splatConstant(c, -1, "int32", width) : "{0}");
  }
  add(x: string): void {
    const { c, width } = this;
    c.line(`${this.#nan} |= (i32x${width})(${x} != ${x});`);
    c.line(`${this.#signs} ${this.op === "max" ? "&" : "|"}= (i32x${width})${x};`);
    c.line(`${this.#value} = ${c.call(`p${this.op}_f32x${width}`, this.#value, x)};`);
  }
  /** Takes in what another copy has gathered; its NaN are noted beside its values. */
  join(o: Extreme): void {
    const { c } = this;
    c.line(`${this.#nan} |= ${o.#nan};`);
    c.line(`${this.#signs} ${this.op === "max" ? "&" : "|"}= ${o.#signs};`);
    c.line(`${this.#value} = ${c.call(`p${this.op}_f32x${this.width}`, this.#value, o.#value)};`);
  }
  read(): string {
    const { c, width } = this;
    const zero = c.define(`f32x${width}`, `(f32x${width})(${this.#signs} & ${splatConstant(c, -0x80000000, "int32", width)})`);
    const signed = c.call(`select_f32x${width}`, `(i32x${width})(${this.#value} == 0.0f)`, zero, this.#value);
    return `(f32x${width})((i32x${width})${signed} | ${this.#nan})`;
  }
}
function startTotal(c: CText, { acc, op }: Carry, width: Width): Total {
  const start = splatConstant(c, neutral(op, acc.dtype), acc.dtype, width);
  if ((op === "max" || op === "min") && vectorType(acc.dtype, width) === `f32x${width}`) return new Extreme(c, op, start, width);
  const name = c.name("s");
  c.line(`${vectorType(acc.dtype, width)} ${name} = ${start};`);
  return new Plain(c, acc, op, name, width);
}
