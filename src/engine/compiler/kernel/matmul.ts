// Matrix multiplication as a tiled template: operands are packed by kernel expressions (so transposes, casts and cheap producers cost
// nothing extra), the tile is computed in registers, and stores run kernel expressions again (the epilogue: bias, activation, …).
// Columns are taken in blocks that stay in the cache while all rows pass by, long contractions in blocks of depth whose totals are added up.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { TileShape } from "../target.ts";
import { KernelContext, Unfusable, reshapeIndex } from "./build.ts";
import type { BufferId, Expr, Stmt } from "./ir.ts";
import { type Ix, ZERO, add, constIx, delinearize, linearize, scale, sum, varIx } from "./ix.ts";
import { type Layout, layoutOf, liesAlong } from "./layout.ts";
import { type MatmulSize, matmulSize } from "./matmulSize.ts";
import type { BuiltKernel, GroupSpec } from "./nest.ts";
import { type Part, along, eachPart } from "./parts.ts";
import { FEW_ROWS, PANELS, apart, blockOf, tileFor } from "./tiling.ts";

const BYTES = 4;
type TileStmt = Stmt & { readonly kind: "tile" };

export function buildMatmul(spec: GroupSpec, hero: Node<"dot">, shape: TileShape): BuiltKernel {
  return new Product(spec, hero, shape).build();
}
class Product {
  readonly tile: TileShape;
  readonly #k: KernelContext;
  readonly #size: MatmulSize;
  readonly #batchIdx: readonly Ix[];
  readonly #left: (row: Ix, c: Ix) => Expr;
  readonly #right: (column: Ix, c: Ix) => Expr;
  readonly #leftLayout: Layout;
  readonly #rightLayout: Layout;
  /** Whether tiles read an operand as it lies. */
  readonly #leftInPlace: boolean;
  readonly #rightInPlace: boolean;
  /** Shapes of the result's rows and columns. */
  readonly #rowShape: readonly number[];
  readonly #columnShape: readonly number[];
  /** Rows, columns and depth of a block. */
  readonly #blockRows: number;
  readonly #blockColumns: number;
  readonly #blockDepth: number;
  /** Elements from one packed panel to the next. */
  readonly #pitchA: number;
  readonly #pitchB: number;
  /** Null where tiles read the left operand as it lies. */
  readonly #packedA: BufferId | null;
  readonly #packedB: BufferId;
  /** A tile, or where the depth is blocked all tiles of a block of columns, one after another. */
  readonly #tiles: BufferId;
  readonly #batchVar;
  /** Depth of the loop over batches. */
  readonly #depth: number;
  constructor(
    readonly spec: GroupSpec,
    readonly hero: Node<"dot">,
    shape: TileShape,
  ) {
    const k = (this.#k = new KernelContext(new Set(spec.nodes), spec.target));
    const [x, y] = hero.inputs as [Node, Node];
    const a = hero.attrs;
    const size = (this.#size = matmulSize(hero));
    this.#depth = size.batch > 1 ? 1 : 0;
    k.b.of = hero;
    const free = (n: Node, b: readonly number[], c: readonly number[]): number[] =>
      n.shape.map((_s, i) => i).filter((i) => !b.includes(i) && !c.includes(i));
    const lf = free(x, a.lhsBatch, a.lhsContract);
    const rf = free(y, a.rhsBatch, a.rhsContract);
    const shapeOf = (n: Node, d: readonly number[]): number[] => d.map((i) => n.shape[i]!);
    this.#rowShape = shapeOf(x, lf);
    this.#columnShape = shapeOf(y, rf);
    this.#batchVar = k.b.loopVar(size.batch, 1);
    const batchIdx = (this.#batchIdx = delinearize(varIx(this.#batchVar), shapeOf(x, a.lhsBatch)));
    const read =
      (bd: readonly number[], fd: readonly number[], cd: readonly number[]) =>
      (n: Node) =>
      (f: Ix, c: Ix): Expr => {
        const idx: Ix[] = [];
        bd.forEach((d, i) => (idx[d] = batchIdx[i]!));
        delinearize(f, shapeOf(n, fd)).forEach((ix, i) => (idx[fd[i]!] = ix));
        delinearize(c, shapeOf(n, cd)).forEach((ix, i) => (idx[cd[i]!] = ix));
        return k.b.cast(k.real(n, idx), "float32");
      };
    const left = read(a.lhsBatch, lf, a.lhsContract);
    const right = read(a.rhsBatch, rf, a.rhsContract);
    this.#left = left(x);
    this.#right = right(y);
    this.#leftLayout = layoutOf(k, x, left, size.m, size.k, this.#depth);
    this.#rightLayout = layoutOf(k, y, right, size.n, size.k, this.#depth);
    const { isStored, step, apart: pitch } = this.#leftLayout;
    this.#leftInPlace = isStored && step === 1 && pitch >= 0;
    this.#rightInPlace = this.#rightLayout.isStored && this.#rightLayout.apart === 1 && this.#rightLayout.step >= 0 && size.m <= FEW_ROWS;
    const tile = (this.tile = tileFor(size.m, shape));
    const { rows, columns } = tile;
    this.#blockDepth = blockOf(size.k, size.k > 2 * tile.depth ? tile.depth : size.k, 1);
    const most = Math.floor(tile.cacheBytes / (BYTES * this.#blockDepth));
    this.#blockColumns = blockOf(size.n, most, columns);
    this.#blockRows = blockOf(size.m, most, rows);
    const padded = Math.ceil(size.m / rows) * rows;
    this.#pitchA = apart(rows * size.k);
    this.#pitchB = apart(columns * this.#blockDepth);
    this.#packedA = this.#leftInPlace ? null : k.scratch("packed lhs", "float32", (padded / rows) * this.#pitchA);
    this.#packedB = k.scratch("packed rhs", "float32", (this.#rightInPlace ? 1 : this.#blockColumns / columns) * this.#pitchB);
    this.#tiles = k.scratch("tiles", "float32", this.#isDeep ? padded * this.#blockColumns : rows * columns, !this.#isDeep);
  }
  /** Whether the contracted axis is summed in blocks. */
  get #isDeep(): boolean {
    return this.#blockDepth < this.#size.k;
  }
  build(): BuiltKernel {
    const k = this.#k;
    const d = this.#depth;
    const body = [...this.#packA(), ...this.#each(this.#size.n, this.#blockColumns, d + 1, (block, columns) => this.#columns(block, columns))];
    const whole: Stmt[] = d > 0 ? [{ kind: "loop", v: this.#batchVar, body, contiguous: false }] : body;
    return { kernel: { name: this.spec.name, buffers: k.buffers, body: whole }, nodes: k.nodes };
  }
  #each(extent: number, step: number, depth: number, body: Part): Stmt[] {
    return eachPart(this.#k, extent, step, depth, body);
  }
  #along(extent: number, depth: number, contiguous: boolean, body: (at: Ix) => Stmt[]): Stmt {
    return along(this.#k, extent, depth, contiguous, body);
  }
  /** Packs the left operand by panels of a tile's rows, k-major; rows beyond the end are left as they are and never read. */
  #packA(): Stmt[] {
    const to = this.#packedA;
    if (to === null) return [];
    const d = this.#depth + 1;
    const { rows } = this.tile;
    const store = (panel: Ix, r: Ix, c: Ix): Stmt[] => {
      const at = sum([
        [panel, this.#pitchA],
        [c, rows],
        [r, 1],
      ]);
      return this.#k.store(to, at, this.#left(add(scale(panel, rows), r), c), "float32");
    };
    // Where rows lie side by side, several panels share the lines of memory that are read.
    const together = liesAlong(this.#leftLayout) ? rows * PANELS : rows;
    return this.#each(this.#size.m, together, d, (group, height) => [
      this.#along(this.#size.k, d + 1, false, (c) =>
        this.#each(height, rows, d + 2, (panel, some) => [
          this.#along(some, d + 3, false, (r) => store(add(scale(group, together / rows), panel), r, c)),
        ]),
      ),
    ]);
  }
  /** Where a tile finds the rows of the left operand, at a block of depth. */
  #rows(row: Ix, part: Ix): Pick<TileStmt, "a" | "aIndex" | "aRow" | "aStep"> {
    const { rows } = this.tile;
    if (this.#packedA !== null) {
      const aIndex = sum([
        [row, this.#pitchA],
        [part, rows * this.#blockDepth],
      ]);
      return { a: this.#packedA, aIndex, aRow: 1, aStep: rows };
    }
    const first = this.#left(scale(row, rows), scale(part, this.#blockDepth));
    if (first.kind !== "load") throw new Error("the left operand is not in memory");
    return { a: first.buffer, aIndex: first.index, aRow: this.#leftLayout.apart, aStep: 1 };
  }
  /** Where it finds the columns of the right operand. */
  #panel(block: Ix, column: Ix, width: number, part: Ix): Pick<TileStmt, "b" | "bIndex" | "bStep"> {
    const { columns } = this.tile;
    if (!this.#rightInPlace) return { b: this.#packedB, bIndex: scale(column, this.#pitchB), bStep: columns };
    // What is left over is packed: a tile reads whole vectors.
    if (width < columns) return { b: this.#packedB, bIndex: ZERO, bStep: columns };
    const at = sum([
      [block, this.#blockColumns],
      [column, columns],
    ]);
    const first = this.#right(at, scale(part, this.#blockDepth));
    if (first.kind !== "load") throw new Error("the right operand is not in memory");
    return { b: first.buffer, bIndex: first.index, bStep: this.#rightLayout.step };
  }
  /** A block of columns: all of its depth at once, or block after block, added up before what comes after the product. */
  #columns(block: Ix, columns: number): Stmt[] {
    const d = this.#depth + 2;
    if (!this.#isDeep) {
      return [
        ...this.#packB(block, columns, ZERO, this.#size.k, d),
        ...this.#tilesOf(columns, d, (row, column, height, width) => [
          this.#multiply(block, row, column, height, width, ZERO, this.#size.k),
          ...this.#finish(block, row, column, height, width, d + 3),
        ]),
      ];
    }
    const k = this.#k;
    const cleared = this.#along(this.#tilesBefore(Math.ceil(this.#size.m / this.tile.rows)), d, true, (i) =>
      k.store(this.#tiles, i, k.b.const(0, "float32"), "float32"),
    );
    const blocks = this.#each(this.#size.k, this.#blockDepth, d, (part, depth) => [
      ...this.#packB(block, columns, part, depth, d + 1),
      ...this.#tilesOf(columns, d + 1, (row, column, height, width) => [this.#multiply(block, row, column, height, width, part, depth)]),
    ]);
    return [cleared, ...blocks, ...this.#tilesOf(columns, d, (row, column, height, width) => this.#finish(block, row, column, height, width, d + 3))];
  }
  /** Packs a block of the right operand by panels of a tile's columns, k-major; columns beyond the end are left as they are. */
  #packB(block: Ix, columns: number, part: Ix, depth: number, d: number): Stmt[] {
    const width = this.tile.columns;
    const store = (panel: Ix, j: Ix, c: Ix): Stmt[] => {
      const at = sum([
        [this.#rightInPlace ? ZERO : panel, this.#pitchB],
        [c, width],
        [j, 1],
      ]);
      const column = sum([
        [block, this.#blockColumns],
        [panel, width],
        [j, 1],
      ]);
      return this.#k.store(this.#packedB, at, this.#right(column, add(scale(part, this.#blockDepth), c)), "float32");
    };
    if (this.#rightInPlace) {
      const first = Math.floor(columns / width);
      const some = columns % width;
      if (some === 0) return [];
      const rest = (j: Ix, c: Ix): Stmt[] => store(constIx(first), j, c);
      return [this.#along(depth, d, false, (c) => [this.#along(some, d + 1, true, (j) => rest(j, c))])];
    }
    const across = (panel: Ix, some: number, c: Ix, inside: number): Stmt => this.#along(some, inside, true, (j) => store(panel, j, c));
    // A row of the block is read at once where it lies side by side: by panels, each line of memory would come from afar again.
    return liesAlong(this.#rightLayout)
      ? [this.#along(depth, d, false, (c) => this.#each(columns, width, d + 1, (panel, some) => [across(panel, some, c, d + 2)]))]
      : this.#each(columns, width, d, (panel, some) => [this.#along(depth, d + 1, false, (c) => [across(panel, some, c, d + 2)])]);
  }
  /** Loops over the tiles of a block of columns, in blocks of rows: a panel of columns stays in the first cache while a block of rows passes by. */
  #tilesOf(columns: number, d: number, body: (row: Ix, column: Ix, height: number, width: number) => Stmt[]): Stmt[] {
    const { rows } = this.tile;
    return this.#each(this.#size.m, this.#blockRows, d, (block, some) =>
      this.#each(columns, this.tile.columns, d + 1, (column, width) =>
        this.#each(some, rows, d + 2, (row, height) => body(add(scale(block, this.#blockRows / rows), row), column, height, width)),
      ),
    );
  }
  /** Elements of all tiles of the panels of rows before one. */
  #tilesBefore(row: number): number {
    return row * this.tile.rows * this.#blockColumns;
  }
  /** Where a tile lies: by panels of rows and, among them, of columns. */
  #tileAt(row: Ix, column: Ix): Ix {
    if (!this.#isDeep) return ZERO;
    return sum([
      [row, this.#tilesBefore(1)],
      [column, this.tile.rows * this.tile.columns],
    ]);
  }
  #multiply(block: Ix, row: Ix, column: Ix, height: number, width: number, part: Ix, depth: number): Stmt {
    const outIndex = this.#tileAt(row, column);
    return {
      kind: "tile",
      rows: height,
      columns: this.tile.columns,
      ...this.#rows(row, part),
      ...this.#panel(block, column, width, part),
      out: this.#tiles,
      outIndex,
      adds: this.#isDeep,
      k: depth,
      of: this.hero,
    };
  }
  /** What is computed of a tile's elements, and stored. */
  #finish(block: Ix, rowPanel: Ix, columnPanel: Ix, height: number, width: number, d: number): Stmt[] {
    const k = this.#k;
    const { hero, spec } = this;
    const { rows, columns } = this.tile;
    const store = (i: Ix, j: Ix): Stmt[] => {
      const row = add(scale(rowPanel, rows), i);
      const column = sum([
        [block, this.#blockColumns],
        [columnPanel, columns],
        [j, 1],
      ]);
      const idx = [...this.#batchIdx, ...delinearize(row, this.#rowShape), ...delinearize(column, this.#columnShape)];
      const at = sum([
        [this.#tileAt(rowPanel, columnPanel), 1],
        [i, columns],
        [j, 1],
      ]);
      const result = k.b.freshLoad(this.#tiles, at, "float32", 0, d + 2);
      // Fusion has made sure that it is read where the loops are: the same element may be written as another index expression.
      k.local.set(hero, () => result);
      return spec.outputs.flatMap((out) => {
        if (sizeOf(out.shape) !== sizeOf(hero.shape))
          throw new Unfusable(`the output [${out.shape.join()}] has another shape than the product [${hero.shape.join()}]`);
        const outIdx = out.shape.join() === hero.shape.join() ? idx : reshapeIndex(idx, hero.shape, out.shape);
        return k.store(k.buffer(out, "out"), linearize(outIdx, out.shape), k.at(out, outIdx), out.dtype);
      });
    };
    return [this.#along(height, d + 1, false, (i) => [this.#along(width, d + 2, true, (j) => store(i, j))])];
  }
}
