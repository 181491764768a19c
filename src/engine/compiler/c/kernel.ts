// A scheduled kernel as a C function `i32 kernel(char *base, u32 frame, run_t run)`: offsets of its buffers from `base` stand in a list at `frame`, and `run` is the pool
// of threads that shares its loops out, or null: each loop that is shared is a function of its own. It returns 0, or 1 where a value needed a function of the library that C does not have: then the kernel has to be computed by WebAssembly.
// It follows the same schedule as WebAssembly's code, so that both give the same bits: a loop of lanes is carried out in vectors of the processor's own width,
// and sums fall into the same parts (lanes · copies of them), whatever that width is.
import { isFloat, itemsize } from "../../core/dtypes.ts";
import { type Acc, type Kernel, type Stmt, regOf } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import { type Carry, type LoopSchedule, type Schedule, scheduleKernel } from "../kernel/schedule.ts";
import { partBytes, partIndex, strideOf, varies } from "../kernel/strides.ts";
import { postOrder, roots } from "../kernel/walk.ts";
import type { Target, VectorWidth as Width } from "../target.ts";
import { prelude } from "./helpers.ts";
import { storeLanes, vectorType } from "./lanes.ts";
import { scalarOp, storeScalar } from "./scalars.ts";
import { type Split, splitLoops } from "./split.ts";
import { CText } from "./text.ts";
import { emitTile } from "./tile.ts";
import { type Gathered, Plain, type Total, fold, foldParts, gather, startParts, startTotal } from "./totals.ts";
import { Values, accumulator, counter, part, rareName } from "./values.ts";

type Loop = Stmt & { readonly kind: "loop" };
export interface CKernel {
  /** A whole file: nothing is included, the function is `kernel`. */
  readonly source: string;
  /** The function alone. */
  readonly text: string;
  /** Whether it may return 1. */
  readonly mayFail: boolean;
  /** Whether threads share any of its loops. */
  readonly isShared: boolean;
  /** Bytes that it needs `behind`. */
  readonly scratch: number;
}
/** The function of the JavaScript library that a kernel cannot do without, or null. */
export function neededFunction(k: Kernel): string | null {
  let fn: string | null = null;
  postOrder(roots(k.body), (e) => {
    if (e.kind === "call") fn = e.fn;
  });
  return fn;
}
/** What a kernel is written with besides its own statements. */
export interface Around {
  /** One of `NATIVE` where the kernel has tiles. */
  readonly target: Target;
  readonly width: Width;
  /** Where each buffer lies, as an expression of the list `at`. */
  readonly offsets: readonly string[];
  /** Where memory begins that nothing else uses, likewise; null: its loops are not shared. */
  readonly behind: string | null;
}
export function emitC(kernel: Kernel, { target, width, offsets, behind }: Around): CKernel {
  const schedule = scheduleKernel(kernel, target);
  const file: CFile = {
    schedule,
    width,
    lanes: target.parallelism.lanes,
    offsets,
    behind,
    helpers: new Set(),
    splits: behind === null ? new Map() : splitLoops(schedule),
    parts: [],
    mayFail: false,
    scratch: 0,
  };
  const e = new Emitter(file);
  e.block(kernel.body, 0);
  const whole = e.function("i32 kernel(char *base, u32 frame, run_t run)", ["const u32 *const at = (const u32 *)(base + frame);"]);
  const text = [...file.parts, whole].join("\n");
  const widths = ([4, 8, 16] as const).filter((w) => w <= width);
  const exported = `#if defined(_WIN32)\n__declspec(dllexport)\n#else\n__attribute__((visibility("default")))\n#endif\n`;
  const source = [prelude(file.helpers, widths), POOL_TYPES, ...file.parts, exported, whole].join("");
  return { source, text, mayFail: file.mayFail, isShared: file.parts.length > 0, scratch: file.scratch };
}
/** Part of a loop: its turns from … to; `outer` holds what it needs of the loops around it. */
const POOL_TYPES = `typedef i32 (*part_t)(char *base, const u32 *at, const i64 *outer, i64 from, i64 to);
typedef i32 (*run_t)(part_t part, char *base, const u32 *at, const i64 *outer, i64 n);
`;
/** Bytes of a result that is written past the caches. */
const LARGE = 2 ** 25;
/** What the functions of one file share. */
interface CFile {
  readonly schedule: Schedule;
  readonly width: Width;
  readonly lanes: number;
  readonly offsets: readonly string[];
  readonly behind: string | null;
  readonly helpers: Set<string>;
  readonly splits: ReadonlyMap<LoopVar, Split>;
  /** Functions of shared loops. */
  readonly parts: string[];
  mayFail: boolean;
  scratch: number;
}

