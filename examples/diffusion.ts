// Denoising diffusion (DDPM: Ho, Jain and Abbeel, 2020): points of a spiral are blurred into noise in 100 steps, and a network learns each step back.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { type Array, jit, lax, nn, numpy as np, optim, random, valueAndGrad } from "jitlens";

const STEPS = 100, hidden = 64, batch = 256, training = Number(process.env.STEPS ?? 1500);

/** Points of a spiral with a little noise, [n, 2]. */
function spiral(key: Array, n: number): Array {
  const keys = random.split(key), along = np.sqrt(random.uniform(keys.get(0), [n], { minval: 0.05 })).mul(2.5 * Math.PI);
  return np.stack([np.cos(along), np.sin(along)], { axis: 1 }).mul(along.div(4).get(":", null)).add(random.normal(keys.get(1), [n, 2]).mul(0.02));
}
/** How much noise each step adds (the cosine schedule of Nichol and Dhariwal, 2021), and how much of the point is left after all steps up to it. */
const kept = np.square(np.cos(np.linspace(0, 1, STEPS + 1).add(0.008).div(1.008).mul(Math.PI / 2)));
const beta = np.clip(np.subtract(1, kept.get("1:").div(kept.get(":-1"))), 0, 0.999), alpha = np.subtract(1, beta), alphaBar = np.cumprod(alpha);

interface Affine { readonly w: Array; readonly b: Array }
type Model = readonly Affine[];
function init(key: Array): Model {
  const sizes = [2 + 32, hidden, hidden, hidden, 2], keys = random.split(key, 4);
  return sizes.slice(1).map((to, i) => ({ w: nn.initializers.heNormal()(keys.get(i), [sizes[i]!, to]), b: np.zeros([to]) }));
}
/** The step's number [n] as waves of 16 lengths, [n, 32]. */
function waves(t: Array): Array {
  const angles = t.get(":", null).mul(np.exp(np.arange(16).mul(-Math.log(1000) / 16)));
  return np.concatenate([np.sin(angles), np.cos(angles)], { axis: -1 });
}
/** The noise that the network sees in the points x [n, 2] at step t [n]. */
function noiseIn(model: Model, x: Array, t: Array): Array {
  let h = np.concatenate([x, waves(t)], { axis: -1 });
  model.forEach((p, i) => {
    const y = h.matmul(p.w).add(p.b);
    h = i === model.length - 1 ? y : i === 0 ? nn.silu(y) : nn.silu(y).add(h);
  });
  return h;
}
function loss(model: Model, x: Array, key: Array): Array {
  const keys = random.split(key), t = random.randint(keys.get(0), [x.shape[0]!], 0, STEPS), noise = random.normal(keys.get(1), x.shape);
  const left = np.take(alphaBar, t).get(":", null);
  return np.square(noiseIn(model, x.mul(np.sqrt(left)).add(noise.mul(np.sqrt(np.subtract(1, left)))), t).sub(noise)).mean();
}
const optimizer = optim.adam(optim.schedules.cosineDecaySchedule(5e-3, training));
const trainStep = jit(function trainStep(model: Model, state: optim.OptState, key: Array): [Model, optim.OptState, Array] {
  const keys = random.split(key), [value, slope] = valueAndGrad(loss)(model, spiral(keys.get(0), batch), keys.get(1));
  const [updates, next] = optimizer.update(slope, state, model);
  return [optim.applyUpdates(model, updates), next, value];
});
/** Points from noise alone, by all steps back. */
const sample = jit(function sample(model: Model, key: Array): Array {
  const back = (x: Array, t: Array): [Array, null] => {
    const [a, b, left] = [alpha, beta, alphaBar].map((s) => s.get(t)) as [Array, Array, Array];
    const noise = noiseIn(model, x, np.broadcastTo(t, [x.shape[0]!]));
    const mean = x.sub(noise.mul(b.div(np.sqrt(np.subtract(1, left))))).div(np.sqrt(a));
    return [mean.add(random.normal(random.foldIn(key, t), x.shape).mul(np.sqrt(b)).mul(t.gt(0))), null];
  };
  return lax.scan(back, random.normal(key, [500, 2]), np.arange(STEPS - 1, -1, -1))[0];
});
/** How far each point is from the nearest of the spiral. */
const distance = jit((points: Array, of: Array) => np.sqrt(np.square(points.get(":", null).sub(of)).sum({ axis: -1 })).min({ axis: 1 }));

let model = init(random.key(0)), state = optimizer.init(model), mean = 0;
for (let step = 1; step <= training; step++) {
  const [next, nextState, value] = trainStep(model, state, random.key(step));
  [model, state] = [next, nextState];
  mean += Number(value.item()) / 100;
  if (step % 100) continue;
  if (step === 100 || step % 500 === 0) console.log(`step ${step}: loss ${mean.toFixed(3)}`);
  mean = 0;
}
const points = sample(model, random.key(9)), far = distance(points, spiral(random.key(11), 2000));
const picture = globalThis.Array.from({ length: 20 }, () => globalThis.Array<string>(44).fill(" "));
for (const [x, y] of points.tolist() as [number, number][]) {
  const row = picture[Math.round((2 - y) * 4.9)];
  if (row) row[Math.round((x + 2.2) * 10)] = "*";
}
console.log(picture.map((r) => r.join("")).join("\n"));
console.log(`of 500 points from noise ${Math.round(Number(far.lt(0.15).mean().item()) * 100)} % are within 0.15 of the spiral`);
