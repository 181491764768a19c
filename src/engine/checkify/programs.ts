// checkify of a program: it is run equation by equation, and the error is handed along; programs that equations hold get it as further operands and results.
import { type ClosedJaxpr, type Eqn, Literal, type Var, calledProgram, evalClosed, literalArray } from "../core/jaxpr.ts";
import { type Tangent, Zero } from "../core/primitive.ts";
import { stage } from "../core/staging.ts";
import { bind, withSource } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import type { CondParams } from "../control/cond.ts";
import type { ScanParams } from "../control/scanSplit.ts";
import type { WhileParams } from "../control/while.ts";
import type { CustomJvpParams } from "../transforms/custom.ts";
import type { CustomVjpParams } from "../transforms/customVjp.ts";
import type { JitParams } from "../transforms/jitPrimitive.ts";
import { checkOperation } from "./checks.ts";
import { CheckError, type ErrorCategory, type Layout, layoutAvals } from "./error.ts";

type Categories = ReadonlySet<ErrorCategory>;
interface Outcome {
  readonly error: CheckError;
  readonly outs: readonly Value[];
}
/** Runs a program under the current trace, and gives the error besides its results. */
export function runChecked(c: ClosedJaxpr, categories: Categories, before: CheckError, args: readonly Value[]): Outcome {
  const env = new Map<Var, Value>();
  c.jaxpr.constvars.forEach((v, i) => env.set(v, c.consts[i]!));
  c.jaxpr.invars.forEach((v, i) => env.set(v, args[i]!));
  const read = (a: Eqn["inputs"][number]): Value => (a instanceof Literal ? literalArray(a) : env.get(a)!);
  let error = before;
  for (const e of c.eqns) {
    const r = withSource(e.source, () => runEquation(e, e.inputs.map(read), error, categories));
    ({ error } = r);
    e.outputs.forEach((v, i) => env.set(v, r.outs[i]!));
  }
  return { error, outs: c.jaxpr.outs.map(read) };
}

/** The program with the error as leading operands and results; `layout` is that of the results. */
function checked(c: ClosedJaxpr, categories: Categories, form: Layout): { program: ClosedJaxpr; layout: Layout } {
  const avals = layoutAvals(form);
  let layout = form;
  const program = stage(
    (...xs) => {
      const r = runChecked(c, categories, CheckError.of(form, xs.slice(0, avals.length)), xs.slice(avals.length));
      ({ layout } = r.error);
      return [...r.error.values, ...r.outs];
    },
    [...avals, ...c.inAvals],
    c.jaxpr.name,
  );
  return { program, layout };
}
/** As `checked`, with operands and results of one form: that of an error wide enough for all these programs. */
function checkedAlike(
  programs: readonly ClosedJaxpr[],
  categories: Categories,
  error: CheckError,
): { wide: CheckError; layout: Layout; made: ClosedJaxpr[] } {
  const wide = error.widened(...programs.map((p) => checked(p, categories, error.layout).layout)),
    made = programs.map((p) => checked(p, categories, wide.layout));
  const catalogue = made.reduce((all, m) => all.with(m.layout.catalogue), wide.layout.catalogue);
  return { wide, layout: { slots: wide.layout.slots, catalogue }, made: made.map((m) => m.program) };
}
const outcome = (layout: Layout, values: readonly Value[]): Outcome => {
  const n = layoutAvals(layout).length;
  return { error: CheckError.of(layout, values.slice(0, n)), outs: values.slice(n) };
};

type Rule = (e: Eqn, args: readonly Value[], error: CheckError, categories: Categories) => Outcome;
/** What calls one program on its operands as they are. */
const called =
  (param: string): Rule =>
  (e, args, error, categories) => {
    const { program, layout } = checked(calledProgram(e), categories, error.layout);
    return outcome(layout, bind(e.primitive, [...error.values, ...args], { ...e.params, [param]: program }));
  };
/** Zero tangents of the values of an error. */
const noTangents = (error: readonly Value[]): Tangent[] => error.map((v) => new Zero(v.aval));

