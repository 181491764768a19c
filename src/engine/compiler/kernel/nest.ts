// Loop nests: elementwise kernels, reductions with prologue and epilogue, and row kernels (several reductions and a map over the same rows,
// as in softmax or layer norm) are one construction: outer loops, reductions inside them, then what depends on the results.
import { sizeOf, sameShape, type Shape } from "../../core/aval.ts";
import { type DType, isComplex, isHalf, realPart } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import { WASM } from "../target.ts";
import { KernelContext, Unfusable, reshapeIndex } from "./build.ts";
import { neutral } from "../../core/neutral.ts";
import { type Reduction, combine, isReduction, reductionOf } from "./heroes.ts";
import type { Acc, Expr, Kernel, Stmt } from "./ir.ts";
import { type Ix, type LoopVar, ZERO, delinearize, linearize, mod, div, varIx, sum } from "./ix.ts";
import { type Scalar, isPair, realUnary } from "./scalar.ts";
import { postOrder, roots, statements } from "./walk.ts";

/** What a kernel computes: nodes that may be computed in it, in topological order, and those whose values leave it. */
export interface GroupSpec {
  readonly nodes: readonly Node[];
  readonly outputs: readonly Node[];
  readonly name: string;
}
export interface BuiltKernel {
  readonly kernel: Kernel;
  /** The node each buffer holds; null for scratch. */ readonly nodes: readonly (Node | null)[];
}

/** Sums longer than this are accumulated in blocks: a naive f32 sum loses digits. */
const SUM_BLOCK = WASM.sumBlock;

/** A way to walk a shape: consecutive axes that share one loop. */
type Split = readonly (readonly number[])[];
const axes = (shape: Shape): number[] => shape.map((_n, i) => i).filter((i) => shape[i] !== 1);
const collapsed = (shape: Shape): Split => {
  const a = axes(shape);
  return a.length ? [a] : [];
};
const separate = (shape: Shape): Split => axes(shape).map((a) => [a]);

function loopsFor(k: KernelContext, shape: Shape, split: Split, depth: number): { vars: LoopVar[]; idx: Ix[] } {
  const idx = shape.map((): Ix => ZERO),
    vars = split.map((part, i) =>
      k.b.loopVar(
        part.reduce((n, a) => n * shape[a]!, 1),
        depth + i + 1,
      ),
    );
  split.forEach((part, i) =>
    delinearize(
      varIx(vars[i]!),
      part.map((a) => shape[a]!),
    ).forEach((ix, j) => (idx[part[j]!] = ix)),
  );
  return { vars, idx };
}
/** @param contiguous neighbouring iterations of the innermost loop touch neighbouring elements */
function nestLoops(vars: readonly LoopVar[], body: Stmt[], contiguous: boolean): Stmt[] {
  return vars.reduceRight<Stmt[]>((inner, v, i) => [{ kind: "loop", v, body: inner, contiguous: contiguous && i === vars.length - 1 }], body);
}

/** Builds a group as one kernel. Throws Unfusable, with the reason, where that cannot be. */
export function buildNest(spec: GroupSpec): BuiltKernel {
  const heroes = spec.nodes.filter(isReduction),
    cumulative = spec.nodes.filter((n) => n.op === "cumulative");
  if (cumulative.length) return best((o, i) => attemptCumulative(spec, cumulative, o, i), withoutAxis(cumulative[0] as Node<"cumulative">), []);
  if (heroes.length === 0) return best((o) => attempt(spec, [], o, []), spec.outputs[0]!.shape, []);
  const r = reductionOf(heroes[0]!);
  return best((o, i) => attempt(spec, heroes, o, i), r.outer, r.red);
}
const withoutAxis = (n: Node<"cumulative">): Shape => n.shape.map((m, i) => (i === n.attrs.axis ? 1 : m));

