// Kernels that write regions: concatenation, dynamic update of a slice, scatter. The operand is copied first unless it is updated in place.
import { sizeOf, type Shape } from "../../core/aval.ts";
import { isComplex, itemsize } from "../../core/dtypes.ts";
import type { Node } from "../../graph/graph.ts";
import { KernelContext, Unfusable } from "./build.ts";
import { combine } from "./heroes.ts";
import { type BufferId, type Expr, type Stmt } from "./ir.ts";
import { type Ix, type LoopVar, ZERO, add, addConst, constIx, delinearize, linearize, varIx } from "./ix.ts";
import type { BuiltKernel, GroupSpec } from "./nest.ts";
import { type Scalar } from "./scalar.ts";

const REGION: ReadonlySet<string> = new Set(["concatenate", "dynamic_update_slice", "scatter"]);
export const isRegion = (n: Node): boolean => REGION.has(n.op);

/** Loops over a shape's axes. `body` is told how deep they nest. */
function over(k: KernelContext, shape: Shape, body: (idx: Ix[], depth: number) => Stmt[], contiguous = true): Stmt[] {
  const axes = shape.map((_n, i) => i).filter((i) => shape[i] !== 1),
    idx = shape.map((): Ix => ZERO),
    vars = axes.map((a, i) => k.b.loopVar(shape[a]!, i + 1));
  axes.forEach((a, i) => (idx[a] = varIx(vars[i]!)));
  return wrap(vars, body(idx, vars.length), contiguous);
}
const wrap = (vars: readonly LoopVar[], body: Stmt[], contiguous: boolean): Stmt[] =>
  vars.reduceRight<Stmt[]>((inner, v, i) => [{ kind: "loop", v, body: inner, contiguous: contiguous && i === vars.length - 1 }], body);
/** One loop over all elements, in order. */
function flat(k: KernelContext, shape: Shape, body: (idx: Ix[]) => Stmt[]): Stmt[] {
  const v = k.b.loopVar(sizeOf(shape), 1);
  return wrap([v], body(delinearize(varIx(v), shape)), true);
}

/** @param inPlace the operand's buffer is the result's, so that nothing is copied */
export function buildRegion(spec: GroupSpec, hero: Node, inPlace: boolean): BuiltKernel {
  if (spec.outputs.length !== 1 || spec.outputs[0] !== hero) throw new Unfusable(`${hero.op} writes regions of one array and takes no epilogue`);
  const k = new KernelContext(new Set(spec.nodes.filter((n) => n !== hero)), spec.target),
    out = k.buffer(hero, "out"),
    body: Stmt[] = [];
  k.b.of = hero;
  if (hero.is("concatenate")) {
    let at = 0;
    for (const x of hero.inputs) {
      const start = at;
      at += x.shape[hero.attrs.dim]!;
      if (sizeOf(x.shape))
        body.push(
          ...over(k, x.shape, (idx) =>
            k.store(
              out,
              linearize(
                idx.map((i, a) => (a === hero.attrs.dim ? addConst(i, start) : i)),
                hero.shape,
              ),
              k.at(x, idx),
              hero.dtype,
            ),
          ),
        );
    }
  } else {
    if (!inPlace) body.push(...copyOperand(k, hero, out));
    if (hero.is("dynamic_update_slice")) {
      const u = hero.inputs[1]!;
      if (sizeOf(u.shape))
        body.push(
          ...over(k, u.shape, (idx) =>
            k.store(
              out,
              linearize(
                idx.map((i, a) => add(i, k.clampedIndex(k.real(hero.inputs[2 + a]!, []), hero.shape[a]! - u.shape[a]!))),
                hero.shape,
              ),
              k.at(u, idx),
              hero.dtype,
            ),
          ),
        );
    } else body.push(...scatter(k, hero as Node<"scatter">, out));
  }
  return { kernel: { name: spec.name, buffers: k.buffers, body }, nodes: k.nodes };
}
function copyOperand(k: KernelContext, hero: Node, out: BufferId): Stmt[] {
  const x = hero.inputs[0]!;
  if (!k.inGroup.has(x) && !(x.is("constant") && x.shape.length === 0))
    return [{ kind: "copy", to: out, from: k.buffer(x, "in"), bytes: sizeOf(x.shape) * itemsize(x.dtype) }];
  return flat(k, x.shape, (idx) => k.store(out, linearize(idx, x.shape), k.at(x, idx), hero.dtype));
}
function scatter(k: KernelContext, n: Node<"scatter">, out: BufferId): Stmt[] {
  const a = n.attrs,
    [x, indices, u] = n.inputs as [Node, Node, Node];
  if (sizeOf(u.shape) === 0 || sizeOf(x.shape) === 0) return [];
  const hidden = (d: number): boolean => a.insertedWindowDims.includes(d) || a.operandBatchingDims.includes(d);
  // The update's window extent in each operand dimension.
  let w = 0;
  const window = x.shape.map((_s, d) => (hidden(d) ? 1 : u.shape[a.updateWindowDims[w++]!]!));
  return over(
    k,
    u.shape,
    (idx, depth) => {
      const batch = idx.filter((_i, d) => !a.updateWindowDims.includes(d)),
        offsets = a.updateWindowDims.map((d) => idx[d]!);
      let ok: Expr | null = null,
        o = 0;
      const target = x.shape.map((size, d) => {
        const b = a.operandBatchingDims.indexOf(d);
        if (b >= 0) return batch[a.scatterIndicesBatchingDims[b]!]!;
        const offset = a.insertedWindowDims.includes(d) ? ZERO : offsets[o++]!,
          m = a.scatterDimsToOperandDims.indexOf(d);
        if (m < 0) return offset;
        const start = k.real(indices, [...batch, constIx(m)]),
          max = size - window[d]!;
        if (a.mode === "drop") {
          const s = k.signed(start);
          ok = k.both(ok, k.b.op("and", [k.b.binary("ge", s, k.b.const(0, "int32")), k.b.binary("le", s, k.b.const(max, "int32"))], "bool"));
        }
        return add(k.clampedIndex(start, max), offset);
      });
      const at = linearize(target, x.shape),
        update = k.at(u, idx);
      const old = (): Scalar =>
        isComplex(n.dtype)
          ? [k.b.freshLoad(out, at, n.dtype, 0, depth), k.b.freshLoad(out, at, n.dtype, 1, depth)]
          : k.b.freshLoad(out, at, n.dtype, 0, depth);
      const stores = k.store(out, at, a.combine === "set" ? update : combine(k, a.combine, old(), update), n.dtype);
      return ok ? [{ kind: "if", cond: ok, body: stores }] : stores;
    },
    false,
  );
}
