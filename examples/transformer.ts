// A small transformer with two blocks, and one step of training it to copy a sequence. Each part has a name (namedScope), which the graph shows as boxes to open.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { type Value, jit, namedScope, nn, numpy as np, random, tree, valueAndGrad } from "jitlens";

interface Block { readonly q: Value; readonly k: Value; readonly v: Value; readonly o: Value; readonly w1: Value; readonly w2: Value; readonly g1: Value; readonly g2: Value }
interface Model { readonly embedding: Value; readonly position: Value; readonly blocks: readonly Block[] }

const tokens = 64, width = 96, heads = 4, vocabulary = 32;

function init(): Model {
  const keys = random.split(random.key(0), 16), weights = (i: number, shape: number[]): Value => random.normal(keys.get(i), shape).mul(0.08);
  const block = (i: number): Block => ({
    q: weights(i, [width, width]), k: weights(i + 1, [width, width]), v: weights(i + 2, [width, width]), o: weights(i + 3, [width, width]),
    w1: weights(i + 4, [width, 4 * width]), w2: weights(i + 5, [4 * width, width]), g1: np.ones([width]), g2: np.ones([width]),
  });
  return { embedding: weights(0, [vocabulary, width]), position: weights(1, [tokens, width]), blocks: [block(2), block(8)] };
}
function norm(x: Value, gain: Value): Value {
  const centred = x.sub(x.mean(-1, { keepdims: true }));
  return centred.div(np.sqrt(np.square(centred).mean(-1, { keepdims: true }).add(1e-5))).mul(gain);
}
function attention(p: Block, x: Value): Value {
  const split = (w: Value): Value => x.matmul(w).reshape([tokens, heads, width / heads]).transpose([1, 0, 2]);
  const q = split(p.q), k = split(p.k), v = split(p.v);
  const weights = nn.softmax(q.matmul(k.transpose([0, 2, 1])).div(Math.sqrt(width / heads)), { axis: -1 });
  return weights.matmul(v).transpose([1, 0, 2]).reshape([tokens, width]).matmul(p.o);
}
const mlp = (p: Block, x: Value): Value => nn.gelu(x.matmul(p.w1)).matmul(p.w2);

function logits(model: Model, sequence: Value): Value {
  let x = namedScope("embed", () => np.take(model.embedding, sequence, { axis: 0 }).add(model.position));
  model.blocks.forEach((p, i) => {
    x = namedScope(`block${i}`, () => {
      const y = x.add(namedScope("attention", () => attention(p, norm(x, p.g1))));
      return y.add(namedScope("mlp", () => mlp(p, norm(y, p.g2))));
    });
  });
  return namedScope("readout", () => x.matmul(model.embedding.T));
}
function loss(model: Model, sequence: Value, target: Value): Value {
  const logProbabilities = nn.logSoftmax(logits(model, sequence));
  return logProbabilities.mul(nn.oneHot(target, vocabulary)).sum({ axis: -1 }).mean().neg();
}

/** The model's answer: for each place the most likely token. */
export const answer = jit((model: Model, sequence: Value) => logits(model, sequence).argmax({ axis: -1 }));

/** One step of gradient descent. */
const trainStep = jit(function trainStep(model: Model, sequence: Value, target: Value): [Model, Value] {
  const [value, g] = valueAndGrad(loss)(model, sequence, target) as [Value, Model];
  return [tree.map((p: Value, d: Value) => p.sub(d.mul(0.1)), model, g), value];
});

let model = init();
for (let step = 0; step < 40; step++) {
  const sequence = random.randint(random.key(step), [tokens], 0, vocabulary);
  const [next, value] = trainStep(model, sequence, sequence);
  model = next;
  if (step % 20 === 19) console.log(`step ${step + 1}: loss ${Number(value).toFixed(3)}`);
}
console.log(`the answer begins with ${answer(model, np.arange(tokens).mod(vocabulary)).get(":8").toString()}`);