/** The loop structure with the fewest quotients and remainders, and then the fewest loops. */
function best(make: (outer: Split, red: Split) => BuiltKernel, outer: Shape, red: Shape): BuiltKernel {
  const first = make(collapsed(outer), collapsed(red));
  if (arithmetic(first.kernel) === 0) return first;
  const apart = make(separate(outer), separate(red)),
    floor = arithmetic(apart.kernel);
  let o = separate(outer),
    r = separate(red),
    bestSoFar = apart;
  const tryMerge = (which: "outer" | "red"): void => {
    for (let i = 0; i + 1 < (which === "outer" ? o : r).length;) {
      const s = which === "outer" ? o : r,
        merged = [...s.slice(0, i), [...s[i]!, ...s[i + 1]!], ...s.slice(i + 2)];
      const k = which === "outer" ? make(merged, r) : make(o, merged);
      if (arithmetic(k.kernel) > floor) {
        i++;
        continue;
      }
      if (which === "outer") o = merged;
      else r = merged;
      bestSoFar = k;
    }
  };
  tryMerge("outer");
  tryMerge("red");
  return bestSoFar;
}
/** Quotients and remainders in the kernel's indices. */
function arithmetic(kernel: Kernel): number {
  let count = 0;
  const inIx = (ix: Ix): void => {
    for (const { atom } of ix.terms)
      if (atom.kind === "div" || atom.kind === "mod") {
        count++;
        inIx(atom.of);
      }
  };
  for (const s of statements(kernel.body)) if (s.kind === "store") inIx(s.index);
  postOrder(roots(kernel.body), (e) => {
    if (e.kind === "load" || e.kind === "index") inIx(e.index);
  });
  return count;
}

/** Accumulators as variables; complex ones take two. */
class Accumulators {
  readonly #accs: (readonly Acc[])[];
  constructor(
    readonly k: KernelContext,
    dtypes: readonly DType[],
  ) {
    this.#accs = dtypes.map((d) => (isComplex(d) ? [k.b.newAcc(realPart(d)), k.b.newAcc(realPart(d))] : [k.b.newAcc(d)]));
  }
  first(i = 0): Acc {
    return this.#accs[i]![0]!;
  }
  at(depth: number, vars: readonly LoopVar[]): Scalar[] {
    const ids = vars.map((v) => v.id);
    return this.#accs.map((a) =>
      a.length === 2 ? [this.k.b.acc(a[0]!, depth, ids), this.k.b.acc(a[1]!, depth, ids)] : this.k.b.acc(a[0]!, depth, ids),
    );
  }
  set(values: readonly Scalar[]): Stmt[] {
    return this.#accs.flatMap((a, i): Stmt[] => {
      const v = values[i]!;
      return isPair(v)
        ? [
            { kind: "set", acc: a[0]!, value: v[0] },
            { kind: "set", acc: a[1]!, value: v[1] },
          ]
        : [{ kind: "set", acc: a[0]!, value: v }];
    });
  }
  /** Assigns values that may read the old ones: all are computed before any is written. */
  update(values: readonly Scalar[], depth: number, vars: readonly LoopVar[]): Stmt[] {
    if (this.#accs.length === 1 && this.#accs[0]!.length === 1) return this.set(values);
    const ids = vars.map((v) => v.id),
      flat = values.flatMap((v) => (isPair(v) ? [...v] : [v])),
      temps = flat.map((v) => this.k.b.newAcc(v.dtype));
    const staged = flat.map((value, i): Stmt => ({ kind: "set", acc: temps[i]!, value })),
      read = temps.map((t) => this.k.b.acc(t, depth, ids));
    let at = 0;
    return [...staged, ...this.set(values.map((v): Scalar => (isPair(v) ? [read[at++]!, read[at++]!] : read[at++]!)))];
  }
}

