// vmap and scan over functions of modules: an axis for each variable, by filters, and the variables that the function sets along the same axis.
import { StructureError } from "../core/errors.ts";
import type { AnyFunction } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import * as np from "../numpy/index.ts";
import { mapTree } from "../core/prefix.ts";
import { vmap as engineVmap } from "../transforms/vectorize.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { type GraphDef, type Slot, flattenGraph } from "./graph.ts";
import { finish, finishPair, named, runPure, valuesOf } from "./transforms.ts";

/** Stands among the axes of a scan for what is carried from step to step. */
export const Carry = Symbol("nnx.Carry");
type Axis = number | null | typeof Carry;
/** The axes of a module's variables by filters, of which the first that holds decides: `new nnx.StateAxes([[nnx.Param, 0], ["...", null]])`. */
export class StateAxes {
  constructor(readonly axes: readonly (readonly [filter: Filter, axis: Axis])[]) {}
  axisOf(slot: Slot, what: string): Axis {
    const found = this.axes.find(([f]) => toPredicate(f)(slot.path.slice(1), slot.variable ?? slot.value));
    if (!found) throw new StructureError(`${what}: no filter of the StateAxes holds for ${slot.path.join(".")}; end with ["...", null]`);
    return found[1];
  }
}
/** The axis of an argument or a result: of each array in it. */
export type NodeAxes = Axis | StateAxes | readonly NodeAxes[] | { readonly [key: string]: NodeAxes };
/** The axis of one place. */
function axisAt(axes: NodeAxes, slot: Slot, what: string, depth = 0): Axis {
  if (axes instanceof StateAxes) return axes.axisOf(slot, what);
  if (axes === null || typeof axes === "number" || axes === Carry) return axes;
  const inner = (axes as Readonly<Record<string | number, NodeAxes>>)[slot.path[depth]!];
  if (inner === undefined) throw new StructureError(`${what}: the axes have no entry for ${slot.path.join(".")}`);
  return axisAt(inner, slot, what, depth + 1);
}
/** The axes of a call's arguments: one for all, or one each. */
const axesOfArgs = (slots: readonly Slot[], inAxes: NodeAxes, what: string): Axis[] => slots.map((s) => axisAt(inAxes, s, what, 0));

/** Options of `nnx.vmap`. */
export interface VmapOptions {
  /** The mapped axis of each argument: a number, null, StateAxes for the variables of a module, or a tree of those. Default 0. */
  readonly inAxes?: NodeAxes;
  /** The axis of each result. Default 0. */
  readonly outAxes?: NodeAxes;
  /** A name for collectives. */
  readonly axisName?: string;
  /** The number of examples; needed where no argument is mapped. */
  readonly axisSize?: number;
}
/**
 * As `vmap`, over functions of modules: a module with a mapped axis is many, one an example, as `vmap` of its constructor makes it. Variables that the
 * function sets keep their axis; setting one that is not mapped throws. Source: flax.nnx.vmap.
 * @example nnx.vmap((x: Array) => x.mul(2))(np.array([1, 2])) // [2, 4]
 */
export function vmap<F extends AnyFunction>(fn: F, options: VmapOptions = {}): F {
  const what = "nnx.vmap";
  return named(
    function (this: unknown, ...args: unknown[]): unknown {
      const indices = new Map<object, number>(),
        [def, slots] = flattenGraph(args, { loose: true, indices }),
        axes = axesOfArgs(slots, options.inAxes ?? 0, what),
        known = new Map(slots.map((s, i) => [s.variable ? indices.get(s.variable) : undefined, axes[i]]));
      if (axes.includes(Carry)) throw new StructureError("nnx.vmap: nothing is carried in a vmap; Carry belongs to nnx.scan");
      // The structure of the results is known once the function has run, and their axes with it: they are moved there from axis 0.
      let places: (number | null)[] = [];
      const pure = named((...leaves: unknown[]): [GraphDef, unknown[]] => {
        const run = runPure(fn, this, def, leaves),
          [defOut, out] = run.after();
        const inner = new Map(run.indices());
        places = out.map((s) => {
          const index = s.variable ? inner.get(s.variable) : undefined,
            axis = index !== undefined && known.has(index) ? known.get(index)! : axisAt(options.outAxes ?? 0, { ...s, path: s.path.slice(1) }, what);
          if (index !== undefined && known.has(index) && axis === null)
            throw new StructureError(
              `nnx.vmap: the function sets the variable ${s.path.slice(1).join(".")}, which is not mapped: give it an axis in inAxes`,
            );
          return axis as number | null;
        });
        return [defOut, valuesOf(out)];
      }, fn);
      const mapped = engineVmap(pure, {
        inAxes: axes as (number | null)[],
        ...(options.axisName === undefined ? {} : { axisName: options.axisName }),
        ...(options.axisSize === undefined ? {} : { axisSize: options.axisSize }),
      })(...valuesOf(slots)) as [GraphDef, unknown[]];
      const out = mapped[1].map((v, i) =>
        mapTree((x: Value) => (places[i] === null ? x.get(0) : places[i] === 0 ? x : np.moveaxis(x, 0, places[i]!)), v),
      );
      return finish(mapped[0], out, indices);
    } as F,
    fn,
  );
}

