// The named axes that are in effect: dynamic context, like the current trace. vmap binds them, collectives look them up.
let key = "";
let axes: readonly { readonly name: string; readonly size: number }[] = [];

export function withAxis<R>(name: string | null, size: number, fn: () => R): R {
  if (name === null) return fn();
  const before = axes,
    keyBefore = key;
  axes = [...axes, { name, size }];
  key = axes.map((a) => `${a.name}:${a.size}`).join();
  try {
    return fn();
  } finally {
    axes = before;
    key = keyBefore;
  }
}
/** The size of an axis, or null where no axis of that name is in effect. */
export const axisSizeOf = (name: string): number | null => axes.findLast((a) => a.name === name)?.size ?? null;
/** What of the axes changes a trace: part of every cache key. */
export const axesKey = (): string => key;
/** What puts the axes back as they are now. */
export function keepAxes(): () => void {
  const before = { axes, key };
  return () => {
    ({ axes, key } = before);
  };
}