function attempt(spec: GroupSpec, heroes: readonly Node[], outerSplit: Split, redSplit: Split): BuiltKernel {
  const k = new KernelContext(new Set(spec.nodes)),
    reductions = heroes.map(reductionOf),
    first = reductions[0];
  const outerShape = first?.outer ?? spec.outputs[0]!.shape,
    outer = loopsFor(k, outerShape, outerSplit, 0),
    outerKey = outer.idx.map((i) => i.key).join();
  heroes.forEach((h, i) => {
    if (i === 0) return;
    const same =
      heroes[0]!.is("reduce") &&
      h.is("reduce") &&
      sameShape(h.inputs[0]!.shape, heroes[0]!.inputs[0]!.shape) &&
      h.attrs.dims.join() === heroes[0]!.attrs.dims.join();
    if (!same) throw new Unfusable("the reductions run over different shapes or axes");
  });
  const vectorOuter = !first || first.along === "outer",
    body: Stmt[] = [],
    done = new Set<Node>();
  // Reductions in stages: those of one stage do not depend on one another and share their loops.
  const pending = new Set(heroes),
    dependsOnPending = dependencies(spec.nodes, heroes);
  while (pending.size) {
    const stage = [...pending].filter((h) => [...dependsOnPending.get(h)!].every((d) => done.has(d)));
    if (stage.length === 0) throw new Unfusable("the reductions depend on one another in a circle");
    emitStage(k, stage, reductions, heroes, outer, outerKey, redSplit, body, vectorOuter);
    for (const h of stage) {
      pending.delete(h);
      done.add(h);
    }
  }
  // What leaves the kernel: at the level of the results, or mapped over the rows once more.
  const inner: Node[] = [],
    depth = outer.vars.length;
  for (const out of spec.outputs) {
    if (!first || sizeOf(out.shape) === sizeOf(outerShape)) {
      if (!first && !sameShape(out.shape, outerShape))
        throw new Unfusable(`the outputs have different shapes, [${outerShape.join()}] and [${out.shape.join()}]`);
      const idx = sameShape(out.shape, outerShape) ? outer.idx : reshapeIndex(outer.idx, outerShape, out.shape);
      body.push(...k.store(k.buffer(out, "out"), linearize(idx, out.shape), k.at(out, idx), out.dtype));
    } else inner.push(out);
  }
  if (inner.length) {
    if (!heroes.every((h) => h.is("reduce"))) throw new Unfusable("an output has another shape than the reduction's result");
    const hero = heroes[0] as Node<"reduce">,
      full = hero.inputs[0]!.shape,
      { dims } = hero.attrs;
    for (const out of inner)
      if (!sameShape(out.shape, full))
        throw new Unfusable(
          `the output [${out.shape.join()}] has neither the reduction's shape [${outerShape.join()}] nor its operand's [${full.join()}]`,
        );
    const red = loopsFor(k, first!.red, redSplit, depth);
    let o = 0;
    const idx = full.map((_n, i) => (dims.includes(i) ? red.idx[dims.indexOf(i)]! : outer.idx[o++]!));
    const stores = inner.flatMap((out) => k.store(k.buffer(out, "out"), linearize(idx, out.shape), k.at(out, idx), out.dtype));
    body.push(...nestLoops(red.vars, stores, !vectorOuter));
  }
  return { kernel: { name: spec.name, buffers: k.buffers, body: nestLoops(outer.vars, body, vectorOuter) }, nodes: k.nodes };
}
/** For each hero, the heroes that its operands depend on inside the group. */
function dependencies(nodes: readonly Node[], heroes: readonly Node[]): Map<Node, Set<Node>> {
  const inGroup = new Set(nodes),
    isHero = new Set(heroes),
    memo = new Map<Node, Set<Node>>();
  const reach = (n: Node): Set<Node> => {
    let s = memo.get(n);
    if (s) return s;
    memo.set(n, (s = new Set()));
    for (const i of n.inputs)
      if (inGroup.has(i)) {
        if (isHero.has(i)) s.add(i);
        for (const d of reach(i)) s.add(d);
      }
    return s;
  };
  return new Map(heroes.map((h) => [h, reach(h)]));
}

