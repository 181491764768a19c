// What a run with JITLENS_NATIVE=all owes besides its numbers: its kernels were compiled by the machine's C compiler. A run in which none was, or in which the
// compiler failed on one, fails, whatever its numbers are.

/** How many faults of that kind there are; says them. 0 where nobody asked for native kernels. */
export function nativeFaults({ internals }) {
  if (process.env.JITLENS_NATIVE !== "all") return 0;
  const { made, failures } = internals.nativeTally;
  console.log(`${made} kernels were compiled natively`);
  for (const why of new Set(failures)) console.log(`a kernel could not be: ${why}`);
  return made === 0 ? 1 : failures.length;
}