const RULES: Readonly<Record<string, Rule>> = {
  check: (e, args, error, categories) => {
    const { layout } = e.params as unknown as { readonly layout: Layout };
    return { error: error.joined(CheckError.of(layout, args), categories), outs: [] };
  },
  jit: (e, args, error, categories) => {
    const p = e.params as unknown as JitParams,
      { program, layout } = checked(p.jaxpr, categories, error.layout),
      donatedInvars = [...error.values.map(() => false), ...p.donatedInvars];
    return outcome(layout, bind(e.primitive, [...error.values, ...args], { ...p, jaxpr: program, donatedInvars }));
  },
  call: called("callJaxpr"),
  closed_call: called("callJaxpr"),
  remat2: called("jaxpr"),
  cond: (e, [index, ...operands], error, categories) => {
    const { branches } = e.params as unknown as CondParams,
      { wide, layout, made } = checkedAlike(branches, categories, error);
    return outcome(layout, bind(e.primitive, [index!, ...wide.values, ...operands], { ...e.params, branches: made }));
  },
  scan: (e, args, error, categories) => {
    const p = e.params as unknown as ScanParams,
      { wide, layout, made } = checkedAlike([p.jaxpr], categories, error),
      n = wide.values.length;
    // The body takes constants first, then what is carried: the error is carried.
    const body = stage(
      (...xs) => evalClosed(made[0]!, [...xs.slice(p.numConsts, p.numConsts + n), ...xs.slice(0, p.numConsts), ...xs.slice(p.numConsts + n)]),
      [...p.jaxpr.inAvals.slice(0, p.numConsts), ...layoutAvals(layout), ...p.jaxpr.inAvals.slice(p.numConsts)],
      p.jaxpr.jaxpr.name,
    );
    const operands = [...args.slice(0, p.numConsts), ...wide.values, ...args.slice(p.numConsts)];
    return outcome(layout, bind(e.primitive, operands, { ...p, jaxpr: body, numCarry: p.numCarry + n }));
  },
  while: (e, args, error, categories) => {
    const p = e.params as unknown as WhileParams,
      [cc, bc] = [p.condNconsts, p.bodyNconsts],
      condConsts = args.slice(0, cc),
      carried = args.slice(cc + bc);
    const start = runChecked(p.condJaxpr, categories, error, [...condConsts, ...carried]).error;
    // A turn is the body, and the condition that is asked after it.
    const turn = stage(
      (...xs) => {
        const outs = evalClosed(p.bodyJaxpr, xs.slice(cc));
        return [...outs, ...evalClosed(p.condJaxpr, [...xs.slice(0, cc), ...outs])];
      },
      [...p.condJaxpr.inAvals.slice(0, cc), ...p.bodyJaxpr.inAvals],
      p.bodyJaxpr.jaxpr.name,
    );
    const { wide, layout, made } = checkedAlike([turn], categories, start),
      n = wide.values.length,
      avals = layoutAvals(layout);
    const body = stage(
      (...xs) => evalClosed(made[0]!, [...xs.slice(cc + bc, cc + bc + n), ...xs.slice(0, cc + bc), ...xs.slice(cc + bc + n)]).slice(0, -1),
      [...turn.inAvals.slice(0, cc + bc), ...avals, ...turn.inAvals.slice(cc + bc)],
      p.bodyJaxpr.jaxpr.name,
    );
    // The condition's checks are made where it is asked after a turn; here they are dropped.
    const quiet = checked(p.condJaxpr, categories, layout),
      drop = layoutAvals(quiet.layout).length;
    const cond = stage(
      (...xs) => evalClosed(quiet.program, [...xs.slice(cc, cc + n), ...xs.slice(0, cc), ...xs.slice(cc + n)]).slice(drop),
      [...p.condJaxpr.inAvals.slice(0, cc), ...avals, ...p.condJaxpr.inAvals.slice(cc)],
      p.condJaxpr.jaxpr.name,
    );
    const operands = [...condConsts, ...condConsts, ...args.slice(cc, cc + bc), ...wide.values, ...carried];
    return outcome(layout, bind(e.primitive, operands, { condJaxpr: cond, condNconsts: cc, bodyJaxpr: body, bodyNconsts: cc + bc }));
  },
  // Derivatives that a person wrote stay as they are: the error passes by them.
  custom_jvp_call: (e, args, error, categories) => {
    const p = e.params as unknown as CustomJvpParams,
      { wide, layout, made } = checkedAlike([p.callJaxpr], categories, error),
      n = wide.values.length,
      k = p.numConsts;
    const jvp: CustomJvpParams["jvp"] = (primals, tangents) => {
      const [outs, dots] = p.jvp(primals.slice(n), tangents.slice(n));
      return [
        [...primals.slice(0, n), ...outs],
        [...noTangents(primals.slice(0, n)), ...dots],
      ];
    };
    return outcome(layout, bind(e.primitive, behindConsts(args, wide, k), { ...p, callJaxpr: errorBehind(made[0]!, n, k), jvp }));
  },
  custom_vjp_call: (e, args, error, categories) => {
    const p = e.params as unknown as CustomVjpParams,
      { wide, layout, made } = checkedAlike([p.callJaxpr], categories, error),
      n = wide.values.length,
      k = p.numConsts;
    const fwd: CustomVjpParams["fwd"] = (...xs) => {
      const [outs, residuals] = p.fwd(...xs.slice(n));
      return [[...xs.slice(0, n), ...outs], residuals];
    };
    const bwd: CustomVjpParams["bwd"] = (residuals, cts) => [...noTangents(wide.values), ...p.bwd(residuals, cts.slice(n))];
    return outcome(layout, bind(e.primitive, behindConsts(args, wide, k), { ...p, callJaxpr: errorBehind(made[0]!, n, k), fwd, bwd }));
  },
};
/** Operands with the error between the constants and the arguments of a function with a rule of its own. */
const behindConsts = (args: readonly Value[], error: CheckError, k: number): Value[] => [...args.slice(0, k), ...error.values, ...args.slice(k)];
const errorBehind = (c: ClosedJaxpr, n: number, k: number): ClosedJaxpr =>
  stage(
    (...xs) => evalClosed(c, [...xs.slice(k, k + n), ...xs.slice(0, k), ...xs.slice(k + n)]),
    [...c.inAvals.slice(n, n + k), ...c.inAvals.slice(0, n), ...c.inAvals.slice(n + k)],
    c.jaxpr.name,
  );

function runEquation(e: Eqn, args: readonly Value[], error: CheckError, categories: Categories): Outcome {
  const rule = RULES[e.primitive.name];
  if (rule) return rule(e, args, error, categories);
  const outs = bind(e.primitive, args, e.params);
  return { error: checkOperation(e, args, outs, error, categories), outs };
}
