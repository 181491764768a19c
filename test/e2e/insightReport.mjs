// Insights for a measured profile, for tests of what shows them: two that were tried, one of memory, an estimate, and two that were tried in vain.
const m = (median, spread = median / 50) => ({ min: median - spread, median, spread });

/** @param report a measured profile; `lines` of its first file that the insights are about, `edits` of the first */
export function insightsOf(report, { lines, edits, pins }) {
  const call = report.timing?.total.median ?? 10;
  const common = { file: report.frames[report.function.at].file, lines: [] };
  const insights = [
    {
      ...common,
      rule: "pow-constant",
      line: lines[1],
      text: "np.power with the constant exponent 6.5 takes the general way, a logarithm and an exponential for each element.",
      remedy: "Write it as products and a square root: x³·x³·√x.",
      gain: { before: m(call), after: m(call * 0.8), runs: 3 },
      error: 2.4e-7,
      action: { kind: "edit", label: "Write as products", edits },
    },
    {
      ...common,
      rule: "recomputed-value",
      line: lines[0],
      lines: [lines[1], lines[2]],
      text: "pressure (log1p of exp) is computed nine times for each element: each of the nine shifted reads computes it again.",
      remedy: "Store it once: keep its kernel apart from the one that reads it.",
      gain: { before: m(call, call / 60), after: m(call * 0.242, call / 200), runs: 3 },
      error: 0,
      action: { kind: "pin", label: "Store pressure", pins },
    },
    {
      ...common,
      rule: "retraces",
      line: lines[2],
      of: "compile",
      text: "The function is compiled once for each length of u, 61 times in this run.",
      remedy: "Pad u to one length, or to a few.",
      predicted: 812,
      gain: null,
      action: {
        kind: "snippet",
        label: "Open the padding code",
        snippet: "const padded = np.pad(u, [[0, 64 - u.shape[0]!]]);\nconst y = f(padded, u.shape[0]!);\n",
      },
    },
    {
      ...common,
      rule: "donation",
      line: lines[0],
      of: "memory",
      text: "u is held until the end of the call although nothing reads it after the first line.",
      remedy: "Donate it: jit(f, { donateArgnums: [0] }).",
      gain: { before: m(1920000, 0), after: m(1280000, 0), runs: 1 },
      error: 0,
    },
  ];
  const tried = [
    {
      ...common,
      rule: "transposed-layout",
      line: lines[1],
      text: "u is read along its columns.",
      remedy: "Transpose u before the sum.",
      gain: { before: m(call), after: m(call * 1.01), runs: 3 },
      error: 0,
    },
    {
      ...common,
      rule: "store",
      line: lines[2],
      text: "sides is read twice.",
      remedy: "Store sides once.",
      gain: { before: m(call), after: m(call * 0.99), runs: 3 },
      error: 0,
    },
  ];
  return { insights, tried };
}