function emitStage(
  k: KernelContext,
  stage: readonly Node[],
  reductions: readonly Reduction[],
  heroes: readonly Node[],
  outer: { vars: LoopVar[]; idx: Ix[] },
  outerKey: string,
  redSplit: Split,
  body: Stmt[],
  vectorOuter: boolean,
): void {
  const depth = outer.vars.length,
    shape = reductions[0]!.red,
    total = sizeOf(shape);
  const work = stage.map((h) => ({ h, r: reductions[heroes.indexOf(h)]! }));
  const accs = work.map(({ r }) => new Accumulators(k, r.accs));
  work.forEach(({ r }, i) => body.push(...accs[i]!.set(r.init(k))));
  if (total > 0) {
    const red = loopsFor(k, shape, redSplit, depth),
      all = [...outer.vars, ...red.vars],
      innerDepth = depth + red.vars.length;
    const last = red.vars.at(-1);
    const blocked = last !== undefined && total > 2 * SUM_BLOCK && work.every(({ r }) => r.simple?.op === "add" && r.accs[0] === "float32");
    if (blocked) body.push(...blockedSum(k, work, accs, outer, red, vectorOuter));
    else {
      const updates = work.flatMap(({ r }, i): Stmt[] =>
        r.simple
          ? [{ kind: "reduce", acc: accs[i]!.first(), op: r.simple.op, value: r.simple.value(k, outer.idx, red.idx) }]
          : accs[i]!.update(r.step(k, accs[i]!.at(innerDepth, all), outer.idx, red.idx), innerDepth, all),
      );
      body.push(...nestLoops(red.vars, updates, !vectorOuter && work.every(({ r }) => r.simple)));
    }
  }
  work.forEach(({ h, r }, i) => {
    const results = accs[i]!.at(depth, outer.vars);
    const give =
      (index: number) =>
      (idx: readonly Ix[]): Scalar => {
        if (idx.map((x) => x.key).join() !== outerKey) throw new Unfusable(`${h.op} is read at other indices than it is computed at`);
        return r.finish(k, results, index);
      };
    k.local.set(h, give(0));
    for (const n of k.inGroup) if (n.is("get") && n.inputs[0] === h) k.local.set(n, give(n.attrs.index));
  });
}
/** Sums in blocks of SUM_BLOCK, folded into f64 totals (or f32 ones, when lanes run along the results). */
function blockedSum(
  k: KernelContext,
  work: readonly { h: Node; r: Reduction }[],
  accs: readonly Accumulators[],
  outer: { vars: LoopVar[]; idx: Ix[] },
  red: { vars: LoopVar[]; idx: Ix[] },
  vectorOuter: boolean,
): Stmt[] {
  const last = red.vars.at(-1)!,
    lead = red.vars.slice(0, -1),
    depth = outer.vars.length + lead.length;
  const blocks = Math.ceil(last.extent / SUM_BLOCK),
    even = last.extent % blocks === 0 ? blocks : 1;
  const ob = k.b.loopVar(even, depth + 1),
    ib = k.b.loopVar(last.extent / even, depth + 2),
    position = sum([
      [varIx(ob), last.extent / even],
      [varIx(ib), 1],
    ]);
  const idx = red.idx.map((ix) => substitute(ix, last, position)),
    stmts: Stmt[] = [],
    totals = work.map(() => k.b.newAcc(vectorOuter ? "float32" : "float64"));
  const ids = [...outer.vars].map((v) => v.id);
  work.forEach((_w, i) => stmts.push({ kind: "set", acc: totals[i]!, value: k.b.const(0, totals[i]!.dtype) }));
  const block: Stmt[] = [
    ...work.flatMap((_w, i) => accs[i]!.set([k.b.const(0, "float32")])),
    ...nestLoops(
      [ib],
      work.map(({ r }, i): Stmt => ({ kind: "reduce", acc: accs[i]!.first(), op: "add", value: r.simple!.value(k, outer.idx, idx) })),
      !vectorOuter,
    ),
    ...work.map((_w, i): Stmt => ({
      kind: "reduce",
      acc: totals[i]!,
      op: "add",
      value: k.b.cast(accs[i]!.at(depth + 1, [...outer.vars, ...lead, ob])[0] as Expr, totals[i]!.dtype),
    })),
  ];
  stmts.push(...nestLoops([...lead, ob], block, false));
  work.forEach((_w, i) => stmts.push(...accs[i]!.set([k.b.cast(k.b.acc(totals[i]!, outer.vars.length, ids), "float32")])));
  return stmts;
}
/** Replaces a loop variable in an index. */
function substitute(ix: Ix, v: LoopVar, by: Ix): Ix {
  return sum(
    ix.terms.map(({ atom, coef }): readonly [Ix, number] => {
      if (atom.kind === "var") return [atom.v === v ? by : varIx(atom.v), coef];
      if (atom.kind === "value") throw new Error("a reduction index is not a computed value");
      const inner = substitute(atom.of, v, by);
      return [atom.kind === "div" ? div(inner, atom.by) : mod(inner, atom.by), coef];
    }),
    ix.constant,
  );
}

