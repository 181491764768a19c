// Kernel IR → WebAssembly. Values are hoisted to the outermost loop they depend on; one loop of a nest runs four lanes at a time.
import { type DType, isComplex, isUnsigned, itemsize, realPart } from "../../core/dtypes.ts";
import {
  type Acc,
  type BufferId,
  type Expr,
  type Kernel,
  type ReduceOp,
  type Stmt,
  childrenOf,
  dependence,
  indexValues,
  regOf,
} from "../kernel/ir.ts";
import { type Atom, type Ix, type LoopVar, sum } from "../kernel/ix.ts";
import { neutral } from "../../core/neutral.ts";
import { Bytes, type ModuleBuilder, type ValType } from "./encoder.ts";
import { OP, type OpName, writeOp } from "./opcodes.ts";
import { emitCast, emitScalarOp, emitScalarLoad, emitScalarStore } from "./scalarCode.ts";
import { emitTile } from "./tile.ts";
import { laneType, vectorInstruction, vectorShift } from "./scalarOps.ts";

type Scope = { readonly depth: number; readonly cache: Map<string, number> };
const LANES = 4;

/** Emits one kernel as a function whose parameters are the addresses of its buffers. */
export class KernelEmitter {
  readonly b = new Bytes();
  readonly #locals: ValType[] = [];
  readonly #scopes: Scope[] = [{ depth: 0, cache: new Map() }];
  readonly #loopLocals = new Map<LoopVar, number>();
  readonly #accLocals = new Map<string, number>();
  readonly #uses = new Map<number, number>();
  readonly #simd = new Map<string, boolean>();
  /** The loop whose iterations run in lanes, while inside it. */
  #vec: LoopVar | null = null;
  #horizontal = new Map<number, number>();

  constructor(
    readonly kernel: Kernel,
    readonly module: ModuleBuilder,
  ) {
    this.#countUses(kernel.body);
  }

  /** Adds the function to the module and gives its index. */
  emit(exported: string | null): number {
    this.#block(this.kernel.body);
    return this.module.add(
      this.kernel.buffers.map(() => "i32" as const),
      [],
      this.#locals,
      this.b,
      exported,
    );
  }

  // ---- small helpers, also used by scalarCode.ts and tile.ts
  op(name: OpName): this {
    writeOp(this.b, name);
    return this;
  }
  get(local: number): this {
    this.b.u8(OP.local_get).u32(local);
    return this;
  }
  set(local: number): this {
    this.b.u8(OP.local_set).u32(local);
    return this;
  }
  tee(local: number): this {
    this.b.u8(OP.local_tee).u32(local);
    return this;
  }
  i32(v: number): this {
    this.b.u8(OP.i32_const).s32(v);
    return this;
  }
  local(t: ValType): number {
    this.#locals.push(t);
    return this.kernel.buffers.length + this.#locals.length - 1;
  }
  memory(op: OpName, offset: number, align = 0): this {
    writeOp(this.b, op);
    this.b.u32(align).u32(offset);
    return this;
  }
  callMath(fn: string, args: number): this {
    this.b.u8(OP.call).u32(this.module.import("math", fn, Array<ValType>(args).fill("f64"), ["f64"]));
    return this;
  }
  pointer(buffer: BufferId): number {
    return buffer;
  }

