// while: a body repeated as long as a condition holds. Forward mode only: how often it runs is not known when it is differentiated.
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { type Primitive, type Tangent, Zero, absent, definePrimitive, isZero } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind, bind1, withTrace } from "../core/trace.ts";
import { primitiveNamed } from "../core/primitive.ts";
import { NDArray, type Value } from "../core/value.ts";
import { GraphBuilder } from "../graph/graph.ts";
import { constantsOf, lowerInto } from "../graph/lower.ts";
import { broadcastInDim, frontAxis, instantiate, select, spreadBatch } from "../primitives/ops.ts";
import { batchJaxpr } from "../transforms/batching.ts";
import { jvpJaxpr } from "../transforms/jvp.ts";
import { fixpoint } from "./fixpoint.ts";
import { definePartialRule, partialEvalJaxpr } from "../transforms/partial.ts";

export interface WhileParams {
  readonly condJaxpr: ClosedJaxpr;
  readonly condNconsts: number;
  readonly bodyJaxpr: ClosedJaxpr;
  readonly bodyNconsts: number;
}
const split = <T>(xs: readonly T[], p: WhileParams): [T[], T[], T[]] => [
  xs.slice(0, p.condNconsts),
  xs.slice(p.condNconsts, p.condNconsts + p.bodyNconsts),
  xs.slice(p.condNconsts + p.bodyNconsts),
];
export const whilePrimitive: Primitive<WhileParams> = definePrimitive<WhileParams>({
  name: "while",
  calls: {
    how: "loop",
    programs: ["condJaxpr", "bodyJaxpr"],
    turns: (args, p, run) => {
      const [cc, bc, init] = split(args, p);
      let carry: readonly Value[] = init;
      for (;;) {
        const [on] = run(p.condJaxpr, [...cc, ...carry]) ?? [];
        if (!(on instanceof NDArray) || !on.item()) return;
        const outs = run(p.bodyJaxpr, [...bc, ...carry]);
        if (!outs) return;
        carry = outs;
      }
    },
  },
  multipleResults: true,
  abstract: (_a, { bodyJaxpr }) => bodyJaxpr.outAvals,
  jvp: (args, dots, p) => {
    const [cc, bc, init] = split(args, p),
      [, dbc, dinit] = split(dots, p),
      bcMask = dbc.map((d) => !isZero(d));
    const carry = fixpoint(
        dinit.map((d) => !isZero(d)),
        (m) => jvpJaxpr(p.bodyJaxpr, [...bcMask, ...m]).nonzeroOut,
      ),
      j = jvpJaxpr(p.bodyJaxpr, [...bcMask, ...carry], carry).jaxpr;
    const tangents = dinit.filter((_d, i) => carry[i]).map(instantiate),
      live = dbc.filter((d): d is Value => !isZero(d)),
      nb = bc.length,
      nt = live.length,
      nc = init.length;
    const body = stage(
      (...xs) => evalClosed(j, [...xs.slice(0, nb), ...xs.slice(nb + nt, nb + nt + nc), ...xs.slice(nb, nb + nt), ...xs.slice(nb + nt + nc)]),
      [...bc, ...live, ...init, ...tangents].map((v) => v.aval),
    );
    const cond = stage(
      (...xs) => evalClosed(p.condJaxpr, xs.slice(0, cc.length + nc)),
      [...cc, ...init, ...tangents].map((v) => v.aval),
    );
    const outs = bind(whilePrimitive, [...cc, ...bc, ...live, ...init, ...tangents], {
      condJaxpr: cond,
      condNconsts: cc.length,
      bodyJaxpr: body,
      bodyNconsts: nb + nt,
    });
    let at = nc;
    return [outs.slice(0, nc), carry.map((c, i): Tangent => (c ? outs[at++]! : new Zero(init[i]!.aval.strengthen())))];
  },
  transpose: absent("how often the loop runs is not known in advance; use lax.scan, or lax.foriLoop with constant bounds"),
  batch: (args, dims, p, batch) => {
    const fronts = args.map((a, i) => frontAxis(a, dims[i]!)),
      [cc, bc, init] = split(fronts, p),
      [dcc, dbc, dinit] = split(
        dims.map((d) => d !== null),
        p,
      );
    let carry = fixpoint(dinit, (m) => batchJaxpr(p.bodyJaxpr, batch, [...dbc, ...m]).batchedOut),
      each = batchJaxpr(p.condJaxpr, batch, [...dcc, ...carry]).batchedOut[0]!;
    if (each) carry = carry.map(() => true);
    const spread = init.map((v, i) => (carry[i] && !dinit[i] ? spreadBatch(v, null, batch.size) : v)),
      cond = batchJaxpr(p.condJaxpr, batch, [...dcc, ...carry]).jaxpr,
      body = batchJaxpr(p.bodyJaxpr, batch, [...dbc, ...carry], carry).jaxpr;
    each = cond.outAvals[0]!.ndim > 0;
    if (!each) return [bind(whilePrimitive, [...cc, ...bc, ...spread], { ...p, condJaxpr: cond, bodyJaxpr: body }), carry.map((c) => (c ? 0 : null))];
    // Examples stop at different times: the loop runs while any goes on, and those that are done keep their values.
    const any = stage(
      (...xs) => [bind1(primitiveNamed("reduce_or"), [evalClosed(cond, xs)[0]!], { axes: [0] })],
      [...cc, ...spread].map((v) => v.aval),
    );
    const masked = stage(
      (...xs) => {
        const c = xs.slice(0, cc.length),
          b = xs.slice(cc.length, cc.length + bc.length),
          s = xs.slice(cc.length + bc.length),
          on = evalClosed(cond, [...c, ...s])[0]!;
        return evalClosed(body, [...b, ...s]).map((v, i) => select(broadcastInDim(on, v.shape, [0]), v, s[i]!));
      },
      [...cc, ...bc, ...spread].map((v) => v.aval),
    );
    return [
      bind(whilePrimitive, [...cc, ...cc, ...bc, ...spread], {
        condJaxpr: any,
        condNconsts: cc.length,
        bodyJaxpr: masked,
        bodyNconsts: cc.length + bc.length,
      }),
      carry.map(() => 0),
    ];
  },
  lower: (g, inputs, p) => {
    const region = (build: (b: GraphBuilder, params: ReturnType<GraphBuilder["param"]>[]) => ReturnType<GraphBuilder["param"]>[], name: string) => {
      const b = new GraphBuilder(name);
      b.origin = g.origin;
      const params = inputs.map((x) => b.param(x.type));
      return b.build(build(b, params));
    };
    const cond = region((b, ps) => {
        const [cc, , s] = split(ps, p);
        return lowerInto(b, p.condJaxpr.jaxpr, constantsOf(b, p.condJaxpr), [...cc, ...s]);
      }, "condition"),
      body = region((b, ps) => {
        const [cc, bc, s] = split(ps, p);
        return [...cc, ...bc, ...lowerInto(b, p.bodyJaxpr.jaxpr, constantsOf(b, p.bodyJaxpr), [...bc, ...s])];
      }, "body");
    return g
      .results(
        g.node(
          "while",
          inputs,
          { cond, body },
          inputs.map((x) => x.type),
        ),
      )
      .slice(p.condNconsts + p.bodyNconsts);
  },
});
definePartialRule("while", (trace, args, params) => {
  const p = params as unknown as WhileParams,
    [ccU, bcU, initU] = split(
      args.map((a) => trace.unknown(a)),
      p,
    ),
    carry = fixpoint(initU, (m) => partialEvalJaxpr(p.bodyJaxpr, [...bcU, ...m]).unknownOut);
  const needed = ccU.some(Boolean) || partialEvalJaxpr(p.condJaxpr, [...ccU, ...carry]).unknownOut[0] === true;
  if (needed || carry.every(Boolean)) return trace.record(whilePrimitive as never, args, params);
  // What does not depend on unknown values runs now; the rest is recorded with the whole loop, which runs it again.
  const [cc, bc, init] = split(args, p),
    knownBody = partialEvalJaxpr(p.bodyJaxpr, [...bcU, ...carry], carry).known,
    nk = carry.filter((c) => !c).length,
    knownCond = partialEvalJaxpr(p.condJaxpr, [...ccU, ...carry]).known,
    kb = bc.filter((_b, i) => !bcU[i]),
    ki = init.filter((_v, i) => !carry[i]);
  const body = stage(
      (...xs) => evalClosed(knownBody, xs).slice(0, nk),
      [...kb, ...ki].map((v) => v.aval),
    ),
    cond = stage(
      (...xs) => evalClosed(knownCond, xs).slice(0, 1),
      [...cc, ...ki].map((v) => v.aval),
    );
  const knownOuts = withTrace(trace.parent, () =>
      bind(whilePrimitive, [...cc, ...kb, ...ki], { condJaxpr: cond, condNconsts: cc.length, bodyJaxpr: body, bodyNconsts: kb.length }),
    ),
    all = trace.record(whilePrimitive as never, args, params);
  let k = 0;
  return carry.map((c, i) => (c ? all[i]! : knownOuts[k++]!));
});