/** Running sums, products, extrema along an axis; what depends on them elementwise is computed in the same pass. */
function attemptCumulative(spec: GroupSpec, nodes: readonly Node[], outerSplit: Split, _red: Split): BuiltKernel {
  if (nodes.length > 1) throw new Unfusable("two cumulative operations do not share a pass");
  const n = nodes[0] as Node<"cumulative">,
    { axis, reverse, kind } = n.attrs,
    k = new KernelContext(new Set(spec.nodes)),
    size = n.shape[axis]!;
  const outer = loopsFor(k, withoutAxis(n), outerSplit, 0),
    depth = outer.vars.length,
    step = k.b.loopVar(size, depth + 1),
    v = varIx(step),
    along = reverse ? sum([[v, -1]], size - 1) : v;
  const idx = outer.idx.map((ix, i) => (i === axis ? along : ix)),
    key = idx.map((i) => i.key).join(),
    all = [...outer.vars, step];
  // Half types run in float32, as sums of them do.
  const wide = isHalf(n.dtype) ? "float32" : n.dtype,
    acc = new Accumulators(k, [wide]),
    before = acc.at(depth + 1, all)[0]!,
    element = k.at(n.inputs[0]!, idx),
    x = isPair(element) ? element : k.b.cast(element, wide);
  const next = kind === "logsumexp" ? logAddExp(k, before as Expr, x as Expr) : combine(k, kind, before, x);
  const after = new Accumulators(k, [wide]),
    value = after.at(depth + 1, all)[0]!;
  k.local.set(n, (at) => {
    if (at.map((i) => i.key).join() !== key) throw new Unfusable("the cumulative result is read at other indices than it is computed at");
    return isPair(value) ? value : k.b.cast(value, n.dtype);
  });
  const stores: Stmt[] = [];
  for (const out of spec.outputs) {
    if (!sameShape(out.shape, n.shape)) throw new Unfusable(`the output [${out.shape.join()}] has another shape than the cumulative operation`);
    stores.push(...k.store(k.buffer(out, "out"), linearize(idx, out.shape), k.at(out, idx), out.dtype));
  }
  const init = kind === "logsumexp" ? k.b.const(-Infinity, wide) : initial(k, kind, wide);
  const body = [...acc.set([init]), ...nestLoops([step], [...after.set([next]), ...acc.set([value]), ...stores], false)];
  return { kernel: { name: spec.name, buffers: k.buffers, body: nestLoops(outer.vars, body, axis !== n.shape.length - 1) }, nodes: k.nodes };
}
function initial(k: KernelContext, kind: "add" | "mul" | "max" | "min", d: DType): Scalar {
  const v = neutral(kind, isComplex(d) ? realPart(d) : d);
  return isComplex(d) ? [k.b.const(v, realPart(d)), k.b.const(kind === "max" || kind === "min" ? v : 0, realPart(d))] : k.b.const(v, d);
}
/** log(eˣ + eʸ), exact at −∞. */
function logAddExp(k: KernelContext, x: Expr, y: Expr): Expr {
  const m = k.b.op("max", [x, y], x.dtype),
    d = k.b.op("neg", [k.b.op("abs", [k.b.op("sub", [x, y], x.dtype)], x.dtype)], x.dtype);
  const r = k.b.op("add", [m, realUnary("log1p")(k.b, realUnary("exp")(k.b, d))], x.dtype);
  const infinite = k.b.binary("eq", k.b.op("abs", [m], x.dtype), k.b.const(Infinity, x.dtype));
  return k.b.select(infinite, m, r);
}
