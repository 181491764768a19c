// What the engine keeps so as not to do it again: traces of jitted functions, programs of eager operations. All of it can be forgotten at once.
let forgotten = 0;
const listeners: (() => void)[] = [];
/** How often everything was forgotten: who keeps something made before the last time lets it go. */
export const timesForgotten = (): number => forgotten;
/** Calls a function each time; for caches that live as long as the engine. */
export const onForget = (forget: () => void): void => void listeners.push(forget);
/** Forgets every trace and every compiled program: functions are traced and compiled anew by their next calls. Source: jax.clear_caches.
 * @example let traces = 0; const f = jit((x: Array) => { traces++; return x.add(1); }); f(np.ones([2])); clearCaches(); f(np.ones([2])); traces // 2 */
export function clearCaches(): void {
  forgotten++;
  for (const forget of listeners) forget();
}