class Emitter {
  readonly c: CText;
  readonly values: Values;
  readonly schedule: Schedule;
  readonly widest: Width;
  readonly lanes: number;
  /** Accumulators, declared at the function's beginning, and their types. */
  readonly variables = new Map<string, string>();
  /** In a loop of lanes: the accumulators that each copy of its body adds to. */
  #carried = new Map<Acc, readonly Total[]>();
  /** Where what the turns of a shared loop add is written down: by accumulator, an element of an array. */
  readonly #logs = new Map<Acc, string>();
  /** The loops around, and whether it has shared any. */
  readonly #around: LoopVar[];
  #shares = false;
  /** Lanes of a copy, where lanes are scalars. */
  #apart = 1;
  #streams = false;
  #isPart = false;
  constructor(
    readonly file: CFile,
    around: readonly LoopVar[] = [],
    level = 0,
  ) {
    this.c = new CText(file.helpers, level);
    this.schedule = file.schedule;
    this.widest = file.width;
    this.lanes = file.lanes;
    this.values = new Values(this.c, file.schedule);
    this.#around = [...around];
  }
  /**
   * What has been written, as a function.
   * @param first lines before all others
   * @param own buffers that lie in the function itself
   */
  function(head: string, first: readonly string[], own: readonly number[] = []): string {
    const { c, values, file } = this;
    const rare = [...values.rare];
    for (const w of rare) c.declare(w === null ? `i32 ${rareName(w)} = 0;` : `i32x${w} ${rareName(w)} = {0};`);
    if (this.#shares) c.declare("i32 failed = 0;");
    for (const [name, type] of this.variables) c.declare(`${type} ${name};`);
    file.schedule.kernel.buffers.forEach((b, i) =>
      own.includes(i)
        ? c.declare(`char b${i}[${b.size * itemsize(b.dtype)}] __attribute__((aligned(64)));`)
        : c.declare(`char *const b${i} = base + ${file.offsets[i]};`),
    );
    if (this.#streams) c.line(`${c.call("fence")};`);
    const failed = rare.map((w) => (w === null ? `(${rareName(w)} != 0)` : c.call(`any_i32x${w}`, rareName(w))));
    if (failed.length > 0) file.mayFail = true;
    const result = [...failed, ...(this.#shares ? ["failed"] : [])].join(" | ") || "0";
    return [`${head} {`, ...[...first, ...c.root.lines, `return ${result};`].map((l) => `  ${l}`), "}\n"].join("\n");
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
        if (values.apart)
          return this.#eachLane(copy, (lane) => {
            const name = part(s.acc.id, lane);
            this.variables.set(name, regOf(s.acc.dtype));
            c.line(`${name} = ${values.scalar(s.value, lane)};`);
          });
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
    if (v && !values.apart && strideOf(index, v) === 1) {
      const value = values.lanes(s.value, copy);
      if (this.#isStreamed(s)) {
        this.#streams = true;
        return c.line(`${c.call(`stream_f32x${width}`, this.#address(s, size, copy * width), `(f32x${width})${value}`)};`);
      }
      return c.line(storeLanes(c, s.stored, this.#address(s, size, copy * width), value, width));
    }
    const lanes = values.apart ? this.#apart : width;
    for (let k = 0; k < (v && varies(index, v) ? lanes : 1); k++) {
      const lane = v ? copy * lanes + k : 0;
      const value = values.scalar(s.value, lane);
      c.line(storeScalar(c, s.stored, this.#address(s, size, lane), value));
    }
  }
  /** Whether what is stored is so large that no cache holds it until it is read: then its lines are not read before they are written. */
  #isStreamed(s: Stmt & { readonly kind: "store" }): boolean {
    const { role, size } = this.schedule.kernel.buffers[s.buffer]!;
    return role === "out" && itemsize(s.stored) === 4 && 4 * size >= LARGE && this.file.behind !== null && this.#isPart && this.#around.length === 1;
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
      const log = this.#logs.get(acc);
      if (log !== undefined) return c.line(`${log} = ${values.scalar(s.value)};`);
      const total = this.#accumulator(acc, null);
      const value = values.scalar(s.value);
      return c.line(`${total} = ${scalarOp(c, op, acc.dtype, [total, value])};`);
    }
    if (values.apart)
      return this.#eachLane(copy, (lane) => {
        const total = part(acc.id, lane);
        c.line(`${total} = ${scalarOp(c, op, acc.dtype, [total, values.scalar(s.value, lane)])};`);
      });
    const value = values.lanes(s.value, copy);
    (this.#carried.get(acc)?.[copy] ?? new Plain(c, acc, op, this.#accumulator(acc, values.width), values.width)).add(value);
  }

  // ---- loops
  #loop(s: Loop): void {
    if (s.v.extent === 0) return;
    const plan = this.schedule.loops.get(s.v);
    this.#around.push(s.v);
    if (plan?.kind === "lanes" && plan.lanes < this.lanes) this.#wideLoop(s, plan);
    else if (plan?.kind === "lanes") this.#laneLoop(s, plan);
    else {
      const split = this.#splitOf(s.v);
      const body = (e: Emitter): void => e.block(s.body, 0);
      if (split) this.#shared(s.v, 0, s.v.extent, 1, split, body);
      else this.#range(s.v, 0, s.v.extent, 1, () => body(this));
    }
    this.#around.pop();
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
    const turn =
      (w: Width, n: number) =>
      (e: Emitter): void => {
        const before = e.values.width;
        e.values.width = w;
        e.values.vector = v;
        for (let copy = 0; copy < n; copy++) e.block(s.body, copy);
        e.values.vector = null;
        e.values.width = before;
      };
    const run = (start: number, to: number, w: Width, n: number, totals: (carry: Carry) => readonly Total[]): void => {
      if (to <= start) return;
      this.#carried = new Map([...outer, ...plan.carries.map((carry): [Acc, readonly Total[]] => [carry.acc, totals(carry)])]);
      this.#range(v, start, to, w * n, () => turn(w, n)(this));
    };
    const starts = (carry: Carry, w: Width, n: number): Total[] => Array.from({ length: n }, () => startTotal(c, carry, w));
    const wide = new Map<Acc, readonly Total[]>();
    const narrow = new Map<Acc, Total>();
    const split = main > 0 ? this.#splitOf(v) : undefined;
    if (split) this.#shared(v, 0, main, width * copies, split, turn(width, copies));
    else
      run(0, main, width, copies, (carry) => {
        const totals = starts(carry, width, copies);
        wide.set(carry.acc, totals);
        return totals;
      });
    // Sums that are told apart go on in the first four parts.
    const gathered = new Map(plan.carries.map(({ acc }): [Acc, Gathered | null] => [acc, gather(c, acc, wide.get(acc))]));
    run(main, end, 4, 1, (carry) => {
      const total = startTotal(c, carry, 4);
      const spilled = gathered.get(carry.acc);
      if (spilled && total instanceof Plain) c.line(`${total.name} = *(const ${vectorType(carry.acc.dtype, 4)}_u *)${spilled.name};`);
      narrow.set(carry.acc, total);
      return [total];
    });
    this.#carried = outer;
    for (const carry of plan.carries) fold(c, carry, this.#accumulator(carry.acc, null), gathered.get(carry.acc) ?? null, narrow.get(carry.acc));
    this.#range(v, end, v.extent, 1, () => this.block(s.body, 0));
  }
  /** A loop of lanes whose elements fill two of them, lane by lane: vectors are left to the compiler, sums fall into WebAssembly's parts and are folded in its order. */
  #wideLoop(s: Loop, { lanes, unroll, carries }: LoopSchedule): void {
    const { v } = s;
    const { c, values } = this;
    if (carries.length === 0) {
      const split = this.#splitOf(v);
      if (split) this.#shared(v, 0, v.extent, 1, split, (e) => e.block(s.body, 0));
      else this.#range(v, 0, v.extent, 1, () => this.block(s.body, 0));
      return;
    }
    const parts = lanes * unroll;
    const main = v.extent - (v.extent % parts);
    const end = v.extent - (v.extent % lanes);
    for (const carry of carries) for (const [name, type] of startParts(c, carry, parts)) this.variables.set(name, type);
    const turn = (copies: number) => (): void => {
      values.vector = v;
      values.apart = true;
      this.#apart = lanes;
      for (let copy = 0; copy < copies; copy++) this.block(s.body, copy);
      values.apart = false;
      values.vector = null;
    };
    this.#range(v, 0, main, parts, turn(unroll));
    this.#range(v, main, end, lanes, turn(1));
    for (const carry of carries) foldParts(c, carry, this.#accumulator(carry.acc, null), lanes, unroll);
    this.#range(v, end, v.extent, 1, () => this.block(s.body, 0));
  }
  /** What is done in each lane of a copy, where lanes are scalars. */
  #eachLane(copy: number, write: (lane: number) => void): void {
    for (let k = 0; k < this.#apart; k++) write(copy * this.#apart + k);
  }
  /** How a loop is shared: of a function that threads run nothing is. */
  #splitOf(v: LoopVar): Split | undefined {
    return this.#isPart ? undefined : this.file.splits.get(v);
  }
  /** A loop as a function of its own, which the pool calls for parts of it; what its turns have added is added up afterwards, in order. */
  #shared(v: LoopVar, start: number, end: number, step: number, split: Split, body: (e: Emitter) => void): void {
    const { c, file } = this;
    const part = new Emitter(file, this.#around, v.depth - 1);
    part.#isPart = true;
    const name = `part${file.parts.length}`;
    const turns = Math.ceil((end - start) / step);
    const i = counter(v);
    const logs = split.carries.map(({ acc, op }) => {
      const at = `base + ${file.behind} + ${file.scratch}u`;
      const type = regOf(acc.dtype);
      file.scratch += Math.ceil((turns * 8) / 64) * 64;
      part.#logs.set(acc, `((${type} *)(${at}))[${i}]`);
      return { acc, op, at: `((const ${type} *)(${at}))` };
    });
    part.c.nest(`for (i64 ${i} = ${start} + from * ${step}; ${i} < ${start} + to * ${step}; ${i} += ${step})`, v.depth, () => body(part));
    // What the loop needs of around it: counters, and accumulators that are set before it.
    const slots = [
      ...this.#around.filter((w) => w !== v).map((w) => ({ type: "i64", name: counter(w) })),
      ...split.reads.map((acc) => ({ type: regOf(acc.dtype), name: this.#accumulator(acc, null) })),
    ];
    const first = slots.map(({ type, name: n }, k) => `const ${type} ${n} = *(const ${type} *)(outer + ${k});`);
    file.parts.push(part.function(`static i32 ${name}(char *base, const u32 *at, const i64 *outer, i64 from, i64 to)`, first, split.own));
    this.#shares = true;
    c.when("", () => {
      c.line(`i64 outer[${Math.max(1, slots.length)}];`);
      slots.forEach(({ type, name: n }, k) => c.line(`*(${type} *)(outer + ${k}) = ${n};`));
      c.line(`failed |= run ? run(${name}, base, at, outer, ${turns}) : ${name}(base, at, outer, 0, ${turns});`);
    });
    for (const { acc, op, at } of logs) {
      const total = this.#accumulator(acc, null);
      c.line(`for (i64 ${i} = 0; ${i} < ${turns}; ${i}++) ${total} = ${scalarOp(c, op, acc.dtype, [total, `${at}[${i}]`])};`);
    }
  }
  #widthFor(extent: number): Width {
    for (const w of [16, 8] as const) if (w <= this.widest && w <= extent) return w;
    return 4;
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
