// scan: a body run over the leading axis of arrays, carrying values along. Differentiable both ways; compiled as one loop.
import { type ShapedArray } from "../core/aval.ts";
import { ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { Linear, type Primitive, type Tangent, Zero, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { convertConstsToInputs, stage } from "../core/staging.ts";
import { bind, withTrace } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { addAny, instantiate, moveaxis, sliceInDim, spreadBatch, squeeze, zerosLike } from "../primitives/ops.ts";
import { batchJaxpr } from "../transforms/batching.ts";
import { jvpJaxpr } from "../transforms/jvp.ts";
import { definePartialRule } from "../transforms/partial.ts";
import { backwardPass } from "../transforms/transpose.ts";
import { fixpoint } from "./fixpoint.ts";
import { lowerScan } from "./scanLower.ts";
import { type ScanParams, type ScanSplit, dependentCarry, splitOperands, splitScan } from "./scanSplit.ts";

/** The type of one step's slice. */
const step = (a: ShapedArray): ShapedArray => a.withShape(a.shape.slice(1));

export const scanPrimitive: Primitive<ScanParams> = definePrimitive<ScanParams>({
  name: "scan",
  calls: {
    how: "loop",
    programs: ["jaxpr"],
    turns: (args, p, run) => {
      const [consts, init, xs] = splitOperands(args, p);
      let carry: readonly Value[] = init;
      for (let t = 0; t < p.length; t++) {
        const at = p.reverse ? p.length - 1 - t : t;
        const outs = run(p.jaxpr, [...consts, ...carry, ...xs.map((x) => squeeze(sliceInDim(x, 0, at, at + 1), [0]))]);
        if (!outs) return;
        carry = outs.slice(0, p.numCarry);
      }
    },
  },
  multipleResults: true,
  abstract: (_a, { jaxpr, length, numCarry }) => jaxpr.outAvals.map((a, i) => (i < numCarry ? a : a.withShape([length, ...a.shape]))),
  jvp: (args, dots, p) => {
    const [consts, init, xs] = splitOperands(args, p),
      [dc, di, dx] = splitOperands(dots, p),
      nz = (ds: readonly Tangent[]): boolean[] => ds.map((d) => !isZero(d)),
      ny = p.jaxpr.outAvals.length - p.numCarry;
    const carry = fixpoint(nz(di), (m) => jvpJaxpr(p.jaxpr, [...nz(dc), ...m, ...nz(dx)]).nonzeroOut.slice(0, p.numCarry)),
      mask = [...nz(dc), ...carry, ...nz(dx)],
      yMask = jvpJaxpr(p.jaxpr, mask).nonzeroOut.slice(p.numCarry),
      j = jvpJaxpr(p.jaxpr, mask, [...carry, ...yMask]).jaxpr;
    const lc = dc.filter((d): d is Value => !isZero(d)),
      li = di.flatMap((d, i) => (carry[i] ? [instantiate(d)] : [])),
      lx = dx.filter((d): d is Value => !isZero(d));
    const sizes = [consts.length, lc.length, init.length, li.length, xs.length, lx.length],
      cut = <T>(vs: readonly T[]): T[][] => {
        let at = 0;
        return sizes.map((s) => vs.slice(at, (at += s)));
      };
    const body = stage(
      (...vs) => {
        const [c, tc, s, ts, x, tx] = cut(vs) as [Value[], Value[], Value[], Value[], Value[], Value[]],
          r = evalClosed(j, [...c, ...s, ...x, ...tc, ...ts, ...tx]),
          nt = carry.filter(Boolean).length,
          main = p.numCarry + ny;
        return [...r.slice(0, p.numCarry), ...r.slice(main, main + nt), ...r.slice(p.numCarry, main), ...r.slice(main + nt)];
      },
      [...consts, ...lc, ...init, ...li].map((v) => v.aval).concat([...xs, ...lx].map((v) => step(v.aval))),
    );
    const outs = bindStaged(body, [...consts, ...lc, ...init, ...li, ...xs, ...lx], {
      ...p,
      numConsts: consts.length + lc.length,
      numCarry: init.length + li.length,
    });
    let ct = p.numCarry,
      yt = p.numCarry + li.length + ny;
    return [
      [...outs.slice(0, p.numCarry), ...outs.slice(p.numCarry + li.length, p.numCarry + li.length + ny)],
      [
        ...carry.map((c, i): Tangent => (c ? outs[ct++]! : new Zero(init[i]!.aval.strengthen()))),
        ...yMask.map((y, i): Tangent => (y ? outs[yt++]! : new Zero(outs[p.numCarry + li.length + i]!.aval.strengthen()))),
      ],
    ];
  },
  transpose: (cts, args, p) => {
    const linear = args.map(isLinear);
    if (dependentCarry(p, linear).every(Boolean)) return transposeLinear(cts, args, p);
    // Carried values that no linear operand reaches run forwards first; the rest reads them step by step, as residuals.
    const s = splitScan(p, linear),
      known = runKnown(
        s,
        args.filter((a, i): a is Value => !s.unknownIn[i] && !isLinear(a)),
      ),
      unknown = args.filter((_a, i) => s.unknownIn[i]),
      back = transposeLinear(
        cts.filter((_c, i) => s.unknownOut[i]),
        [...known.invariant, ...unknown, ...known.stacked],
        s.unknown,
      );
    let at = known.invariant.length;
    return s.unknownIn.map((u) => (u ? back[at++]! : null));
  },
  batch: (args, dims, p, batch) => {
    const [, dk] = splitOperands(dims, p),
      mapped = dims.map((d) => d !== null),
      [mc, , mx] = splitOperands(mapped, p),
      carry = fixpoint(
        dk.map((d) => d !== null),
        (m) => batchJaxpr(p.jaxpr, batch, [...mc, ...m, ...mx]).batchedOut.slice(0, p.numCarry),
      ),
      { jaxpr, batchedOut } = batchJaxpr(
        p.jaxpr,
        batch,
        [...mc, ...carry, ...mx],
        [...carry, ...p.jaxpr.outAvals.slice(p.numCarry).map(() => false)],
      );
    const moved = args.map((a, i) => {
      const inXs = i >= p.numConsts + p.numCarry,
        d = dims[i]!;
      if (d !== null) return moveaxis(a, d, inXs ? 1 : 0);
      const k = i - p.numConsts;
      return k >= 0 && k < p.numCarry && carry[k] ? spreadBatch(a, null, batch.size) : a;
    });
    return [bindStaged(jaxpr, moved, p), batchedOut.map((b, i) => (!b ? null : i < p.numCarry ? 0 : 1))];
  },
  lower: lowerScan,
});

/** Binds a scan whose body was staged anew. Arrays that a rule of a custom derivative made on the way are no operands yet: they become constants of the loop. */
function bindStaged(body: ClosedJaxpr, operands: readonly Value[], p: Omit<ScanParams, "jaxpr">): readonly Value[] {
  const { jaxpr, consts } = convertConstsToInputs(body);
  if (consts.length === 0) return bind(scanPrimitive, operands, { ...p, jaxpr: body });
  return bind(scanPrimitive, [...consts, ...operands], { ...p, jaxpr: new ClosedJaxpr(jaxpr, []), numConsts: p.numConsts + consts.length });
}
/**
 * The transpose of a scan whose carried values are all linear: a scan the other way that carries their cotangents, and sums those of linear constants.
 * A carried value may start from one that is not linear (the zero tangent of an initial state): as a linear function's, that start is zero, and its cotangent is dropped.
 */
function transposeLinear(cts: readonly Tangent[], args: readonly (Value | Linear)[], p: ScanParams): (Tangent | null)[] {
  const [consts, init, xs] = splitOperands(args, p),
    cl = consts.map(isLinear),
    xl = xs.map(isLinear),
    aval = (a: Value | Linear): ShapedArray => a.aval,
    fixedC = consts.filter((c): c is Value => !isLinear(c)),
    fixedX = xs.filter((x): x is Value => !isLinear(x)),
    linC = consts.filter(isLinear).map(aval),
    [ctCarry, ctYs] = [cts.slice(0, p.numCarry).map(instantiate), cts.slice(p.numCarry).map(instantiate)];
  const nC = fixedC.length,
    nL = linC.length,
    nK = p.numCarry,
    nY = ctYs.length;
  const body = stage(
    (...vs) => {
      const c = vs.slice(0, nC),
        acc = vs.slice(nC, nC + nL),
        ctK = vs.slice(nC + nL, nC + nL + nK),
        ctY = vs.slice(nC + nL + nK, nC + nL + nK + nY),
        rx = vs.slice(nC + nL + nK + nY);
      let ci = 0,
        xi = 0;
      const back = backwardPass(
          p.jaxpr.jaxpr,
          p.jaxpr.consts,
          p.jaxpr.inAvals.map((a, i) =>
            i < p.numConsts
              ? cl[i]
                ? new Linear(a)
                : c[ci++]!
              : i < p.numConsts + nK
                ? new Linear(a)
                : xl[i - p.numConsts - nK]
                  ? new Linear(a)
                  : rx[xi++]!,
          ),
          [...ctK, ...ctY],
        ),
        [bc, bk, bx] = splitOperands(back, p);
      return [
        ...bc.filter((t): t is Tangent => t !== null).map((t, i) => (isZero(t) ? acc[i]! : addAny(acc[i]!, t as Value))),
        ...bk.map((t) => instantiate(t!)),
        ...bx.filter((t): t is Tangent => t !== null).map(instantiate),
      ];
    },
    [...fixedC.map(aval), ...linC, ...ctCarry.map(aval), ...ctYs.map((y) => step(y.aval)), ...fixedX.map((x) => step(x.aval))],
  );
  const outs = bindStaged(body, [...fixedC, ...linC.map(zerosLike), ...ctCarry, ...ctYs, ...fixedX], {
    length: p.length,
    numConsts: nC,
    numCarry: nL + nK,
    reverse: !p.reverse,
    unroll: p.unroll,
  });
  let oc = 0,
    ox = nL + nK;
  return [
    ...cl.map((l) => (l ? outs[oc++]! : null)),
    ...init.map((v, i) => (isLinear(v) ? outs[nL + i]! : null)),
    ...xl.map((l) => (l ? outs[ox++]! : null)),
  ];
}

/** Runs the known part of a scan: its results, and the residuals of both kinds. */
function runKnown(s: ScanSplit, known: readonly Value[]): { outs: readonly Value[]; invariant: readonly Value[]; stacked: readonly Value[] } {
  const { invariant, operands } = s.prepare(known),
    outs = bind(scanPrimitive, operands, s.known),
    n = s.unknownOut.filter((u) => !u).length;
  return { outs: outs.slice(0, n), invariant, stacked: outs.slice(n) };
}
definePartialRule("scan", (trace, args, params) => {
  const s = splitScan(
      params as unknown as ScanParams,
      args.map((a) => trace.unknown(a)),
    ),
    known = withTrace(trace.parent, () =>
      runKnown(
        s,
        args.filter((_a, i) => !s.unknownIn[i]),
      ),
    ),
    unknown = trace.record(
      scanPrimitive as never,
      [...known.invariant, ...args.filter((_a, i) => s.unknownIn[i]), ...known.stacked],
      s.unknown as never,
    );
  let k = 0,
    u = 0;
  return s.unknownOut.map((un) => (un ? unknown[u++]! : known.outs[k++]!));
});
