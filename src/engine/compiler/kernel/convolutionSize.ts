// How a convolution falls into products: which taps of the kernel meet which elements of the input, axis by axis. Where the input is dilated (the
// gradient of strides), results are told apart by their remainder: those of one remainder meet the same taps, and no zero is multiplied.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import type { TileShape } from "../target.ts";

/** Results of one remainder along an axis, `period · q + remainder` for q below `extent`, and the taps that they meet: `first + step · i` of `taps`. */
export interface Remainder {
  readonly remainder: number;
  readonly extent: number;
  readonly taps: number;
  readonly firstTap: number;
  readonly tapStep: number;
  /** The input's element that the first tap meets at q = 0, and how far the next tap's is. */
  readonly first: number;
  readonly step: number;
}
export interface ConvolutionAxis {
  readonly period: number;
  /** Elements of the input between neighbouring q. */
  readonly walk: number;
  readonly remainders: readonly Remainder[];
  /** The input's elements that are met, from `base` on: those outside of it are zero. */
  readonly base: number;
  readonly extent: number;
  readonly size: number;
}
export interface ConvolutionSize {
  readonly groups: number;
  /** Batch, features of the input and of the result in each group. */
  readonly batch: number;
  readonly features: number;
  readonly columns: number;
  readonly axes: readonly ConvolutionAxis[];
}
const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

function axisOf(n: Node<"conv">, i: number): ConvolutionAxis {
  const [x, w] = n.inputs as [Node, Node];
  const a = n.attrs;
  const size = x.shape[a.lhsSpec[i + 2]!]!;
  const out = n.shape[a.outSpec[i + 2]!]!;
  const [stride, dilation, apart] = [a.strides[i]!, a.lhsDilation[i]!, a.rhsDilation[i]!];
  const low = a.padding[i]![0];
  const common = gcd(stride, dilation);
  const [period, walk] = [dilation / common, stride / common];
  const remainders = Array.from({ length: Math.min(period, out) }, (_x, remainder): Remainder => {
    const position = (tap: number): number => stride * remainder - low + tap * apart;
    const taps = Array.from({ length: w.shape[a.rhsSpec[i + 2]!]! }, (_y, tap) => tap).filter((tap) => position(tap) % dilation === 0);
    const [first = 0, second = first] = taps;
    return {
      remainder,
      extent: Math.ceil((out - remainder) / period),
      taps: taps.length,
      firstTap: first,
      tapStep: second - first,
      first: position(first) / dilation,
      step: ((second - first) * apart) / dilation,
    };
  });
  const met = remainders.filter((r) => r.taps > 0);
  const base = Math.min(...met.map((r) => r.first));
  const top = Math.max(...met.map((r) => r.first + r.step * (r.taps - 1) + walk * (r.extent - 1)));
  return met.length === 0 ? { period, walk, remainders, base: 0, extent: 1, size } : { period, walk, remainders, base, extent: top - base + 1, size };
}
export function convolutionSize(n: Node<"conv">): ConvolutionSize {
  const [, w] = n.inputs as [Node, Node];
  const a = n.attrs;
  const groups = Math.max(a.featureGroups, a.batchGroups);
  return {
    groups,
    batch: n.shape[a.outSpec[0]!]!,
    features: w.shape[a.rhsSpec[1]!]!,
    columns: n.shape[a.outSpec[1]!]! / groups,
    axes: a.strides.map((_s, i) => axisOf(n, i)),
  };
}
/** Different sets of taps that code is written for. */
const MOST_REMAINDERS = 16;
/** Whether a convolution is computed by tiles of a product; others are plain reductions. */
export function isTiledConvolution(n: Node, tile: TileShape | null): n is Node<"conv"> {
  if (!tile || !n.is("conv") || n.dtype !== "float32" || n.inputs.some((i) => i.dtype !== "float32" || sizeOf(i.shape) === 0)) return false;
  const { groups, batch, features, columns, axes } = convolutionSize(n);
  const most = sizeOf(axes.map((a) => Math.max(...a.remainders.map((r) => r.taps)))) * features;
  const rows = batch * sizeOf(axes.map((a) => Math.ceil(a.remainders[0]?.extent ?? 0)));
  // A feature a group leaves nothing to multiply by columns: lanes run along the groups then.
  if (columns < (groups > 1 ? 2 : 1) || axes.length === 0) return false;
  if (sizeOf(axes.map((a) => a.remainders.length)) > MOST_REMAINDERS) return false;
  return rows >= tile.rows && most >= tile.leastDepth && rows * columns * most >= tile.leastWork;
}