  // ---- caching
  #lookup(key: string): number | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const l = this.#scopes[i]!.cache.get(key);
      if (l !== undefined) return l;
    }
    return undefined;
  }
  #remember(key: string, t: ValType): void {
    const l = this.local(t);
    this.tee(l);
    this.#scopes.at(-1)!.cache.set(key, l);
  }
  #scoped(depth: number, body: () => void): void {
    this.#scopes.push({ depth, cache: new Map() });
    body();
    this.#scopes.pop();
  }
  #countUses(stmts: readonly Stmt[]): void {
    const visit = (e: Expr): void => {
      const n = (this.#uses.get(e.id) ?? 0) + 1;
      this.#uses.set(e.id, n);
      if (n === 1) childrenOf(e).forEach(visit);
    };
    forEachExpr(stmts, visit);
  }

  // ---- statements
  #block(stmts: readonly Stmt[]): void {
    for (const s of stmts) this.#stmt(s);
  }
  #stmt(s: Stmt): void {
    switch (s.kind) {
      case "loop":
        this.#loop(s);
        return;
      case "store":
        this.#store(s);
        return;
      case "set":
        this.#set(s.acc, s.value);
        return;
      case "reduce":
        this.#reduce(s.acc, s.op, s.value);
        return;
      case "if":
        this.scalar(s.cond);
        this.b.u8(OP.if).u8(0x40);
        this.#scoped(this.#scopes.at(-1)!.depth, () => this.#block(s.body));
        this.b.u8(OP.end);
        return;
      case "copy":
        this.get(s.to).get(s.from).i32(s.bytes).op("memory_copy");
        this.b.u8(0).u8(0);
        return;
      case "tile":
        emitTile(this, s, (buffer, ix) => this.#address(buffer, ix, 4, 0));
        return;
      default:
        s satisfies never;
    }
  }
  #loop(s: Stmt & { kind: "loop" }): void {
    if (s.v.extent === 0) return;
    const vectorize = s.vectorize && this.#vec === null && s.v.extent >= LANES && canVectorize(s);
    this.#hoist(s.body, vectorize);
    let local = this.#loopLocals.get(s.v);
    if (local === undefined) this.#loopLocals.set(s.v, (local = this.local("i32")));
    const scalarBody = (): void => this.#block(s.body);
    if (!vectorize) {
      this.#range(s.v, local, 0, s.v.extent, 1, scalarBody);
      return;
    }
    const unroll = s.unroll > 1 && s.v.extent >= LANES * s.unroll ? s.unroll : 1,
      wide = LANES * unroll,
      main = Math.floor(s.v.extent / wide) * wide,
      end = Math.floor(s.v.extent / LANES) * LANES;
    const accs = horizontalAccs(s),
      lanes = accs.map(() => Array.from({ length: unroll }, () => this.local("v128")));
    accs.forEach((a, i) =>
      lanes[i]!.forEach((l) => {
        this.#splatConst(neutral(a.op, a.acc.dtype), a.acc.dtype);
        this.set(l);
      }),
    );
    const vectorBody = (copy: number) => (): void => {
      this.#vec = s.v;
      const before = this.#horizontal;
      this.#horizontal = new Map([...before, ...accs.map((a, i): [number, number] => [a.acc.id, lanes[i]![copy]!])]);
      this.#block(s.body);
      this.#horizontal = before;
      this.#vec = null;
    };
    const counter = local;
    this.#range(
      s.v,
      local,
      0,
      main,
      wide,
      () => {
        for (let c = 0; c < unroll; c++) {
          if (c) this.get(counter).i32(LANES).op("i32_add").set(counter);
          this.#scoped(s.v.depth, vectorBody(c));
        }
      },
      LANES * (unroll - 1),
    );
    if (end > main) this.#range(s.v, local, main, end, LANES, vectorBody(0));
    accs.forEach((a, i) => this.#foldLanes(a.acc, a.op, lanes[i]!));
    if (s.v.extent > end) this.#range(s.v, local, end, s.v.extent, 1, scalarBody);
  }
  /** for (v = start; v < end; v += step); `advanced` is what the body itself adds to v. */
  #range(v: LoopVar, local: number, start: number, end: number, step: number, body: () => void, advanced = 0): void {
    if (end <= start) return;
    this.i32(start).set(local);
    if (end - start <= step) {
      this.#scoped(v.depth, body);
      return;
    }
    this.b.u8(OP.loop).u8(0x40);
    this.#scoped(v.depth, body);
    this.get(local)
      .i32(step - advanced)
      .op("i32_add")
      .tee(local)
      .i32(end)
      .op("i32_lt_u");
    this.b.u8(OP.br_if).u32(0).u8(OP.end);
  }
  #accLocal(acc: Acc, vector: boolean): number {
    const key = `${acc.id}${vector ? "v" : "s"}`;
    let l = this.#accLocals.get(key);
    if (l === undefined) this.#accLocals.set(key, (l = this.local(vector ? "v128" : regOf(acc.dtype))));
    return l;
  }
  #set(acc: Acc, value: Expr): void {
    if (this.#vec) {
      this.vector(value);
      this.set(this.#accLocal(acc, true));
    } else {
      this.scalar(value);
      this.set(this.#accLocal(acc, false));
    }
  }
  #reduce(acc: Acc, op: ReduceOp, value: Expr): void {
    const lanes = this.#horizontal.get(acc.id);
    if (this.#vec) {
      const l = lanes ?? this.#accLocal(acc, true);
      this.get(l);
      this.vector(value);
      this.op(vectorInstruction(op, acc.dtype)!).set(l);
      return;
    }
    const l = this.#accLocal(acc, false);
    emitScalarOp(this, op, acc.dtype, [() => void this.get(l), () => this.scalar(value)]);
    this.set(l);
  }
  #foldLanes(acc: Acc, op: ReduceOp, lanes: readonly number[]): void {
    for (const l of lanes.slice(1)) this.get(lanes[0]!).get(l).op(vectorInstruction(op, acc.dtype)!).set(lanes[0]!);
    const total = this.#accLocal(acc, false);
    for (let k = 0; k < LANES; k++) {
      emitScalarOp(this, op, acc.dtype, [
        () => void this.get(total),
        () => {
          this.get(lanes[0]!);
          this.#extract(acc.dtype, k);
        },
      ]);
      this.set(total);
    }
  }
  #store(s: Stmt & { kind: "store" }): void {
    const size = partBytes(s.stored),
      index = partIndex(s);
    if (!this.#vec || !this.#dependsIx(index)) {
      const offset = this.#address(s.buffer, index, size, 0);
      this.scalar(s.value);
      emitScalarStore(this, s.stored, offset);
      return;
    }
    const lane = laneType(s.stored);
    if (lane && s.stored !== "float16" && this.#stride(index) === 1) {
      const offset = this.#address(s.buffer, index, size, 0);
      this.vector(s.value);
      if (s.stored === "bool") {
        this.#boolBytes();
        this.memory("v128_store32_lane", offset);
        this.b.u8(0);
      } else if (s.stored === "bfloat16") {
        this.i32(16).op("i32x4_shr_u");
        const m = this.local("v128");
        this.tee(m).get(m).op("i16x8_narrow_i32x4_u").set(m);
        this.get(m).op("i32x4_extract_lane");
        this.b.u8(0);
        this.memory("i32_store", offset);
        const high = this.#address(s.buffer, index, size, 0);
        this.get(m).op("i32x4_extract_lane");
        this.b.u8(1);
        this.memory("i32_store", high + 4);
      } else this.memory("v128_store", offset);
      return;
    }
    for (let k = 0; k < LANES; k++) {
      const offset = this.#address(s.buffer, index, size, k);
      this.scalar(s.value, k);
      emitScalarStore(this, s.stored, offset);
    }
  }
  /** Masks on the stack become four bytes 0 or 1 in the lowest lane. */
  #boolBytes(): void {
    const m = this.local("v128");
    this.#splatConst(1, "int32");
    this.op("v128_and").tee(m).get(m).op("i16x8_narrow_i32x4_u").tee(m).get(m).op("i8x16_narrow_i16x8_u");
  }

  // ---- hoisting
  #hoist(body: readonly Stmt[], vectorizing: boolean): void {
    const depth = this.#scopes.at(-1)!.depth,
      seen = new Set<number>(),
      lanes = vectorizing || this.#vec !== null;
    const visit = (e: Expr): void => {
      if (seen.has(e.id)) return;
      seen.add(e.id);
      if (e.depth > depth) {
        if (e.kind === "load") this.#hoistAddress(e.buffer, partIndex(e), itemsize(e.dtype), depth);
        childrenOf(e).forEach(visit);
        return;
      }
      if (e.kind !== "const" && e.kind !== "acc") {
        if (this.#vec && e.vars.has(this.#vec.id)) {
          if (laneType(e.dtype)) {
            this.vector(e);
            this.#keep(`${e.id}v`, "v128");
          }
          return;
        }
        this.scalar(e);
        this.#keep(`${e.id}s0`, regOf(e.dtype));
      }
      if (lanes && laneType(e.dtype) && !(this.#vec && e.vars.has(this.#vec.id))) {
        this.#splat(e);
        this.#keep(`${e.id}v`, "v128");
      }
    };
    forEachExpr(body, visit);
    const stores = (list: readonly Stmt[]): void => {
      for (const s of list)
        if (s.kind === "store") this.#hoistAddress(s.buffer, partIndex(s), partBytes(s.stored), depth);
        else if (s.kind === "loop" || s.kind === "if") stores(s.body);
    };
    stores(body);
  }
  /** Puts the value on the stack into a cached local, unless it is there already. */
  #keep(key: string, t: ValType): void {
    if (this.#lookup(key) !== undefined) {
      this.b.u8(OP.drop);
      return;
    }
    this.#remember(key, t);
    this.b.u8(OP.drop);
  }
  #hoistAddress(buffer: BufferId, ix: Ix, size: number, depth: number): void {
    if (!ix.terms.some((t) => levelOf(t.atom) <= depth) || (this.#vec && this.#dependsIx(ix))) return;
    this.#prefix(buffer, ix, size, 0, depth);
    this.b.u8(OP.drop);
  }

  // ---- addresses
  /** Leaves the address of an element (of lane `lane`) on the stack; the constant part is returned for the instruction's offset. */
  #address(buffer: BufferId, ix: Ix, size: number, lane: number): number {
    let offset = ix.constant * size;
    const complicated = lane > 0 && this.#vec !== null && ix.terms.some((t) => t.atom.kind !== "var" && this.#dependsAtom(t.atom));
    this.#prefix(buffer, ix, size, complicated ? lane : 0, Infinity);
    if (lane > 0 && !complicated) offset += this.#stride(ix) * lane * size;
    if (offset >= 0) return offset;
    this.i32(offset).op("i32_add");
    return 0;
  }
  /** pointer + Σ terms of atoms up to a loop depth, each partial sum kept where it was made. */
  #prefix(buffer: BufferId, ix: Ix, size: number, lane: number, depth: number): void {
    const levels = [...new Set(ix.terms.map((t) => levelOf(t.atom)))].filter((l) => l <= depth).sort((a, b) => a - b);
    let key = `@${buffer}:${size}:${lane}`,
      have = -1;
    const keys = levels.map(
      (l) =>
        (key += `|${ix.terms
          .filter((t) => levelOf(t.atom) === l)
          .map((t) => `${t.coef}*${t.atom.key}`)
          .join("+")}`),
    );
    for (let i = levels.length - 1; i >= 0; i--) {
      const l = this.#lookup(keys[i]!);
      if (l !== undefined) {
        this.get(l);
        have = i;
        break;
      }
    }
    if (have < 0) this.get(this.pointer(buffer));
    for (let i = have + 1; i < levels.length; i++) {
      for (const t of ix.terms) if (levelOf(t.atom) === levels[i]) this.#scaledAtom(t.atom, t.coef * size, lane).op("i32_add");
      this.#remember(keys[i]!, "i32");
    }
  }
  #scaledAtom(atom: Atom, factor: number, lane: number): this {
    this.#atom(atom, lane);
    const shift = Math.log2(factor);
    if (factor === 1) return this;
    return Number.isInteger(shift) && factor > 0 ? this.i32(shift).op("i32_shl") : this.i32(factor).op("i32_mul");
  }
  #atom(atom: Atom, lane: number): void {
    if (atom.kind === "var") {
      this.get(this.#loopLocals.get(atom.v)!);
      if (lane && atom.v === this.#vec) this.i32(lane).op("i32_add");
      return;
    }
    if (atom.kind === "value") {
      this.scalar(atom.expr, lane);
      return;
    }
    const key = `#${atom.key}:${this.#dependsAtom(atom) ? lane : 0}`,
      cached = this.#lookup(key);
    if (cached !== undefined) {
      this.get(cached);
      return;
    }
    this.index(atom.of, lane);
    if (atom.of.min >= 0) this.i32(atom.by).op(atom.kind === "div" ? "i32_div_u" : "i32_rem_u");
    else {
      // floor division of a value that may be negative
      const shift = Math.ceil(-atom.of.min / atom.by) * atom.by;
      this.i32(shift)
        .op("i32_add")
        .i32(atom.by)
        .op(atom.kind === "div" ? "i32_div_u" : "i32_rem_u");
      if (atom.kind === "div") this.i32(shift / atom.by).op("i32_sub");
    }
    this.#remember(key, "i32");
  }
  /** Leaves an index's value on the stack. */
  index(ix: Ix, lane = 0): void {
    if (ix.terms.length === 0) {
      this.i32(ix.constant);
      return;
    }
    ix.terms.forEach((t, i) => {
      this.#scaledAtom(t.atom, t.coef, lane);
      if (i) this.op("i32_add");
    });
    if (ix.constant) this.i32(ix.constant).op("i32_add");
  }
  #depends(e: Expr): boolean {
    return this.#vec !== null && e.vars.has(this.#vec.id);
  }
  #dependsIx(ix: Ix): boolean {
    return this.#vec !== null && dependence(ix).vars.has(this.#vec.id);
  }
  #dependsAtom(a: Atom): boolean {
    return (
      this.#vec !== null &&
      (a.kind === "var" ? a.v === this.#vec : a.kind === "value" ? a.expr.vars.has(this.#vec.id) : dependence(a.of).vars.has(this.#vec.id))
    );
  }
  /** Elements between neighbouring lanes, or NaN where it is not constant. */
  #stride(ix: Ix): number {
    let s = 0;
    for (const t of ix.terms) {
      if (!this.#dependsAtom(t.atom)) continue;
      if (t.atom.kind !== "var") return NaN;
      s += t.coef;
    }
    return s;
  }

  // ---- scalar values
  /** Leaves the value of an expression (in lane `lane`) on the stack. */
  scalar(e: Expr, lane = 0): void {
    const varies = this.#depends(e);
    if (!varies) lane = 0;
    if (e.kind === "const") {
      this.#const(e.value, e.dtype);
      return;
    }
    if (e.kind === "acc") {
      if (varies) {
        this.get(this.#accLocal(e.acc, true));
        this.#extract(e.dtype, lane);
      } else this.get(this.#accLocal(e.acc, false));
      return;
    }
    const key = `${e.id}s${lane}`,
      cached = this.#lookup(key);
    if (cached !== undefined) {
      this.get(cached);
      return;
    }
    if (varies && laneType(e.dtype) && this.#isSimd(e)) {
      this.vector(e);
      this.#extract(e.dtype, lane);
    } else this.#scalarOf(e, lane);
    if ((this.#uses.get(e.id) ?? 0) > 1) this.#remember(key, regOf(e.dtype));
  }
  #scalarOf(e: Expr, lane: number): void {
    switch (e.kind) {
      case "load": {
        const offset = this.#address(e.buffer, partIndex(e), itemsize(e.dtype), lane);
        emitScalarLoad(this, e.dtype, offset);
        return;
      }
      case "index":
        this.index(e.index, lane);
        return;
      case "op":
        emitScalarOp(
          this,
          e.op,
          e.args[0]!.dtype,
          e.args.map((a) => () => this.scalar(a, lane)),
        );
        return;
      case "cast":
        this.scalar(e.arg, lane);
        emitCast(this, e.arg.dtype, e.dtype);
        return;
      case "bitcast":
        this.scalar(e.arg, lane);
        this.#bitcast(e.arg.dtype, e.dtype);
        return;
      case "select":
        this.scalar(e.args[1], lane);
        this.scalar(e.args[2], lane);
        this.scalar(e.args[0], lane);
        this.b.u8(OP.select);
        return;
      case "call":
        for (const a of e.args) {
          this.scalar(a, lane);
          emitCast(this, a.dtype, "float64");
        }
        this.callMath(e.fn, e.args.length);
        emitCast(this, "float64", regOf(e.dtype) === "f64" ? "float64" : regOf(e.dtype) === "f32" ? "float32" : e.dtype);
        return;
      case "const":
      case "acc":
        return;
      default:
        e satisfies never;
    }
  }
  #const(v: number | bigint, d: DType): void {
    switch (regOf(d)) {
      case "i32":
        this.i32(Number(v) | 0);
        return;
      case "i64":
        this.b.u8(OP.i64_const).s64(BigInt(v));
        return;
      case "f32":
        this.b.u8(OP.f32_const).f32(Number(v));
        return;
      case "f64":
        this.b.u8(OP.f64_const).f64(Number(v));
        return;
    }
  }
  #bitcast(from: DType, to: DType): void {
    const a = regOf(from),
      b = regOf(to);
    // Half types are held in f32, so their bits are made and read explicitly.
    if (itemsize(from) === 2 && (a === "f32" || b === "f32")) {
      emitCast(this, from, "bits16" as DType);
      emitCast(this, "bits16" as DType, to);
      return;
    }
    if (a === "f32" && b === "i32") this.op("i32_reinterpret_f32");
    else if (a === "i32" && b === "f32") this.op("f32_reinterpret_i32");
    else if (a === "f64" && b === "i64") this.op("i64_reinterpret_f64");
    else if (a === "i64" && b === "f64") this.op("f64_reinterpret_i64");
    else if (itemsize(to) < 4) emitCast(this, "int32", to);
  }
  #extract(d: DType, lane: number): void {
    this.op(laneType(d) === "f32x4" ? "f32x4_extract_lane" : "i32x4_extract_lane");
    this.b.u8(lane);
    if (d === "bool") this.i32(1).op("i32_and");
  }

  // ---- vector values
  #splatConst(v: number | bigint, d: DType): void {
    this.#const(d === "bool" ? (v ? -1 : 0) : v, d);
    this.op(laneType(d) === "f32x4" ? "f32x4_splat" : "i32x4_splat");
  }
  #splat(e: Expr): void {
    const cached = this.#lookup(`${e.id}v`);
    if (cached !== undefined) {
      this.get(cached);
      return;
    }
    if (e.kind === "const") {
      this.#splatConst(e.value, e.dtype);
      return;
    }
    this.scalar(e);
    if (e.dtype === "bool") {
      const l = this.local("i32");
      this.set(l).i32(0).get(l).op("i32_sub");
    }
    this.op(laneType(e.dtype) === "f32x4" ? "f32x4_splat" : "i32x4_splat");
  }
  /** Leaves the four lanes of an expression on the stack; booleans are masks. */
  vector(e: Expr): void {
    if (!this.#depends(e)) {
      this.#splat(e);
      return;
    }
    if (e.kind === "acc") {
      this.get(this.#accLocal(e.acc, true));
      return;
    }
    const key = `${e.id}v`,
      cached = this.#lookup(key);
    if (cached !== undefined) {
      this.get(cached);
      return;
    }
    if (this.#isSimd(e)) this.#vectorOf(e);
    else this.#pack(e);
    if ((this.#uses.get(e.id) ?? 0) > 1) this.#remember(key, "v128");
  }
  #pack(e: Expr): void {
    const float = laneType(e.dtype) === "f32x4";
    for (let k = 0; k < LANES; k++) {
      this.scalar(e, k);
      if (k === 0) this.op(float ? "f32x4_splat" : "i32x4_splat");
      else {
        this.op(float ? "f32x4_replace_lane" : "i32x4_replace_lane");
        this.b.u8(k);
      }
    }
    if (e.dtype === "bool") this.op("i32x4_neg");
  }
  /** Whether the expression's own operation has a four-lane form. */
  #isSimd(e: Expr): boolean {
    const key = `${e.id}:${this.#vec!.id}`;
    let r = this.#simd.get(key);
    if (r === undefined) this.#simd.set(key, (r = this.#computeSimd(e)));
    return r;
  }
  #computeSimd(e: Expr): boolean {
    if (!laneType(e.dtype)) return false;
    switch (e.kind) {
      case "const":
      case "acc":
        return true;
      case "load":
        return e.dtype !== "float16" && this.#stride(partIndex(e)) === 1;
      case "index":
        return Number.isFinite(this.#stride(e.index));
      case "op":
        return (
          e.args.every((a) => laneType(a.dtype)) &&
          (e.op === "copysign" ||
            vectorInstruction(e.op, e.args[0]!.dtype) !== null ||
            (vectorShift(e.op, e.args[0]!.dtype) !== null && !this.#depends(e.args[1]!)))
        );
      case "cast":
        return castable(e.arg.dtype, e.dtype);
      case "bitcast":
        return itemsize(e.arg.dtype) === 4 && laneType(e.arg.dtype) !== null && e.arg.dtype !== "bool";
      case "select":
        return true;
      case "call":
        return false;
      default:
        return e satisfies never;
    }
  }
  #vectorOf(e: Expr): void {
    switch (e.kind) {
      case "load": {
        const offset = this.#address(e.buffer, partIndex(e), itemsize(e.dtype), 0);
        if (e.dtype === "bool") this.memory("v128_load32_zero", offset).op("i16x8_extend_low_i8x16_u").op("i32x4_extend_low_i16x8_u").op("i32x4_neg");
        else if (e.dtype === "bfloat16") this.memory("v128_load64_zero", offset).op("i32x4_extend_low_i16x8_u").i32(16).op("i32x4_shl");
        else this.memory("v128_load", offset);
        return;
      }
      case "index": {
        const stride = this.#stride(e.index),
          key = `iota${stride}`;
        this.index(e.index);
        this.op("i32x4_splat");
        const cached = this.#lookup(key);
        if (cached !== undefined) this.get(cached);
        else {
          this.i32(0).op("i32x4_splat");
          for (let k = 1; k < LANES; k++) {
            this.i32(stride * k).op("i32x4_replace_lane");
            this.b.u8(k);
          }
          this.#remember(key, "v128");
        }
        this.op("i32x4_add");
        return;
      }
      case "op": {
        const [x, y] = e.args,
          shift = vectorShift(e.op, x!.dtype);
        if (shift) {
          this.vector(x!);
          this.scalar(y!);
          this.op(shift);
          return;
        }
        if (e.op === "copysign") {
          this.vector(y!);
          this.vector(x!);
          this.#splatConst(-0x80000000, "int32");
          this.op("v128_bitselect");
          return;
        }
        e.args.forEach((a) => this.vector(a));
        this.op(vectorInstruction(e.op, x!.dtype)!);
        return;
      }
      case "cast":
        this.vector(e.arg);
        this.#vectorCast(e.arg.dtype, e.dtype);
        return;
      case "bitcast":
        this.vector(e.arg);
        return;
      case "select":
        this.vector(e.args[1]);
        this.vector(e.args[2]);
        this.vector(e.args[0]);
        this.op("v128_bitselect");
        return;
      case "const":
      case "acc":
      case "call":
        return;
      default:
        e satisfies never;
    }
  }
  #vectorCast(from: DType, to: DType): void {
    if (from === "bool") {
      this.#splatConst(1, to);
      this.op("v128_and");
      return;
    }
    if (to === "bool") {
      this.#splatConst(0, from);
      this.op(laneType(from) === "f32x4" ? "f32x4_ne" : "i32x4_ne");
      return;
    }
    const f = laneType(from) === "f32x4",
      t = laneType(to) === "f32x4";
    if (f && !t) this.op(isUnsigned(to) ? "i32x4_trunc_sat_f32x4_u" : "i32x4_trunc_sat_f32x4_s");
    else if (!f && t) this.op(isUnsigned(from) ? "f32x4_convert_i32x4_u" : "f32x4_convert_i32x4_s");
    if (to === "bfloat16" && from !== "bfloat16") this.#roundBfloat16();
  }
  /** Round to nearest even in the upper 16 bits; NaN keeps a quiet bit. */
  #roundBfloat16(): void {
    const x = this.local("v128");
    this.set(x);
    this.get(x).get(x).i32(16).op("i32x4_shr_u");
    this.#splatConst(1, "int32");
    this.op("v128_and").op("i32x4_add");
    this.#splatConst(0x7fff, "int32");
    this.op("i32x4_add");
    this.#splatConst(-0x10000, "int32");
    this.op("v128_and");
    this.#splatConst(0x7fc00000, "int32");
    this.get(x).get(x).op("f32x4_eq").op("v128_bitselect");
  }
}

