// How many work groups a grid has, in two directions where one is too short.
/** Work groups in one direction of a grid. */
const MOST_GROUPS = 65_535;
/** Work groups, as many in one direction as there may be. */
export function spread(count: number): readonly [number, number] {
  const x = Math.min(count, MOST_GROUPS);
  return [x, Math.ceil(count / x)];
}
