// Convolutions as tiled products: no patches are gathered. Rows of a tile are results that lie side by side, steps of its depth are taps and features,
// and both are constant distances in an image that is padded once. Sets of taps that lie apart are several tiles that are added up.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { TileShape } from "../target.ts";
import { KernelContext, Unfusable, reshapeIndex } from "./build.ts";
import { type ConvolutionSize, type Remainder, convolutionSize } from "./convolutionSize.ts";
import type { BufferId, Stmt } from "./ir.ts";
import { type Ix, type LoopVar, ZERO, addConst, constIx, delinearize, linearize, scale, sum, varIx } from "./ix.ts";
import { orderOf } from "./layout.ts";
import type { BuiltKernel, GroupSpec } from "./nest.ts";
import { along, eachPart } from "./parts.ts";
import { apart, tileForColumns } from "./tiling.ts";

/** Taps × features from which on the packed kernel does not stay in the cache while results pass by: totals are then added up part by part. */
const DEEP = 8192;
/** Of the rows that tiles compute, so many have to be results: otherwise rows are taken along the batch. */
const FULL = 0.75;

/** Where an image's elements lie. */
interface Image {
  readonly buffer: BufferId;
  readonly batch: number;
  readonly axes: readonly number[];
  readonly origin: Ix;
}
/** Axes of the results that are one distance apart in the image. −1 is the batch. */
interface RowAxis {
  readonly axes: readonly number[];
  readonly shape: readonly number[];
  readonly extent: number;
  readonly pitch: number;
}
/** A set of taps, one remainder an axis. */
interface Phase {
  readonly remainders: readonly Remainder[];
  readonly taps: number;
  /** Where its part of a packed panel begins, in steps. */
  readonly start: number;
}
interface Panel {
  readonly index: Ix;
  readonly width: number;
}

