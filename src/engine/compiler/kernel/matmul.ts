// Matrix multiplication as a tiled template: operands are packed by kernel expressions (so transposes, casts and cheap producers cost
// nothing extra), the tile is computed in registers, and stores run kernel expressions again (the epilogue: bias, activation, …).
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { TileShape } from "../target.ts";
import { KernelContext, Unfusable, reshapeIndex } from "./build.ts";
import type { Expr, Stmt } from "./ir.ts";
import { type Ix, type LoopVar, ZERO, add, addConst, delinearize, linearize, scale, sum, varIx } from "./ix.ts";
import type { BuiltKernel, GroupSpec } from "./nest.ts";

export interface MatmulSize {
  readonly batch: number;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}
export function matmulSize(n: Node<"dot">): MatmulSize {
  const [x, y] = n.inputs as [Node, Node],
    a = n.attrs,
    product = (node: Node, keep: (i: number) => boolean): number => node.shape.reduce((p, s, i) => (keep(i) ? p * s : p), 1);
  return {
    batch: a.lhsBatch.reduce((p, i) => p * x.shape[i]!, 1),
    k: a.lhsContract.reduce((p, i) => p * x.shape[i]!, 1),
    m: product(x, (i) => !a.lhsBatch.includes(i) && !a.lhsContract.includes(i)),
    n: product(y, (i) => !a.rhsBatch.includes(i) && !a.rhsContract.includes(i)),
  };
}
/** Packing pays from here on; smaller products are plain reductions, and all are where the target has no tile. */
export function isTiled(n: Node, tile: TileShape | null): n is Node<"dot"> {
  if (!tile || !n.is("dot") || n.dtype !== "float32") return false;
  const { m, n: columns, k } = matmulSize(n);
  return m >= tile.rows && columns >= tile.columns && k >= tile.leastDepth && m * columns * k >= tile.leastWork;
}

