// Proximal policy optimization (PPO) that learns to balance a pole on a cart: the cart, the policy and the training step are each one compiled program.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { type Array, jit, lax, nnx, numpy as np, optim, random, rl, vmap } from "jitlens";

const CARTS = 32, STEPS = 64, UPDATES = 60;

/** The pole falls beyond 12 degrees, the cart leaves at 2.4 m, and an episode ends after 500 steps. Sources: Barto, Sutton and Anderson, 1983; Gymnasium. */
interface Cart { readonly state: Array; readonly time: Array }
const isOver = ({ state, time }: Cart): Array =>
  np.logicalOr(np.logicalOr(np.abs(state.get(0)).gt(2.4), np.abs(state.get(2)).gt((12 * Math.PI) / 180)), time.ge(500));
function push({ state, time }: Cart, action: Array): Cart {
  const [x, v, angle, spin] = [0, 1, 2, 3].map((i) => state.get(i)) as [Array, Array, Array, Array];
  const force = np.where(action.eq(1), 10, -10), sin = np.sin(angle), cos = np.cos(angle);
  const pull = force.add(spin.mul(spin).mul(sin).mul(0.05)).div(1.1);
  const turn = sin.mul(9.8).sub(cos.mul(pull)).div(np.subtract(4 / 3, cos.mul(cos).mul(0.1 / 1.1)).mul(0.5));
  const go = pull.sub(turn.mul(cos).mul(0.05 / 1.1));
  return { state: np.stack([x.add(v.mul(0.02)), v.add(go.mul(0.02)), angle.add(spin.mul(0.02)), spin.add(turn.mul(0.02))]), time: time.add(1) };
}
const fresh = (key: Array): Cart => ({ state: random.uniform(key, [4], { minval: -0.05, maxval: 0.05 }), time: np.zeros([], { dtype: "int32" }) });

/** What the cart's state is worth, and how much each action is preferred. */
class Agent extends nnx.Module {
  hidden: nnx.Linear; policy: nnx.Linear; value: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    this.hidden = new nnx.Linear(4, 64, { rngs });
    this.policy = new nnx.Linear(64, 2, { rngs, kernelInit: nnx.initializers.normal(0.01) });
    this.value = new nnx.Linear(64, 1, { rngs });
  }
  call(x: Array): { logits: Array; value: Array } {
    const h = nnx.tanh(this.hidden.call(x));
    return { logits: this.policy.call(h), value: np.squeeze(this.value.call(h), { axis: -1 }) };
  }
}
const actions = rl.softmax();

/** All carts, driven for some steps: what was seen, done and rewarded, time first. A cart that is over begins anew. */
const drive = nnx.jit(function drive(agent: Agent, carts: Cart, key: Array) {
  return lax.scan(
    (now: Cart, k: Array) => {
      const { logits } = agent.call(now.state), keys = random.split(k, 2);
      const action = actions.sample(keys.get(0), logits), moved = vmap(push)(now, action), over = vmap(isOver)(moved);
      const next = vmap((o: Array, again: Cart, cart: Cart) => rl.treeSelect(o, again, cart))(over, vmap(fresh)(random.split(keys.get(1), CARTS)), moved);
      return [next, { state: now.state, action, logprob: actions.logprob(action, logits), over }];
    },
    carts,
    random.split(key, STEPS),
  );
});
type Seen = ReturnType<typeof drive>[1];

/** PPO's loss: the clipped objective, the values' errors, and a little for keeping an open mind. */
function loss(agent: Agent, seen: Seen, last: Array): Array {
  const { logits, value } = agent.call(seen.state), discount = np.where(seen.over, 0, 0.99), values = np.concatenate([value, last.reshape([1, -1])]);
  const advantage = vmap((r: Array, d: Array, v: Array) => rl.truncatedGeneralizedAdvantageEstimation(r, d, 0.95, v, { stopTargetGradients: true }), { inAxes: 1, outAxes: 1 })(
    np.onesLike(value), discount, lax.stopGradient(values));
  const target = lax.stopGradient(advantage.add(value)), ratio = np.exp(actions.logprob(seen.action, logits).sub(seen.logprob));
  const normal = advantage.sub(advantage.mean()).div(advantage.std().add(1e-6));
  return rl.clippedSurrogatePgLoss(ratio.ravel(), normal.ravel(), 0.2).add(rl.l2Loss(value, target).mean().mul(0.5)).sub(actions.entropy(logits).mean().mul(0.01));
}
/** Some steps of gradient descent on what was seen. */
const learn = nnx.jit(function learn(agent: Agent, optimizer: nnx.Optimizer, seen: Seen, carts: Cart) {
  const last = lax.stopGradient(agent.call(carts.state).value);
  for (let i = 0; i < 4; i++) optimizer.update(agent, nnx.grad((a: Agent) => loss(a, seen, last))(agent) as never);
});

const agent = new Agent(new nnx.Rngs(0)), optimizer = new nnx.Optimizer(agent, optim.chain(optim.clipByGlobalNorm(0.5), optim.adam(2e-3)));
let carts = jit(vmap(fresh))(random.split(random.key(1), CARTS));
for (let i = 0; i < UPDATES; i++) {
  const [next, seen] = drive(agent, carts, random.foldIn(random.key(2), i));
  learn(agent, optimizer, seen, next);
  carts = next;
  if (i % 10 === 9) console.log(`update ${i + 1}: a pole stands for ${Math.round((CARTS * STEPS) / Math.max(1, Number(seen.over.sum().item())))} steps`);
}