export function buildConvolution(spec: GroupSpec, hero: Node<"conv">, shape: TileShape): BuiltKernel {
  return new Convolution(spec, hero, shape).build();
}
class Convolution {
  readonly #k: KernelContext;
  readonly #size: ConvolutionSize;
  readonly #tile: TileShape;
  readonly #phases: readonly Phase[];
  /** Taps × features of all phases. */
  readonly #steps: number;
  readonly #isDeep: boolean;
  /** Null where the input is read as it lies; else whether the padded copy is of one image or of all. */
  readonly #copy: "image" | "all" | null;
  readonly #padded: BufferId | null;
  readonly #kernel: BufferId;
  readonly #tiles: BufferId;
  readonly #pitch: number;
  readonly #panels: number;
  readonly #group: LoopVar;
  readonly #rows = new Map<Phase, readonly RowAxis[]>();
  constructor(
    readonly spec: GroupSpec,
    readonly hero: Node<"conv">,
    shape: TileShape,
  ) {
    const k = (this.#k = new KernelContext(new Set(spec.nodes), spec.target));
    k.b.of = hero;
    const size = (this.#size = convolutionSize(hero));
    this.#tile = tileForColumns(size.columns, shape);
    let steps = 0;
    this.#phases = size.axes
      .reduce<Remainder[][]>((all, axis) => all.flatMap((chosen) => axis.remainders.map((r) => [...chosen, r])), [[]])
      .map((remainders): Phase => {
        const start = steps;
        const taps = sizeOf(remainders.map((r) => r.taps));
        steps += taps * size.features;
        return { remainders, taps, start };
      });
    this.#steps = steps;
    this.#isDeep = steps > DEEP;
    this.#group = k.b.loopVar(size.groups, 1);
    this.#copy = this.#readsInPlace() ? null : size.batch === 1 || (!this.#isDeep && this.#fillsTiles()) ? "image" : "all";
    const extent = sizeOf(size.axes.map((a) => a.extent)) * size.features;
    this.#padded = this.#copy === null ? null : k.scratch("padded", "float32", (this.#copy === "image" ? 1 : size.batch) * extent);
    const { rows, columns } = this.#tile;
    this.#panels = Math.ceil(size.columns / columns);
    this.#pitch = apart(columns * (this.#isDeep ? Math.max(...this.#phases.map((p) => this.#partOf(p).depth)) : steps));
    this.#kernel = k.scratch("packed kernel", "float32", this.#panels * this.#pitch);
    const results = (p: Phase): number => {
      const tiled = this.#tiledAxis(this.#rowAxes(p));
      return sizeOf(this.#rowAxes(p).map((r) => (r === tiled ? Math.ceil(r.extent / rows) : r.extent)));
    };
    this.#tiles = k.scratch(
      "tiles",
      "float32",
      rows * columns * (this.#isDeep ? this.#panels * Math.max(...this.#phases.map(results)) : 1),
      !this.#isDeep,
    );
  }
  // ---- what lies where
  get #x(): Node {
    return this.hero.inputs[0] as Node;
  }
  /** Elements between neighbours along each axis of the input. */
  #strides(): number[] {
    const { shape } = this.#x;
    return shape.map((_n, i) => sizeOf(shape.slice(i + 1)));
  }
  #readsInPlace(): boolean {
    const x = this.#x;
    const { lhsSpec } = this.hero.attrs;
    const isInside = this.#size.axes.every((a) => a.base >= 0 && a.base + a.extent <= a.size);
    return isInside && !this.#k.inGroup.has(x) && this.#strides()[lhsSpec[1]!] === 1;
  }
  /** Whether rows of tiles can be taken along the image's last axis. */
  #fillsTiles(): boolean {
    const { rows } = this.#tile;
    return this.#size.axes.at(-1)!.remainders.every((r) => r.extent / (Math.ceil(r.extent / rows) * rows) >= FULL);
  }
  #image(): Image {
    const { axes, batch, features, groups } = this.#size;
    const a = this.hero.attrs;
    if (this.#padded !== null) {
      const strides = axes.map((_x, i) => sizeOf(axes.slice(i + 1).map((y) => y.extent)) * features);
      return { buffer: this.#padded, batch: this.#copy === "image" ? 0 : strides[0]! * axes[0]!.extent, axes: strides, origin: ZERO };
    }
    const strides = this.#strides();
    const start = axes.reduce((at, axis, i) => at + axis.base * strides[a.lhsSpec[i + 2]!]!, 0);
    const step = a.batchGroups > 1 ? batch * strides[a.lhsSpec[0]!]! : features;
    return {
      buffer: this.#k.buffer(this.#x, "in"),
      batch: strides[a.lhsSpec[0]!]!,
      axes: axes.map((_x, i) => strides[a.lhsSpec[i + 2]!]!),
      origin: addConst(groups > 1 ? scale(varIx(this.#group), step) : ZERO, start),
    };
  }
  /** Axes of a phase's results, those that run together as one, the innermost last. */
  #rowAxes(phase: Phase): readonly RowAxis[] {
    let found = this.#rows.get(phase);
    if (!found) this.#rows.set(phase, (found = this.#joinedAxes(phase)));
    return found;
  }
  #joinedAxes({ remainders }: Phase): readonly RowAxis[] {
    const { axes, batch } = this.#size;
    const image = this.#image();
    const single = axes.map((axis, i): RowAxis => {
      const { extent } = remainders[i]!;
      return { axes: [i], shape: [extent], extent, pitch: axis.walk * image.axes[i]! };
    });
    if (this.#copy !== "image") single.unshift({ axes: [-1], shape: [batch], extent: batch, pitch: image.batch });
    return single.reduceRight<RowAxis[]>((joined, axis) => {
      const [inner, ...rest] = joined;
      if (!inner || (axis.extent > 1 && axis.pitch !== inner.extent * inner.pitch)) return [axis, ...joined];
      const together = {
        axes: [...axis.axes, ...inner.axes],
        shape: [...axis.shape, ...inner.shape],
        extent: axis.extent * inner.extent,
        pitch: inner.pitch,
      };
      return [together, ...rest];
    }, []);
  }
  /** The last taps and all features of a phase: how long each run of neighbours is, and how many runs there are. */
  #partOf({ remainders }: Phase): { readonly run: number; readonly runs: number; readonly depth: number } {
    const { features } = this.#size;
    const last = remainders.at(-1)!;
    const runs = last.taps > 1 && last.step * (this.#image().axes.at(-1) ?? 0) !== features ? last.taps : 1;
    const depth = last.taps * features;
    return { run: depth / Math.max(runs, 1), runs, depth };
  }

  // ---- the kernel
  build(): BuiltKernel {
    const k = this.#k;
    const { groups, batch } = this.#size;
    const body: Stmt[] = [];
    if (this.#padded !== null && this.#size.axes.some((a) => a.base < 0 || a.base + a.extent > a.size)) {
      const zero = k.b.const(0, "float32");
      const to = this.#padded;
      body.push(along(k, k.buffers[to]!.size, 1, true, (i) => k.store(to, i, zero, "float32")));
    }
    const d = groups > 1 ? 1 : 0;
    const inner = [...(this.#isDeep ? [] : this.#phases.flatMap((p) => this.#packPhase(p, d))), ...(this.#copy === "all" ? this.#pad(null, d) : [])];
    if (this.#copy === "image") {
      const v = k.b.loopVar(batch, d + 1);
      const image = varIx(v);
      inner.push({
        kind: "loop",
        v,
        body: [...this.#pad(image, d + 1), ...this.#phases.flatMap((p) => this.#results(p, image, d + 1))],
        contiguous: false,
      });
    } else inner.push(...this.#phases.flatMap((p) => this.#results(p, null, d)));
    if (groups > 1) body.push({ kind: "loop", v: this.#group, body: inner, contiguous: false });
    else body.push(...inner);
    return { kernel: { name: this.spec.name, buffers: k.buffers, body }, nodes: k.nodes };
  }
  /** Nested loops over axes, in the order in which an operand lies, each with its index at its place. */
  #nest(extents: readonly number[], order: readonly number[], d: number, contiguous: number | null, body: (at: readonly Ix[]) => Stmt[]): Stmt[] {
    const vars = new Map(order.map((axis, i) => [axis, this.#k.b.loopVar(extents[axis]!, d + 1 + i)]));
    const at = extents.map((_n, axis) => varIx(vars.get(axis)!));
    return [...vars].reduceRight<Stmt[]>(
      (inner, [axis, v], i) => [{ kind: "loop", v, body: inner, contiguous: i === order.length - 1 && axis === contiguous }],
      body(at),
    );
  }
  /** Copies what lies inside the input into the padded image: features innermost. */
  #pad(image: Ix | null, d: number): Stmt[] {
    const k = this.#k;
    const to = this.#padded;
    if (to === null) return [];
    const { axes, batch, features, groups } = this.#size;
    const a = this.hero.attrs;
    const { batch: pitch, axes: strides } = this.#image();
    const inside = axes.map((axis) => {
      const from = Math.max(0, axis.base);
      return { from, extent: Math.min(axis.size, axis.base + axis.extent) - from, to: from - axis.base };
    });
    if (inside.some((i) => i.extent <= 0)) return [];
    // Batch, axes, features.
    const extents = [image === null ? batch : 1, ...inside.map((i) => i.extent), features];
    const group = groups > 1 ? varIx(this.#group) : ZERO;
    const index = (at: readonly Ix[]): Ix[] => {
      const idx: Ix[] = [];
      idx[a.lhsSpec[0]!] = sum([
        [image ?? at[0]!, 1],
        [group, a.batchGroups > 1 ? batch : 0],
      ]);
      idx[a.lhsSpec[1]!] = sum([
        [at.at(-1)!, 1],
        [group, a.featureGroups > 1 ? features : 0],
      ]);
      inside.forEach((i, axis) => (idx[a.lhsSpec[axis + 2]!] = addConst(at[axis + 1]!, i.from)));
      return idx;
    };
    const last = extents.length - 1;
    const order = orderOf(k, this.#x, index, extents, d);
    return this.#nest(extents, order, d, last, (at) => {
      const parts: [Ix, number][] = [
        [at[last]!, 1],
        [at[0]!, pitch],
      ];
      const start = inside.reduce((n, i, axis) => n + i.to * strides[axis]!, 0);
      strides.forEach((s, axis) => parts.push([at[axis + 1]!, s]));
      return k.store(to, sum(parts, start), k.b.cast(k.real(this.#x, index(at)), "float32"), "float32");
    });
  }
  /** The taps of a phase, by panels of a tile's columns: taps, then features, then columns. @param outer the taps of all axes but the last, where one part is packed */
  #packPhase(phase: Phase, d: number, outer: readonly Ix[] | null = null): Stmt[] {
    const k = this.#k;
    const w = this.hero.inputs[1] as Node;
    const a = this.hero.attrs;
    const { columns: across, features, groups } = this.#size;
    const { columns } = this.#tile;
    if (phase.taps === 0) return [];
    const taps = phase.remainders.map((r, i) => (outer && i < phase.remainders.length - 1 ? 1 : r.taps));
    const group = groups > 1 ? varIx(this.#group) : ZERO;
    const pack = (first: Ix, panels: number, width: number, depth: number): Stmt[] => {
      // Panels, taps, features, columns of a panel.
      const extents = [panels, ...taps, features, width];
      const column = (at: readonly Ix[]): Ix =>
        sum([
          [first, columns],
          [at[0]!, columns],
          [at.at(-1)!, 1],
        ]);
      const index = (at: readonly Ix[]): Ix[] => {
        const idx: Ix[] = [];
        idx[a.rhsSpec[0]!] = sum([
          [column(at), 1],
          [group, across],
        ]);
        idx[a.rhsSpec[1]!] = at.at(-2)!;
        phase.remainders.forEach((r, i) => {
          const tap = outer && i < outer.length ? outer[i]! : at[i + 1]!;
          idx[a.rhsSpec[i + 2]!] = addConst(scale(tap, r.tapStep), r.firstTap);
        });
        return idx;
      };
      const order = orderOf(k, w, index, extents, depth);
      return this.#nest(extents, order, depth, extents.length - 1, (at) => {
        const step = linearize(at.slice(1, -1), [...taps, features]);
        const to = sum(
          [
            [first, this.#pitch],
            [at[0]!, this.#pitch],
            [step, columns],
            [at.at(-1)!, 1],
          ],
          outer ? 0 : phase.start * columns,
        );
        return k.store(this.#kernel, to, k.b.cast(k.real(w, index(at)), "float32"), "float32");
      });
    };
    const whole = Math.floor(across / columns);
    const rest = across % columns;
    return [
      ...(whole > 0 ? pack(ZERO, whole, columns, d) : []),
      ...(rest > 0 ? [...this.#clearPart(whole, outer ? 0 : phase.start, sizeOf(taps) * features, d), ...pack(constIx(whole), 1, rest, d)] : []),
    ];
  }
  /** Columns beyond the end are zero: what lay there before could be slow to multiply with. Only a phase's own steps: those of others are packed already. */
  #clearPart(panel: number, start: number, steps: number, d: number): Stmt[] {
    const k = this.#k;
    const { columns } = this.#tile;
    const first = panel * this.#pitch + start * columns;
    return [along(k, steps * columns, d + 1, true, (i) => k.store(this.#kernel, addConst(i, first), k.b.const(0, "float32"), "float32"))];
  }
  /** All results of a phase. */
  #results(phase: Phase, image: Ix | null, d: number): Stmt[] {
    if (!this.#isDeep) {
      return this.#eachTile(phase, d, (at, row, height, panel, depth) => [
        ...this.#multiply(phase, at, row, height, panel, depth),
        ...this.#finish(phase, image, at, row, height, panel, depth),
      ]);
    }
    const k = this.#k;
    const zero = k.b.const(0, "float32");
    const cleared = along(k, k.buffers[this.#tiles]!.size, d + 1, true, (i) => k.store(this.#tiles, i, zero, "float32"));
    const outer = phase.remainders.slice(0, -1).map((r) => r.taps);
    const parts =
      phase.taps === 0
        ? []
        : this.#nest(outer, [...outer.keys()], d, null, (taps) => {
            const inside = d + outer.length;
            return [
              ...this.#packPhase(phase, inside, taps),
              ...this.#eachTile(phase, inside, (at, row, height, panel, depth) => this.#runs(phase, at, row, height, panel, taps, depth, true)),
            ];
          });
    const finished = this.#eachTile(phase, d, (at, row, height, panel, depth) => this.#finish(phase, image, at, row, height, panel, depth));
    return [cleared, ...parts, ...finished];
  }
  /** Loops over the tiles of a phase: rows side by side innermost, so that a panel of the kernel stays in the first cache. */
  #eachTile(phase: Phase, d: number, body: (at: ReadonlyMap<RowAxis, Ix>, row: Ix, height: number, panel: Panel, depth: number) => Stmt[]): Stmt[] {
    const k = this.#k;
    const { rows, columns } = this.#tile;
    const axes = this.#rowAxes(phase);
    const tiled = this.#tiledAxis(axes);
    const outer = axes.filter((a) => a !== tiled);
    return this.#nest(
      outer.map((a) => a.extent),
      [...outer.keys()],
      d,
      null,
      (vars) => {
        const at = new Map(outer.map((a, i) => [a, vars[i]!]));
        const inside = d + outer.length;
        const most = Math.max(rows, Math.floor(this.#tile.cacheBytes / (16 * this.#steps)) * rows);
        return eachPart(k, tiled.extent, most, inside + 1, (block, some) =>
          eachPart(k, this.#size.columns, columns, inside + 2, (panel, width) =>
            eachPart(k, some, rows, inside + 3, (row, height) => {
              const first = sum([
                [block, most / rows],
                [row, 1],
              ]);
              return body(at, first, height, { index: panel, width }, inside + 3);
            }),
          ),
        );
      },
    );
  }
  /** The axis that rows of tiles are taken along: the one whose tiles are fullest, and of equal ones the innermost. */
  #tiledAxis(axes: readonly RowAxis[]): RowAxis {
    const { rows } = this.#tile;
    const full = (a: RowAxis): number => a.extent / (Math.ceil(a.extent / rows) * rows);
    return axes.reduce((best, a) => (full(a) >= full(best) ? a : best));
  }
  /** Where a tile lies among those that are kept. */
  #tileAt(phase: Phase, at: ReadonlyMap<RowAxis, Ix>, row: Ix, panel: Panel): Ix {
    if (!this.#isDeep) return ZERO;
    const axes = this.#rowAxes(phase);
    const tiled = this.#tiledAxis(axes);
    const outer = [...at];
    const position = linearize(
      [...outer.map(([, ix]) => ix), row, panel.index],
      [...outer.map(([a]) => a.extent), Math.ceil(tiled.extent / this.#tile.rows), this.#panels],
    );
    return scale(position, this.#tile.rows * this.#tile.columns);
  }
  /** A tile by all taps of a phase. */
  #multiply(phase: Phase, at: ReadonlyMap<RowAxis, Ix>, row: Ix, height: number, panel: Panel, d: number): Stmt[] {
    const k = this.#k;
    const outer = phase.remainders.slice(0, -1).map((r) => r.taps);
    const { runs } = this.#partOf(phase);
    if (phase.taps > 0 && sizeOf(outer) * runs === 1)
      return this.#runs(
        phase,
        at,
        row,
        height,
        panel,
        outer.map(() => ZERO),
        d,
        false,
      );
    const zero = k.b.const(0, "float32");
    const cleared = along(k, this.#tile.rows * this.#tile.columns, d + 1, true, (i) => k.store(this.#tiles, i, zero, "float32"));
    if (phase.taps === 0) return [cleared];
    return [
      cleared,
      ...this.#nest(outer, [...outer.keys()], d, null, (taps) => this.#runs(phase, at, row, height, panel, taps, d + outer.length, true)),
    ];
  }
  /** The tiles of one place of the outer taps: one for each run of neighbours in the image. */
  #runs(phase: Phase, at: ReadonlyMap<RowAxis, Ix>, row: Ix, height: number, panel: Panel, taps: readonly Ix[], d: number, adds: boolean): Stmt[] {
    const { columns, rows } = this.#tile;
    const { axes, features } = this.#size;
    const image = this.#image();
    const { run, runs, depth } = this.#partOf(phase);
    const all = this.#rowAxes(phase);
    const tiled = this.#tiledAxis(all);
    const last = phase.remainders.at(-1)!;
    const tile = (tap: Ix): Stmt => {
      const parts: [Ix, number][] = [
        [image.origin, 1],
        [row, rows * tiled.pitch],
      ];
      for (const [axis, ix] of at) parts.push([ix, axis.pitch]);
      let start = 0;
      phase.remainders.forEach((r, i) => {
        const stride = image.axes[i]!;
        start += (r.first - axes[i]!.base) * stride;
        parts.push([i === phase.remainders.length - 1 ? tap : taps[i]!, r.step * stride]);
      });
      const step = this.#isDeep
        ? scale(tap, features)
        : addConst(
            sum([
              [
                linearize(
                  taps,
                  phase.remainders.slice(0, -1).map((r) => r.taps),
                ),
                last.taps * features,
              ],
              [tap, features],
            ]),
            phase.start,
          );
      return {
        kind: "tile",
        rows: height,
        columns,
        a: image.buffer,
        aIndex: sum(parts, start),
        aRow: tiled.pitch,
        aStep: 1,
        b: this.#kernel,
        bIndex: sum([
          [panel.index, this.#pitch],
          [step, columns],
        ]),
        bStep: columns,
        out: this.#tiles,
        outIndex: this.#tileAt(phase, at, row, panel),
        adds,
        k: runs === 1 ? depth : run,
        of: this.hero,
      };
    };
    return runs === 1 ? [tile(ZERO)] : [along(this.#k, runs, d + 1, false, (tap) => [tile(tap)])];
  }
  /** What is computed of a tile's results, and stored. */
  #finish(phase: Phase, image: Ix | null, at: ReadonlyMap<RowAxis, Ix>, row: Ix, height: number, panel: Panel, d: number): Stmt[] {
    const k = this.#k;
    const { hero, spec } = this;
    const { rows, columns } = this.#tile;
    const { outSpec } = hero.attrs;
    const tiled = this.#tiledAxis(this.#rowAxes(phase));
    const store = (i: Ix, j: Ix): Stmt[] => {
      const idx: Ix[] = [];
      const place = (axis: RowAxis, ix: Ix): void =>
        delinearize(ix, axis.shape).forEach((part, n) => {
          const of = axis.axes[n]!;
          if (of < 0) idx[outSpec[0]!] = part;
          else idx[outSpec[of + 2]!] = addConst(scale(part, this.#size.axes[of]!.period), phase.remainders[of]!.remainder);
        });
      if (image) idx[outSpec[0]!] = image;
      for (const [axis, ix] of at) place(axis, ix);
      place(
        tiled,
        sum([
          [row, rows],
          [i, 1],
        ]),
      );
      idx[outSpec[1]!] = sum([
        [varIx(this.#group), this.#size.columns],
        [panel.index, columns],
        [j, 1],
      ]);
      const from = sum([
        [this.#tileAt(phase, at, row, panel), 1],
        [i, columns],
        [j, 1],
      ]);
      const result = k.b.freshLoad(this.#tiles, from, "float32", 0, d + 2);
      // Fusion has made sure that it is read where the loops are: the same element may be written as another index expression.
      k.local.set(hero, () => result);
      return spec.outputs.flatMap((out) => {
        if (sizeOf(out.shape) !== sizeOf(hero.shape))
          throw new Unfusable(`the output [${out.shape.join()}] has another shape than the convolution [${hero.shape.join()}]`);
        const outIdx = out.shape.join() === hero.shape.join() ? idx : reshapeIndex(idx, hero.shape, out.shape);
        return k.store(k.buffer(out, "out"), linearize(outIdx, out.shape), k.at(out, outIdx), out.dtype);
      });
    };
    // Results that lie side by side are stored together: features, or neighbours of an image.
    const byFeatures = outSpec[1] === hero.shape.length - 1;
    return byFeatures
      ? [along(k, height, d + 1, false, (i) => [along(k, panel.width, d + 2, true, (j) => store(i, j))])]
      : [along(k, panel.width, d + 1, false, (j) => [along(k, height, d + 2, true, (i) => store(i, j))])];
  }
}