export function buildMatmul(spec: GroupSpec, hero: Node<"dot">, { rows: M, columns: N }: TileShape): BuiltKernel {
  const k = new KernelContext(new Set(spec.nodes), spec.target),
    [x, y] = hero.inputs as [Node, Node],
    a = hero.attrs,
    size = matmulSize(hero),
    depthOfBatch = size.batch > 1 ? 1 : 0;
  k.b.of = hero;
  const free = (n: Node, b: readonly number[], c: readonly number[]): number[] =>
    n.shape.map((_s, i) => i).filter((i) => !b.includes(i) && !c.includes(i));
  const lf = free(x, a.lhsBatch, a.lhsContract),
    rf = free(y, a.rhsBatch, a.rhsContract),
    shapeOf = (n: Node, d: readonly number[]): number[] => d.map((i) => n.shape[i]!);
  const batchVar = k.b.loopVar(size.batch, 1),
    batch = varIx(batchVar),
    batchIdx = delinearize(batch, shapeOf(x, a.lhsBatch));
  const read =
    (n: Node, bd: readonly number[], fd: readonly number[], cd: readonly number[]) =>
    (f: Ix, c: Ix): Expr => {
      const idx: Ix[] = [];
      bd.forEach((d, i) => (idx[d] = batchIdx[i]!));
      delinearize(f, shapeOf(n, fd)).forEach((ix, i) => (idx[fd[i]!] = ix));
      delinearize(c, shapeOf(n, cd)).forEach((ix, i) => (idx[cd[i]!] = ix));
      return k.b.cast(k.real(n, idx), "float32");
    };
  const left = read(x, a.lhsBatch, lf, a.lhsContract),
    right = read(y, a.rhsBatch, rf, a.rhsContract);
  const panelsM = Math.ceil(size.m / M),
    packedA = k.scratch("packed lhs", "float32", panelsM * M * size.k),
    packedB = k.scratch("packed rhs panel", "float32", N * size.k),
    tile = k.scratch("tile", "float32", M * N);
  const loop = (v: LoopVar, body: Stmt[], contiguous = false): Stmt => ({ kind: "loop", v, body, contiguous });
  const d0 = depthOfBatch;

  // Packs rows [4·panel, 4·panel + rows) of the left operand, k-major; rows beyond the end are left as they are and never stored.
  const packA = (): Stmt[] => {
    const stmts: Stmt[] = [],
      full = Math.floor(size.m / M),
      rest = size.m - full * M;
    const emit = (panels: number, base: number, rows: number): void => {
      if (!panels || !rows) return;
      const p = k.b.loopVar(panels, d0 + 1),
        c = k.b.loopVar(size.k, d0 + 2),
        r = k.b.loopVar(rows, d0 + 3),
        panel = addConst(varIx(p), base);
      const value = left(add(scale(panel, M), varIx(r)), varIx(c));
      stmts.push(
        loop(p, [
          loop(c, [
            loop(
              r,
              k.store(
                packedA,
                sum([
                  [panel, M * size.k],
                  [varIx(c), M],
                  [varIx(r), 1],
                ]),
                value,
                "float32",
              ),
            ),
          ]),
        ]),
      );
    };
    emit(full, 0, M);
    emit(rest ? 1 : 0, full, rest);
    return stmts;
  };
  const column = (panels: number, base: number, columns: number): Stmt[] => {
    if (!panels || !columns) return [];
    const p = k.b.loopVar(panels, d0 + 1),
      panel = addConst(varIx(p), base),
      c = k.b.loopVar(size.k, d0 + 2),
      j = k.b.loopVar(columns, d0 + 3);
    const pack = loop(c, [
      loop(
        j,
        k.store(
          packedB,
          sum([
            [varIx(c), N],
            [varIx(j), 1],
          ]),
          right(add(scale(panel, N), varIx(j)), varIx(c)),
          "float32",
        ),
        true,
      ),
    ]);
    const rows = (count: number, first: number, height: number): Stmt[] => {
      if (!count || !height) return [];
      const mp = k.b.loopVar(count, d0 + 2),
        i = k.b.loopVar(height, d0 + 3),
        jj = k.b.loopVar(columns, d0 + 4),
        mPanel = addConst(varIx(mp), first);
      const row = add(scale(mPanel, M), varIx(i)),
        col = add(scale(panel, N), varIx(jj));
      const idx = [...batchIdx, ...delinearize(row, shapeOf(x, lf)), ...delinearize(col, shapeOf(y, rf))];
      const result = k.b.freshLoad(
        tile,
        sum([
          [varIx(i), N],
          [varIx(jj), 1],
        ]),
        "float32",
        0,
        d0 + 4,
      );
      // Fusion has made sure that it is read where the loops are: the same element may be written as another index expression.
      k.local.set(hero, () => result);
      const stores = spec.outputs.flatMap((out) => {
        if (sizeOf(out.shape) !== sizeOf(hero.shape))
          throw new Unfusable(`the output [${out.shape.join()}] has another shape than the product [${hero.shape.join()}]`);
        const outIdx = out.shape.join() === hero.shape.join() ? idx : reshapeIndex(idx, hero.shape, out.shape);
        return k.store(k.buffer(out, "out"), linearize(outIdx, out.shape), k.at(out, outIdx), out.dtype);
      });
      return [
        loop(mp, [
          { kind: "tile", a: packedA, aIndex: scale(mPanel, M * size.k), b: packedB, bIndex: ZERO, out: tile, k: size.k, of: hero },
          loop(i, [loop(jj, stores, true)]),
        ]),
      ];
    };
    const fullM = Math.floor(size.m / M);
    return [loop(p, [pack, ...rows(fullM, 0, M), ...rows(size.m % M ? 1 : 0, fullM, size.m % M)])];
  };
  const fullN = Math.floor(size.n / N),
    body = [...packA(), ...column(fullN, 0, N), ...column(size.n % N ? 1 : 0, fullN, size.n % N)];
  return { kernel: { name: spec.name, buffers: k.buffers, body: size.batch > 1 ? [loop(batchVar, body)] : body }, nodes: k.nodes };
}