/** Options of `nnx.scan`. */
export interface ScanOptions {
  /** The number of steps; needed where no argument has an axis. */
  readonly length?: number;
  /** Goes from the last to the first. */
  readonly reverse?: boolean;
  /** How many steps a compiler may write out. */
  readonly unroll?: number | boolean;
  /** For each argument: nnx.Carry, the axis to scan over, null for what every step sees, or StateAxes. Default [nnx.Carry, 0]. */
  readonly inAxes?: readonly NodeAxes[];
  /** For the results: nnx.Carry and the axis along which outputs are stacked. Default [nnx.Carry, 0]. */
  readonly outAxes?: readonly [typeof Carry, NodeAxes] | NodeAxes;
}
const toFront = (v: unknown, axis: number): unknown => mapTree((x: Value) => (axis === 0 ? x : np.moveaxis(x, axis, 0)), v);
const fromFront = (v: unknown, axis: number): unknown => mapTree((x: Value) => (axis === 0 ? x : np.moveaxis(x, 0, axis)), v);
/**
 * As `lax.scan`, over functions of modules: a module with an axis is a stack of layers, one a step; one that is carried is handed from step to step.
 * The function gives `[carry, y]`, or just the carry or a y where `outAxes` says so. Source: flax.nnx.scan.
 * @example const run = nnx.scan((sum: Array, x: Array) => [sum.add(x), sum.mul(x)]); run(np.array(0), np.array([1, 2, 3])) // [6, [0, 2, 9]]
 */
export function scan<F extends AnyFunction>(fn: F, options: ScanOptions = {}): F {
  const what = "nnx.scan",
    inAxes = options.inAxes ?? [Carry, 0],
    outAxes = options.outAxes ?? [Carry, 0];
  return named(
    function (this: unknown, ...args: unknown[]): unknown {
      const indices = new Map<object, number>(),
        [def, slots] = flattenGraph(args, { loose: true, indices }),
        axes = axesOfArgs(slots, inAxes, what),
        carryAt = inAxes.indexOf(Carry),
        [carryOut, yAxes]: [boolean, NodeAxes] =
          outAxes === Carry
            ? [true, null]
            : Array.isArray(outAxes) && outAxes[0] === Carry
              ? [true, outAxes[1] as NodeAxes]
              : [false, outAxes as NodeAxes];
      if (carryOut && carryAt < 0)
        throw new StructureError("nnx.scan: outAxes has a Carry and inAxes has none; give one argument the axis nnx.Carry");
      const values = valuesOf(slots),
        pick = (test: (a: Axis) => boolean): unknown[] => values.filter((_v, i) => test(axes[i]!)),
        consts = pick((a) => a === null);
      let last: GraphDef | null = null,
        stacked: readonly number[] = [];
      const step = named((carry: readonly unknown[], xs: readonly unknown[]): [unknown[], unknown[]] => {
        let [c, x, k] = [0, 0, 0];
        const run = runPure(
            fn,
            this,
            def,
            axes.map((a) => (a === Carry ? carry[c++] : a === null ? consts[k++] : xs[x++])),
            true,
          ),
          out = run.out as readonly unknown[];
        if (carryOut && outAxes !== Carry && !(Array.isArray(out) && out.length === 2))
          throw new StructureError("nnx.scan: the function must return [carry, y], or say otherwise in outAxes");
        const y = outAxes === Carry ? null : carryOut ? out[1] : out,
          next = outAxes === Carry ? out : carryOut ? out[0] : null,
          // The carry takes the place of the argument that it came from.
          after = run.args.map((a, i) => (i === carryAt && carryOut ? next : a)),
          [defOut, all] = flattenGraph([after, y], { loose: true, indices: run.indices() });
        const mine = all.filter((s) => s.path[0] === 0),
          ys = all.filter((s) => s.path[0] === 1);
        if (mine.length !== slots.length)
          throw new StructureError(
            `nnx.scan: the step leaves ${mine.length} arrays in its arguments and carry, and takes ${slots.length}; their structure must stay`,
          );
        mine.forEach((s, i) => {
          if (axes[i] === null && s.value !== run.before(s))
            throw new StructureError(
              `nnx.scan: the step sets ${s.path.slice(1).join(".")}, which every step sees alike: give it an axis, or nnx.Carry`,
            );
        });
        last = defOut;
        stacked = ys.map((s) => axisAt(yAxes, { ...s, path: s.path.slice(1) }, what) as number);
        return [
          mine.filter((_s, i) => axes[i] === Carry).map((s) => s.value),
          [...mine.filter((_s, i) => typeof axes[i] === "number"), ...ys].map((s) => s.value),
        ];
      }, fn);
      const scanned = values.map((v, i) => [v, axes[i]!] as const).filter(([, a]) => typeof a === "number"),
        [carry, out] = lax.scan(step as never, pick((a) => a === Carry) as never, scanned.map(([v, a]) => toFront(v, a as number)) as never, {
          ...(options.length === undefined ? {} : { length: options.length }),
          reverse: options.reverse ?? false,
          unroll: options.unroll ?? 1,
        }) as [unknown[], unknown[]];
      let [c, x, k] = [0, 0, 0];
      const mine = axes.map((a) => (a === Carry ? carry[c++] : a === null ? consts[k++] : fromFront(out[x++], a))),
        ys = out.slice(x).map((v, i) => fromFront(v, stacked[i]!));
      const [after, y] = finishPair(last!, [...mine, ...ys], indices) as [unknown[], unknown];
      return outAxes === Carry ? after[carryAt] : carryOut ? [after[carryAt], y] : y;
    } as F,
    fn,
  );
}
