// Work on items of a list, begun some items before it is asked for.
/**
 * What `make` makes of each item, in order, with up to `count` more under way than were asked for. An error comes at its item's turn; those that are under way
 * when nobody asks any more are waited for by nobody.
 */
export async function* ahead<A, B>(items: Iterable<A>, make: (item: A) => B | Promise<B>, count: number): AsyncGenerator<B> {
  const under: Promise<B>[] = [],
    iterator = items[Symbol.iterator]();
  const begin = (): boolean => {
    const next = iterator.next();
    if (next.done) return false;
    const made = (async () => make(next.value))();
    // An error is told when its turn comes: until then it is nobody's.
    made.catch(() => undefined);
    under.push(made);
    return true;
  };
  try {
    for (;;) {
      while (under.length <= count && begin());
      const first = under.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    iterator.return?.();
  }
}
