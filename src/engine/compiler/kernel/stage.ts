// A stage of a kernel: reductions over the same elements that do not depend on one another, in one set of loops.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import { Accumulators, foldInto } from "./accumulators.ts";
import { type KernelContext } from "./build.ts";
import type { Reduction } from "./heroes.ts";
import type { Expr, Stmt } from "./ir.ts";
import { type Ix, type LoopVar, div, mod, sum, varIx } from "./ix.ts";
import { keptRows } from "./keptRow.ts";
import { type Loops, type Split, loopsFor, nestLoops } from "./loops.ts";
import type { Scalar } from "./scalar.ts";

/** For each hero, the heroes that its operands depend on inside the group. Nodes come in topological order. */
export function dependencies(nodes: readonly Node[], heroes: readonly Node[]): Map<Node, ReadonlySet<Node>> {
  const isHero = new Set(heroes);
  const reached = new Map<Node, ReadonlySet<Node>>();
  const none: ReadonlySet<Node> = new Set();
  for (const n of nodes) {
    let all = none;
    for (const i of n.inputs) {
      const before = reached.get(i) ?? none;
      if (isHero.has(i)) all = new Set([...all, i, ...before]);
      else if (all !== before && before.size > 0) all = all.size === 0 ? before : new Set([...all, ...before]);
    }
    reached.set(n, all);
  }
  return new Map(heroes.map((h) => [h, reached.get(h) ?? none]));
}
/** Adds the loops of a stage to a body, and says how its results are read. */
export function emitStage(
  k: KernelContext,
  stage: readonly Node[],
  reductions: readonly Reduction[],
  heroes: readonly Node[],
  outer: Loops,
  redSplit: Split,
  body: Stmt[],
  vectorOuter: boolean,
  outputs: readonly Node[],
): void {
  const depth = outer.vars.length,
    shape = reductions[0]!.red,
    total = sizeOf(shape);
  const work = stage.map((h) => ({ h, r: reductions[heroes.indexOf(h)]! }));
  const accs = work.map(({ r }) => new Accumulators(k, r.accs));
  work.forEach(({ h, r }, i) => {
    k.b.of = h;
    body.push(...accs[i]!.set(r.init(k)));
  });
  if (total > 0) {
    const red = loopsFor(k, shape, redSplit, depth),
      all = [...outer.vars, ...red.vars],
      innerDepth = depth + red.vars.length;
    const last = red.vars.at(-1);
    const blocked = last !== undefined && total > 2 * k.target.sumBlock && work.every(({ r }) => r.simple?.op === "add" && r.accs[0] === "float32");
    const kept = vectorOuter ? [] : keptRows(k, stage, outputs, outer.idx);
    const keep = (idx: readonly Ix[]): Stmt[] => kept.flatMap((row) => row.store(idx));
    if (blocked) body.push(...blockedSum(k, work, accs, outer, red, vectorOuter, keep));
    else {
      const updates = work.flatMap(({ h, r }, i): Stmt[] => {
        k.b.of = h;
        if (r.joins && k.target.parallelism.grid)
          return [foldInto(accs[i]!, r.joins.values(k, outer.idx, red.idx), r.init(k), (x, y) => r.joins!.join(k, x, y), innerDepth, all)];
        return r.simple
          ? [{ kind: "reduce", acc: accs[i]!.first(), op: r.simple.op, value: r.simple.value(k, outer.idx, red.idx), of: h }]
          : accs[i]!.update(r.step(k, accs[i]!.at(innerDepth, all), outer.idx, red.idx), innerDepth, all);
      });
      body.push(...nestLoops(red.vars, [...keep(red.idx), ...updates], !vectorOuter && work.every(({ r }) => r.simple || (r.joins && k.target.parallelism.grid))));
    }
    for (const row of kept) row.read(innerDepth);
  }
  work.forEach(({ h, r }, i) => {
    const results = accs[i]!.at(depth, outer.vars);
    // Fusion has made sure that it is read where the loops are: the same element may be written as another index expression.
    const give = (index: number) => (): Scalar => {
      k.b.of = h;
      return r.finish(k, results, index);
    };
    k.local.set(h, give(0));
    for (const n of k.inGroup) if (n.is("get") && n.inputs[0] === h) k.local.set(n, give(n.attrs.index));
  });
}
/** Sums in blocks of the target's `sumBlock`, folded into f64 totals (or f32 ones, when lanes run along the results). */
function blockedSum(
  k: KernelContext,
  work: readonly { h: Node; r: Reduction }[],
  accs: readonly Accumulators[],
  outer: Loops,
  red: Loops,
  vectorOuter: boolean,
  keep: (idx: readonly Ix[]) => Stmt[],
): Stmt[] {
  const last = red.vars.at(-1)!,
    lead = red.vars.slice(0, -1),
    depth = outer.vars.length + lead.length;
  const blocks = Math.ceil(last.extent / k.target.sumBlock),
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
      [
        ...keep(idx),
        ...work.map(({ h, r }, i): Stmt => {
          k.b.of = h;
          return { kind: "reduce", acc: accs[i]!.first(), op: "add", value: r.simple!.value(k, outer.idx, idx), of: h };
        }),
      ],
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
