// Gaussian process regression (Rasmussen and Williams, 2006): a smooth curve through noisy points with its uncertainty, from a Cholesky factor. The kernel's hyperparameters
// are found by the gradient of the marginal likelihood. Click "jit & profile" above a function to see what the compiler makes of it.
import { type Array, jit, numpy as np, optim, random, scipy, valueAndGrad, vmap } from "jitlens";

const points = 40, steps = Number(process.env.STEPS ?? 150);
/** Logarithms: what they stand for is positive. */
interface Hyperparameters { readonly amplitude: Array; readonly length: Array; readonly noise: Array }

/** The exponentiated quadratic kernel. */
const kernel = (p: Hyperparameters, x: Array, y: Array): Array => np.exp(p.amplitude.mul(2)).mul(np.exp(np.square(x.sub(y).div(np.exp(p.length))).mul(-0.5)));
/** The kernel of each point of x with each of y: [n, m]. */
const gram = (p: Hyperparameters, x: Array, y: Array): Array => vmap((a: Array) => vmap((b: Array) => kernel(p, a, b))(y))(x);
/** The Cholesky factor of the points' covariance, noise included, and what solves it for their values. */
function factor(p: Hyperparameters, x: Array, y: Array): [factor: Array, weights: Array] {
  const noisy = gram(p, x, x).add(np.eye(x.shape[0]!).mul(np.exp(p.noise.mul(2)).add(1e-5))), l = np.linalg.cholesky(noisy);
  return [l, scipy.linalg.choSolve([l, true], y)];
}
/** The negative logarithm of how likely the points are, all curves considered. */
function loss(p: Hyperparameters, x: Array, y: Array): Array {
  const [l, weights] = factor(p, x, y);
  return np.dot(y, weights).mul(0.5).add(np.log(np.diagonal(l)).sum()).add(0.5 * points * Math.log(2 * Math.PI));
}
/** Mean and deviation of the curve at the places at. */
const predict = jit(function predict(p: Hyperparameters, x: Array, y: Array, at: Array): [mean: Array, deviation: Array] {
  const [l, weights] = factor(p, x, y), across = gram(p, x, at);
  const explained = np.square(scipy.linalg.solveTriangular(l, across, { lower: true })).sum({ axis: 0 });
  return [across.T.matmul(weights), np.sqrt(np.exp(p.amplitude.mul(2)).sub(explained))];
});
const optimizer = optim.adam(0.05);
const trainStep = jit(function trainStep(p: Hyperparameters, state: optim.OptState, x: Array, y: Array): [Hyperparameters, optim.OptState, Array] {
  const [value, slope] = valueAndGrad(loss)(p, x, y);
  const [updates, next] = optimizer.update(slope, state, p);
  return [optim.applyUpdates(p, updates), next, value];
});

const truth = (x: Array): Array => np.sin(x.mul(2)).add(np.sin(x.mul(0.7)));
const keys = random.split(random.key(0)), x = np.sort(random.uniform(keys.get(0), [points], { minval: -4, maxval: 4 })), y = truth(x).add(random.normal(keys.get(1), [points]).mul(0.2));
let p: Hyperparameters = { amplitude: np.zeros([]), length: np.zeros([]), noise: np.zeros([]) }, state = optimizer.init(p);
for (let step = 1; step <= steps; step++) {
  const [next, nextState, value] = trainStep(p, state, x, y);
  [p, state] = [next, nextState];
  if (step === 1 || step % 50 === 0) console.log(`step ${step}: negative log likelihood ${Number(value.item()).toFixed(2)}`);
}
console.log(`amplitude ${Math.exp(Number(p.amplitude.item())).toFixed(2)}, length ${Math.exp(Number(p.length.item())).toFixed(2)}, noise ${Math.exp(Number(p.noise.item())).toFixed(3)} (points were made with 0.2)`);
const at = np.linspace(-4, 4, 33), [mean, deviation] = predict(p, x, y, at), real = truth(at).tolist() as number[];
const [m, d] = [mean, deviation].map((a) => a.tolist() as number[]) as [number[], number[]];
m.forEach((value, i) => {
  const column = (v: number): number => Math.max(0, Math.min(60, Math.round(30 + 12 * v))), row = globalThis.Array<string>(61).fill(" ");
  row.fill("-", column(value - 2 * d[i]!), column(value + 2 * d[i]!) + 1);
  row[column(value)] = "+";
  row[column(real[i]!)] = "o";
  if (i % 2 === 0) console.log(row.join(""));
});
const inside = m.filter((value, i) => Math.abs(value - real[i]!) <= 2 * d[i]!).length / m.length;
console.log(`the curve (o) is within two deviations of the mean (+) at ${Math.round(100 * inside)} % of the places`);
