// Molecular dynamics of argon: 64 atoms in a periodic box attract and repel each other by Lennard and Jones's potential. Forces are the potential's gradient, steps are
// Verlet's, and the energy stays what it was. In reduced units, as in JAX MD. Click "jit & profile" above a function to see what the compiler makes of it.
import { type Array, grad, jit, lax, numpy as np, random } from "jitlens";

const perSide = 4, atoms = perSide ** 3, density = 0.6, box = Math.cbrt(atoms / density), cutoff = 2.2, dt = 0.004, rounds = Number(process.env.STEPS ?? 20);

/** From one atom to another by the shortest way: across the box's wall, where that is nearer. */
const shortest = (d: Array): Array => d.sub(np.round(d.div(box)).mul(box));
/** 4 (r⁻¹² − r⁻⁶) up to the cutoff, shifted so that it ends at 0; of the squared distance. */
function lennardJones(r2: Array): Array {
  const s6 = np.power(r2, -3), end = cutoff ** -12 - cutoff ** -6;
  return np.where(r2.lt(cutoff ** 2), s6.mul(s6).sub(s6).sub(end).mul(4), 0);
}
/** The potential energy of the places [N, 3]: each pair once. An atom's distance to itself is replaced before anything is divided by it. */
export function potential(places: Array): Array {
  const d = shortest(places.get(":", null).sub(places)), self = np.eye(atoms, { dtype: "bool" });
  return lennardJones(np.where(self, cutoff ** 2, np.square(d).sum({ axis: -1 }))).sum().div(2);
}
interface Gas { readonly places: Array; readonly speeds: Array; readonly forces: Array }
const force = (places: Array): Array => grad(potential)(places).neg();
const kinetic = (gas: Gas): Array => np.square(gas.speeds).sum().div(2);

/** Velocity Verlet: half a kick, a drift, half a kick. */
function step(gas: Gas): Gas {
  const half = gas.speeds.add(gas.forces.mul(dt / 2)), places = gas.places.add(half.mul(dt)), forces = force(places);
  return { places: np.mod(places, box), speeds: half.add(forces.mul(dt / 2)), forces };
}
/** Some steps, with the energies after each: [steps, 2], potential and kinetic. */
const simulate = jit(function simulate(gas: Gas): [Gas, Array] {
  return lax.scan(
    (now: Gas): [Gas, Array] => {
      const next = step(now);
      return [next, np.stack([potential(next.places), kinetic(next)])];
    },
    gas,
    null,
    { length: 50 },
  );
});
/** How often two atoms are so far apart, beside an ideal gas: the radial distribution function. */
const pairs = jit(function pairs(places: Array): Array {
  const r = np.sqrt(np.square(shortest(places.get(":", null).sub(places))).sum({ axis: -1 })).add(np.eye(atoms).mul(99));
  const edges = np.linspace(0.8, box / 2, 25), [counts] = np.histogram(r.ravel(), edges);
  return counts.div(np.diff(np.power(edges, 3)).mul((4 / 3) * Math.PI * density * atoms));
});

/** A cubic grid, with speeds of temperature 1 that add up to nothing. */
function init(key: Array): Gas {
  const line = np.arange(perSide).add(0.5).mul(box / perSide), places = np.stack(np.meshgrid(line, line, line), { axis: -1 }).reshape([atoms, 3]);
  const speeds = random.normal(key, [atoms, 3]);
  return { places, speeds: speeds.sub(speeds.mean({ axis: 0 })), forces: force(places) };
}
let gas = init(random.key(0));
const start = Number(potential(gas.places).item()) + Number(kinetic(gas).item());
console.log(`${atoms} atoms in a box of ${box.toFixed(2)}: energy ${start.toFixed(3)}`);
let worst = 0;
for (let round = 1; round <= rounds; round++) {
  const [next, energies] = simulate(gas);
  gas = next;
  const [potentialNow, kineticNow] = energies.get(-1).tolist() as [number, number];
  worst = Math.max(worst, Math.abs(potentialNow + kineticNow - start));
  if (round % 5 === 0)
    console.log(`t = ${(round * 50 * dt).toFixed(1)}: potential ${potentialNow.toFixed(2)} + kinetic ${kineticNow.toFixed(2)} = ${(potentialNow + kineticNow).toFixed(3)}, temperature ${(kineticNow / (1.5 * (atoms - 1))).toFixed(3)}`);
}
console.log(`pairs by distance: ${(pairs(gas.places).tolist() as number[]).map((g) => " .:-=+*#%@"[Math.min(9, Math.round(g * 3))]).join("")}  from 0.8 to ${(box / 2).toFixed(2)}`);
console.log(`the energy was never off by more than ${((100 * worst) / Math.abs(start)).toFixed(3)} %`);
