// What other verdicts on edges gain or cost: both programs are run in turns in one process, and their results compared.
import * as z from "zod";
import { Failure, EXIT } from "../../cli/failure.ts";
import { made, madeData } from "./profile.ts";
import { cut, defineTool, howOf, measured, measurement, pins, running, short, target } from "./tool.ts";

const side = z.object({
  call: measurement,
  kernels: z.number(),
  bytes: z.number(),
  changed: z.array(z.object({ label: z.string(), ms: z.number().optional() })).describe("kernels that the other side has not"),
});
export const tryPin = defineTool({
  name: "try_pin",
  title: "Try other fusion decisions",
  description:
    "Fuses or splits edges of the ledger and measures both programs in turns in one process; results are compared. A pin changes no file: to keep one, change the code as explain_edge says, or pass pins to profile. The person's code runs.",
  input: z.object({ target, pins, ...running }),
  output: z.object({
    ...made,
    pins: z.array(z.string()),
    without: side,
    with: side,
    ratio: z.number().describe("time with the pins / time without"),
    verdict: z.enum(["faster", "slower", "same"]),
    rounds: z.number(),
    error: z.number().nullable().describe("the largest difference of the results; null where one is not a number"),
  }),
  runsCode: true,
  async call(b, input, call, quote) {
    const m = await b.run(input.target, howOf(input, "profile", { pin: input.pins }), call);
    const trial = m.report.programs[0]?.trial;
    if (!trial)
      throw new Failure(
        EXIT.userError,
        "the pins were not measured against the program without them",
        "Look whether the function can be run: profile.",
      );
    const data = (s: typeof trial.with): z.infer<typeof side> => ({
      call: measured(s.total),
      kernels: s.kernels,
      bytes: s.bytes,
      changed: s.changed.slice(0, 6).map((k) => ({ label: cut(k.label, 120), ...(k.ms === undefined ? {} : { ms: short(k.ms) }) })),
    });
    const ratio = trial.with.total.median / trial.without.total.median;
    const apart = Math.abs(trial.with.total.median - trial.without.total.median) > (trial.with.total.spread + trial.without.total.spread) / 2;
    const verdict = !apart || Math.abs(ratio - 1) < 0.05 ? "same" : ratio < 1 ? "faster" : "slower";
    return {
      data: {
        ...madeData(m, quote),
        pins: [...trial.pins],
        without: data(trial.without),
        with: data(trial.with),
        ratio: short(ratio),
        verdict,
        rounds: trial.rounds,
        error: trial.error,
      },
      say: `With the pins it takes ${short(ratio)} times as long: ${verdict}. The largest difference of the results is ${trial.error ?? "not a number"}.`,
    };
  },
});