const levelOf = (a: Atom): number => (a.kind === "var" ? a.v.depth : a.kind === "value" ? a.expr.depth : dependence(a.of).depth);
/** Index of one part of an interleaved complex element. */
const doubledCache = new WeakMap<Ix, [Ix, Ix]>();
function doubled(ix: Ix, part: number): Ix {
  let pair = doubledCache.get(ix);
  if (!pair) doubledCache.set(ix, (pair = [sum([[ix, 2]]), sum([[ix, 2]], 1)]));
  return pair[part]!;
}
/** Where a load or store goes in its buffer: complex elements are two reals. */
const partIndex = (x: { readonly stored: DType; readonly index: Ix; readonly part: number }): Ix =>
  isComplex(x.stored) ? doubled(x.index, x.part) : x.index;
const partBytes = (stored: DType): number => itemsize(realPart(stored));
const castable = (from: DType, to: DType): boolean => from !== "float16" && to !== "float16" && laneType(from) !== null && laneType(to) !== null;

function forEachExpr(stmts: readonly Stmt[], visit: (e: Expr) => void): void {
  for (const s of stmts) {
    if (s.kind === "loop") forEachExpr(s.body, visit);
    else if (s.kind === "if") {
      visit(s.cond);
      forEachExpr(s.body, visit);
    } else if (s.kind === "store") {
      visit(s.value);
      indexValues(s.index).forEach(visit);
    } else if (s.kind === "set" || s.kind === "reduce") visit(s.value);
  }
}
/** Accumulators that a loop reduces into but that are declared outside it: each lane keeps its own, folded afterwards. */
function horizontalAccs(loop: Stmt & { kind: "loop" }): { acc: Acc; op: ReduceOp }[] {
  const set = new Set<number>(),
    found = new Map<number, { acc: Acc; op: ReduceOp }>();
  const walk = (s: Stmt): void => {
    if (s.kind === "set") set.add(s.acc.id);
    else if (s.kind === "reduce") found.set(s.acc.id, { acc: s.acc, op: s.op });
    else if (s.kind === "loop" || s.kind === "if") s.body.forEach(walk);
  };
  loop.body.forEach(walk);
  return [...found.values()].filter((f) => !set.has(f.acc.id));
}
/** Lanes need 32-bit accumulators and stores, and no branches or copies. */
function canVectorize(loop: Stmt & { kind: "loop" }): boolean {
  const fine = (s: Stmt): boolean => {
    switch (s.kind) {
      case "loop":
        return s.body.every(fine);
      case "store":
        return laneType(s.stored) !== null;
      case "set":
        return laneType(s.acc.dtype) !== null;
      case "reduce":
        return laneType(s.acc.dtype) !== null && vectorInstruction(s.op, s.acc.dtype) !== null;
      default:
        return false;
    }
  };
  return loop.body.every(fine);
}
