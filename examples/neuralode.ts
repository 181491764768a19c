// A neural ordinary differential equation (Chen et al., 2018): a network is the slope of a curve, and learns from the curve of a damped pendulum. Gradients are those of the
// adjoint equation, solved backwards by the same adaptive steps. Click "jit & profile" above a function to see what the compiler makes of it.
import { type Array, experimental, jit, nn, numpy as np, optim, random, valueAndGrad, vmap } from "jitlens";

const { odeint } = experimental.ode, hidden = 32, steps = Number(process.env.STEPS ?? 150), tolerance = { rtol: 1e-4, atol: 1e-4 };
interface Affine { readonly w: Array; readonly b: Array }
type Model = readonly [Affine, Affine];

/** Angle and speed of a pendulum with friction. */
function pendulum(y: Array): Array {
  const [angle, speed] = [y.get(0), y.get(1)] as [Array, Array];
  return np.stack([speed, np.sin(angle).mul(-4).sub(speed.mul(0.3))]);
}
function init(key: Array): Model {
  const keys = random.split(key), layer = (i: number, from: number, to: number): Affine => ({ w: nn.initializers.glorotNormal()(keys.get(i), [from, to]), b: np.zeros([to]) });
  return [layer(0, 3, hidden), layer(1, hidden, 2)];
}
/** The network's slope at a place; it sees the sine of the angle as well. */
function slope(y: Array, _t: Array, [first, last]: Model): Array {
  const seen = np.concatenate([y, np.sin(y.get(":1"))]);
  return np.tanh(seen.matmul(first.w).add(first.b)).matmul(last.w).add(last.b);
}
/** The curve [T, 2] that begins at y0. */
const curve = (model: Model, y0: Array, t: Array): Array => odeint(slope, y0, t, model, tolerance);
const curves = vmap(curve, { inAxes: [null, 0, null] });
const loss = (model: Model, starts: Array, t: Array, seen: Array): Array => np.square(curves(model, starts, t).sub(seen)).mean();

const optimizer = optim.adam(optim.schedules.cosineDecaySchedule(2e-2, steps));
const trainStep = jit(function trainStep(model: Model, state: optim.OptState, starts: Array, t: Array, seen: Array): [Model, optim.OptState, Array] {
  const [value, gradient] = valueAndGrad(loss)(model, starts, t, seen);
  const [updates, next] = optimizer.update(gradient, state, model);
  return [optim.applyUpdates(model, updates), next, value];
});

const t = np.linspace(0, 1, 6), starts = random.uniform(random.key(1), [32, 2], { minval: -2, maxval: 2 });
const truth = jit((y0: Array, times: Array) => odeint(pendulum, y0, times, tolerance));
const seen = vmap(truth, { inAxes: [0, null] })(starts, t);
let model = init(random.key(0)), state = optimizer.init(model);
for (let step = 1; step <= steps; step++) {
  const [next, nextState, value] = trainStep(model, state, starts, t, seen);
  [model, state] = [next, nextState];
  if (step === 1 || step % 50 === 0) console.log(`step ${step}: loss ${Number(value.item()).toFixed(5)}`);
}
/** One swing, for much longer than those it learned from. */
const long = np.linspace(0, 5, 41), swing = np.array([1.5, 0]), real = truth(swing, long), learned = jit(curve)(model, swing, long);
for (let i = 0; i <= 40; i += 4) {
  const at = (ys: Array): number => Math.round(30 + 18 * Number(ys.get(i, 0).item())), row = globalThis.Array<string>(61).fill(" ");
  row[at(real)] = "o";
  row[at(learned)] = at(learned) === at(real) ? "*" : "x";
  console.log(`${(i / 8).toFixed(1)} s |${row.join("")}`);
}
console.log(`the angle is off by ${Number(np.abs(learned.sub(real)).get(":", 0).mean().item()).toFixed(3)} on average over 5 s (o pendulum, x network, * both)`);
