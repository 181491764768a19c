// A variational autoencoder of handwritten digits (Kingma and Welling, 2013): an image becomes a cloud in four dimensions, and points of it images again.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Array, data, jit, nn, numpy as np, optim, random, valueAndGrad, vmap } from "jitlens";

const latent = 4, hidden = 128, epochs = Number(process.env.STEPS ?? 30);
interface Affine { readonly w: Array; readonly b: Array }
interface Model { readonly encode: Affine; readonly mean: Affine; readonly spread: Affine; readonly decode: Affine; readonly image: Affine }

const affine = (p: Affine, x: Array): Array => x.matmul(p.w).add(p.b);
function init(key: Array): Model {
  const keys = random.split(key, 5), layer = (i: number, from: number, to: number): Affine => ({ w: nn.initializers.glorotNormal()(keys.get(i), [from, to]), b: np.zeros([to]) });
  return { encode: layer(0, 64, hidden), mean: layer(1, hidden, latent), spread: layer(2, hidden, latent), decode: layer(3, latent, hidden), image: layer(4, hidden, 64) };
}
/** An image [64] as a normal distribution: its mean and the logarithm of its variance, [latent] each. */
function encode(model: Model, x: Array): [mean: Array, logVariance: Array] {
  const h = nn.relu(affine(model.encode, x));
  return [affine(model.mean, h), affine(model.spread, h)];
}
/** A point [latent] as an image [64] of logits. */
const decode = (model: Model, z: Array): Array => affine(model.image, nn.relu(affine(model.decode, z)));

/** The evidence's lower bound with its sign turned: how badly the image comes back, and how far its cloud is from the normal one. */
function loss(model: Model, x: Array, key: Array): Array {
  const [mean, logVariance] = encode(model, x);
  const z = mean.add(np.exp(logVariance.mul(0.5)).mul(random.normal(key, [latent])));
  const misfit = optim.losses.sigmoidBinaryCrossEntropy(decode(model, z), x).sum();
  const divergence = np.exp(logVariance).add(np.square(mean)).sub(1).sub(logVariance).sum().mul(0.5);
  return misfit.add(divergence);
}
const batchLoss = (model: Model, images: Array, key: Array): Array =>
  vmap(loss, { inAxes: [null, 0, 0] })(model, images, random.split(key, images.shape[0]!)).mean();

const optimizer = optim.adam(2e-3);
const trainStep = jit(function trainStep(model: Model, state: optim.OptState, images: Array, key: Array): [Model, optim.OptState, Array] {
  const [value, slope] = valueAndGrad(batchLoss)(model, images, key);
  const [updates, next] = optimizer.update(slope, state, model);
  return [optim.applyUpdates(model, updates), next, value];
});
/** Images that nobody wrote, from points of the normal distribution. */
const dream = jit((model: Model, key: Array) => nn.sigmoid(decode(model, random.normal(key, [6, latent]))));

const images = data.csv(gunzipSync(readFileSync(join(import.meta.dirname, "data", "digits.csv.gz"))).toString()).get(":", ":64").div(16);
const unseen = images.get("1600:"), loader = new data.Loader(images.get(":1600"), { batchSize: 100, shuffle: random.key(1), epochs });
let model = init(random.key(0)), state = optimizer.init(model), step = 0, total = 0;
for (const batch of loader) {
  const [next, nextState, value] = trainStep(model, state, batch, random.foldIn(random.key(2), step));
  [model, state] = [next, nextState];
  total += Number(value.item());
  if (++step % loader.batches === 0) {
    const epoch = step / loader.batches;
    if (epoch === 1 || epoch % 10 === 0) console.log(`epoch ${epoch}: loss ${(total / loader.batches).toFixed(2)}`);
    total = 0;
  }
}
console.log(`unseen images: loss ${Number(jit(batchLoss)(model, unseen, random.key(3)).item()).toFixed(2)}`);
const shades = " .:-=+*#%@", pictures = dream(model, random.key(5)).reshape([6, 8, 8]).tolist() as number[][][];
for (let row = 0; row < 8; row++) console.log(pictures.map((p) => p[row]!.map((v) => shades[Math.min(9, Math.floor(v * 10))]).join("")).join("   "));
