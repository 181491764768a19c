// GPT-2, sized down: a transformer that writes Shakespeare's letters one after the other. Blocks with masked attention, normalized before, not after; AdamW;
// and writing as one compiled loop. Click "jit & profile" above a function to see what the compiler makes of it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Array, jit, lax, namedScope, nn, numpy as np, optim, random, valueAndGrad, vmap } from "jitlens";

const context = 48, width = 48, heads = 4, layers = 2, batch = 16, steps = Number(process.env.STEPS ?? 300);
const text = readFileSync(join(import.meta.dirname, "data", "sonnets.txt"), "utf8").replaceAll("\r", ""), letters = [...new Set(text)].sort();
const tokens = np.array(Int32Array.from(text, (c) => letters.indexOf(c)));

interface Affine { readonly w: Array; readonly b: Array }
interface Norm { readonly gain: Array; readonly bias: Array }
interface Block { readonly ln1: Norm; readonly attention: Affine; readonly out: Affine; readonly ln2: Norm; readonly up: Affine; readonly down: Affine }
interface Model { readonly letters: Array; readonly places: Array; readonly blocks: readonly Block[]; readonly last: Norm }

/** GPT-2's weights: normal with deviation 0.02, smaller where a block adds to what flows past it. */
function init(key: Array): Model {
  let count = 0;
  const normal = (shape: number[], deviation = 0.02): Array => random.normal(random.foldIn(key, count++), shape).mul(deviation);
  const affine = (from: number, to: number, deviation?: number): Affine => ({ w: normal([from, to], deviation), b: np.zeros([to]) });
  const norm = (): Norm => ({ gain: np.ones([width]), bias: np.zeros([width]) }), small = 0.02 / Math.sqrt(2 * layers);
  const block = (): Block => ({
    ln1: norm(), attention: affine(width, 3 * width), out: affine(width, width, small),
    ln2: norm(), up: affine(width, 4 * width), down: affine(4 * width, width, small),
  });
  return { letters: normal([letters.length, width]), places: normal([context, width]), blocks: globalThis.Array.from({ length: layers }, block), last: norm() };
}
const affine = (p: Affine, x: Array): Array => x.matmul(p.w).add(p.b);
const normalize = (p: Norm, x: Array): Array => nn.standardize(x, { axis: -1 }).mul(p.gain).add(p.bias);

/** Each place looks at itself and what came before: [T, width] to [T, width]. */
function attend(p: Block, x: Array): Array {
  const [q, k, v] = np.split(affine(p.attention, x), 3, { axis: -1 }).map((a) => a.reshape([context, heads, width / heads]).transpose([1, 0, 2])) as [Array, Array, Array];
  const scores = q.matmul(k.transpose([0, 2, 1])).div(Math.sqrt(width / heads));
  const seen = np.where(np.tri(context, { dtype: "bool" }), scores, -1e9);
  return affine(p.out, nn.softmax(seen, { axis: -1 }).matmul(v).transpose([1, 0, 2]).reshape([context, width]));
}
/** How likely each letter is to come next, at each place: [T] to [T, letters]. */
function logits(model: Model, sequence: Array): Array {
  let x = namedScope("embed", () => np.take(model.letters, sequence, { axis: 0 }).add(model.places));
  model.blocks.forEach((p, i) => {
    x = namedScope(`block${i}`, () => {
      const y = x.add(namedScope("attention", () => attend(p, normalize(p.ln1, x))));
      return y.add(namedScope("mlp", () => affine(p.down, nn.gelu(affine(p.up, normalize(p.ln2, y))))));
    });
  });
  return namedScope("readout", () => normalize(model.last, x).matmul(model.letters.T));
}
const loss = (model: Model, sequences: Array): Array =>
  optim.losses.softmaxCrossEntropyWithIntegerLabels(vmap(logits, { inAxes: [null, 0] })(model, sequences.get(":", ":-1")), sequences.get(":", "1:")).mean();

const optimizer = optim.chain(optim.clipByGlobalNorm(1), optim.adamw(optim.schedules.warmupCosineDecaySchedule(0, 6e-3, 20, steps, { endValue: 6e-4 }), { weightDecay: 0.01 }));
/** One step of training on pieces of the text that a key picks. */
const trainStep = jit(function trainStep(model: Model, state: optim.OptState, key: Array): [Model, optim.OptState, Array] {
  const starts = random.randint(key, [batch], 0, tokens.size - context - 1);
  const pieces = vmap((start: Array) => lax.dynamicSlice(tokens, [start], [context + 1]))(starts);
  const [value, slope] = valueAndGrad(loss)(model, pieces);
  const [updates, next] = optimizer.update(slope, state, model);
  return [optim.applyUpdates(model, updates), next, value];
});
/** A text that goes on for 200 letters: a window slides over what is written. */
const write = jit(function write(model: Model, start: Array, key: Array): Array {
  return lax.scan(
    (window: Array, k: Array): [Array, Array] => {
      const next = random.categorical(k, logits(model, window).get(-1).div(0.6)).astype("int32");
      return [np.concatenate([window.get("1:"), next.reshape([1])]), next];
    },
    start,
    random.split(key, 200),
  )[1];
});

let model = init(random.key(0)), state = optimizer.init(model);
for (let step = 1; step <= steps; step++) {
  const [next, nextState, value] = trainStep(model, state, random.key(step));
  [model, state] = [next, nextState];
  if (step === 1 || step % 50 === 0) console.log(`step ${step}: loss ${Number(value.item()).toFixed(3)}`);
}
const written = write(model, tokens.get(`:${context}`), random.key(7)).tolist() as number[];
console.log(`${text.slice(0, context)}|${written.map((i) => letters[i]).join("")}`);
