// What JAX and XLA let one know of lost time without trying anything: estimates for Python files, marked as such. A rule reads the Report alone.
import { type Sentence, sentence } from "../../../engine/core/sentence.ts";
import { showBytes } from "../../../engine/report/exporters/text.ts";
import { phrasesOf } from "../../../engine/report/phrases.ts";
import type { Cause, Compilation, Insight, Node, Report } from "../../../engine/report/types.ts";
import { onceCompiled, unrolled } from "./actions.ts";
import { type EstimateRule, LEAST_SHARE, callOf, isReordered, measured, nodesOf, placeOf, topOf } from "./facts.ts";
import { hostLoop, hostWork } from "./hostLoop.ts";
import { slowMemory } from "./slowMemory.ts";

const LEAST_COMPILE_MS = 20;
const TINY_MS = 0.005;
const MANY_TURNS = 100;
/** A product of fewer operations is too short to say how well it runs. */
const LEAST_FLOPS = 1e6;

/** The Report with estimates, the largest first: an empty list where the function was measured and none was found. */
export function withEstimates(r: Report, rules: readonly EstimateRule[] = RULES): Report {
  const insights = rules.flatMap((rule) =>
    rule.find(r).map(({ at, others = [], text, remedy, action, ...found }): Insight => {
      const phrases = phrasesOf({ text, remedy, label: action?.label });
      return {
        rule: rule.name,
        ...at,
        lines: [...new Set(others)].filter((l) => l !== at.line),
        text: text.text,
        remedy: remedy.text,
        ...(phrases ? { phrases } : {}),
        gain: null,
        ...(action ? { action: { ...action, label: action.label.text } } : {}),
        ...found,
      };
    }),
  );
  if (!insights.length) return r.timing && !r.insights ? { ...r, insights: [] } : r;
  return { ...r, insights: insights.sort((a, b) => (b.predicted ?? -1) - (a.predicted ?? -1)) };
}
// ---- compiled again
const REMEDIES: Readonly<Record<Cause["kind"], (argument: string | Sentence) => Sentence>> = {
  first: () => sentence("the first call"),
  shape: (x) => sentence("Every shape is a program of its own: pad {0} to one size or a few, or keep the loop over sizes out of jit.", x),
  dtype: (x) => sentence("Bring {0} to one type before the call, with astype.", x),
  weakType: (x) => sentence("Pass {0} as jnp.asarray(value, dtype) at every call: Python numbers are weakly typed.", x),
  static: (x) => sentence("Every value of {0} is a program of its own: if it is only computed with, take it out of static_argnums.", x),
  tree: (x) => sentence("Give {0} the same keys and lengths at every call; stack lists that grow into one array.", x),
  newFunction: () => sentence("Call jax.jit once, outside the loop or the function, and pass values that change as arguments."),
  placement: (x) => sentence("Keep {0} on one device.", x),
  config: () => sentence("Set JAX's configuration once, before the first call."),
  evicted: () => sentence("Call it with fewer different types: JAX forgets programs when there are too many."),
};
const retraces: EstimateRule = {
  name: "retraces",
  find(r) {
    const groups = new Map<string, { first: Compilation; cause: Cause; count: number; ms: number }>();
    for (const c of r.compilations) {
      const cause = c.causes.find((x) => x.kind !== "first");
      if (!cause) continue;
      const key = JSON.stringify([c.function, cause.kind, cause.argument, c.call]);
      const group = groups.get(key) ?? { first: c, cause, count: 0, ms: 0 };
      group.count++;
      group.ms += (c.phases.trace ?? 0) + (c.phases.lower ?? 0) + (c.phases.compile ?? 0);
      groups.set(key, group);
    }
    return [...groups.values()]
      .filter((g) => g.count > 1 && g.ms >= LEAST_COMPILE_MS)
      .map(({ first, cause, count, ms }) => ({
        at: topOf(r, first.call),
        text:
          cause.kind === "newFunction"
            ? sentence(
                "{0} is compiled {1} times more in this run, for the same arguments: jit is called anew for it each time.",
                first.function,
                count,
              )
            : sentence("{0} is compiled {1} times more in this run: {2}, and so on.", first.function, count, cause.text),
        remedy: REMEDIES[cause.kind](cause.argument ?? sentence("the argument")),
        action: onceCompiled(first.function, cause),
        of: "compile" as const,
        predicted: ms,
      }));
  },
};
// ---- moved, not computed
const MOVES: ReadonlySet<string> = new Set(["copy", "transpose", "parameter", "bitcast", "reshape", "fusion"]);
const layoutCopies: EstimateRule = {
  name: "layout-copies",
  find(r) {
    const nodes = nodesOf(r);
    return measured(r).flatMap((k) => {
      const own = k.nodes.flatMap((id) => nodes.get(id) ?? []);
      const ops = own.map((n) => n.op);
      // A copy in the same order makes room for what is written next: it is no matter of order.
      const moves = own.filter((n) => n.op === "transpose" || (n.op === "copy" && isReordered(n))).map((n) => n.op);
      if (!moves.length || !ops.every((op) => MOVES.has(op)) || k.time.median < LEAST_SHARE * callOf(r)) return [];
      return [
        {
          at: placeOf(r, k),
          text: sentence(
            "A kernel of its own only moves {0} into another order ({1}); nothing is computed in it.",
            showBytes(k.bytesRead),
            [...new Set(moves)].join(", "),
          ),
          remedy: sentence(
            "Keep the array in the order in which it is read: swap the axes where it is made, or use the dimension numbers of the product (jnp.einsum, lax.dot_general).",
          ),
          predicted: k.time.median,
        },
      ];
    });
  },
};
// ---- arguments that are copied to be written into
const copiedArguments: EstimateRule = {
  name: "copied-arguments",
  find(r) {
    const nodes = nodesOf(r);
    return measured(r).flatMap((k) => {
      const [copy, ...others] = k.nodes.flatMap((id) => nodes.get(id) ?? []);
      const from = nodes.get(copy?.inputs[0] ?? "");
      if (copy?.op !== "copy" || isReordered(copy) || others.length || from?.category !== "input" || !from.name) return [];
      if (k.time.median < LEAST_SHARE * callOf(r)) return [];
      return [
        {
          at: placeOf(r, k),
          text: sentence(
            "The argument {0} ({1}) is copied before the program writes into it: whoever calls may still need it.",
            from.name,
            showBytes(k.bytesRead),
          ),
          remedy: sentence("If the caller needs it no more, give it away (donate_argnames of jax.jit): it is then written into where it lies."),
          action: {
            label: sentence("Copy the option"),
            kind: "snippet",
            snippet: `donate_argnames="${/^\w+/.exec(from.name)?.[0] ?? from.name}"`,
          },
          predicted: k.time.median,
        },
      ];
    });
  },
};
// ---- loops of small turns
const tinyLoops: EstimateRule = {
  name: "tiny-loop-bodies",
  find(r) {
    const level = r.programs[0]?.levels.at(-1);
    const loops = [...nodesOf(r).values()].filter((n) => n.op === "while");
    return loops.flatMap((loop) => {
      const inside = new Set(loop.regions ?? []);
      const own = measured(r).filter((k) => inside.has(k.region));
      const turns = Math.max(0, ...own.map((k) => k.calls));
      // The profiler makes kernels of a microsecond longer than they are: together they never take longer than the call.
      const total = Math.min(
        own.reduce((s, k) => s + k.time.median, 0),
        callOf(r),
      );
      if (!level || turns < MANY_TURNS || total / turns > TINY_MS) return [];
      const each = `${((1e3 * total) / turns).toFixed(1)} µs`;
      return [
        {
          at: topOf(r, loop.stack ?? null),
          text:
            own.length === 1
              ? sentence("The loop takes {0} turns, and the kernel of a turn computes for {1} only: starting it costs as much.", turns, each)
              : sentence(
                  "The loop takes {0} turns, and the {1} kernels of a turn compute for {2} only: starting them costs as much.",
                  turns,
                  own.length,
                  each,
                ),
          // Measured on CPUs with JAX 0.4.38 and 0.10.2 (bench/NOTES.md): unrolled, such loops are as slow or slower.
          ...(r.devices[0]?.platform.startsWith("cpu")
            ? {
                remedy: sentence(
                  "Turn the loop into operations on whole arrays (vmap, cumsum, associative_scan): on a CPU unroll= makes it no faster.",
                ),
              }
            : {
                remedy: sentence(
                  "Do several steps in a turn (unroll= of lax.scan and lax.fori_loop), or turn the loop into operations on whole arrays (vmap, cumsum, associative_scan).",
                ),
                action: unrolled(r, loop),
              }),
        },
      ];
    });
  },
};
// ---- double precision
const doublePrecision: EstimateRule = {
  name: "double-precision",
  find(r) {
    const nodes = nodesOf(r);
    const own = measured(r).filter((k) => k.nodes.some((id) => /\b(?:f64|c128)\[\d/.test(nodes.get(id)?.type ?? "")));
    const ms = own.reduce((s, k) => s + k.time.median, 0);
    const dearest = [...own].sort((a, b) => b.time.median - a.time.median)[0];
    if (!dearest || ms < 2 * LEAST_SHARE * callOf(r)) return [];
    return [
      {
        at: placeOf(r, dearest),
        others: own.flatMap((k) => k.lines.map((l) => l.line)).slice(0, 20),
        text:
          own.length === 1
            ? sentence("1 kernel computes in double precision: twice the bytes of float32, and half the numbers in a vector.")
            : sentence("{0} kernels compute in double precision: twice the bytes of float32, and half the numbers in a vector.", own.length),
        remedy: sentence("Where seven digits suffice, compute in float32: leave jax_enable_x64 off, or use astype(jnp.float32) for the dear part."),
        action: { label: sentence("Copy the type"), kind: "snippet", snippet: '.astype("float32")' },
        predicted: ms / 2,
      },
    ];
  },
};
// ---- products far below what another one reaches
const slowProducts: EstimateRule = {
  name: "slow-products",
  find(r) {
    const nodes = nodesOf(r);
    const products = measured(r).filter((k) => k.flops * k.calls >= LEAST_FLOPS && isProduct(k.nodes.flatMap((id) => nodes.get(id) ?? [])));
    const rate = (k: (typeof products)[number]): number => (k.flops * k.calls) / k.time.median;
    const best = Math.max(0, ...products.map(rate));
    return products
      .filter((k) => isThin(k.nodes.flatMap((id) => nodes.get(id) ?? [])) && rate(k) < best / 4 && k.time.median >= LEAST_SHARE * callOf(r))
      .map((k) => ({
        at: placeOf(r, k),
        text: sentence(
          "This product reaches {0} GFLOP/s; another one of this program reaches {1}.",
          (rate(k) / 1e6).toFixed(1),
          (best / 1e6).toFixed(1),
        ),
        remedy: sentence("Make it one large product instead of many thin ones: batch vectors into a matrix, and contract over the longest axis."),
        // At half of that rate.
        predicted: k.time.median * (1 - (2 * rate(k)) / best),
      }));
  },
};
/** A convolution with few channels is slow by what it is, and no product becomes it. */
const isProduct = (nodes: readonly Node[]): boolean => {
  const contractions = nodes.filter((n) => n.category === "contraction");
  return contractions.length > 0 && contractions.every((n) => n.op === "dot");
};
const THIN = 16;
/** Whether one of its sides, or what it sums over, is short: rows and columns of the result, and two operations for each product of elements. */
function isThin(nodes: readonly Node[]): boolean {
  return nodes.some((n) => {
    const sizes = /\[([\d,]*)\]/.exec(n.type)?.[1]?.split(",").map(Number) ?? [];
    const depth = (n.flops ?? 0) / 2 / sizes.reduce((a, b) => a * b, 1);
    return n.op === "dot" && (sizes.length < 2 || Math.min(...sizes.slice(-2), depth) < THIN);
  });
}
export const RULES: readonly EstimateRule[] = [
  retraces,
  hostLoop,
  hostWork,
  layoutCopies,
  copiedArguments,
  tinyLoops,
  doublePrecision,
  slowProducts,
  slowMemory,
];
