// Layered layout: longest-path layers, barycentre sweeps, groups laid out inside first and then placed as boxes. Linear in nodes and edges
// but for the sorting of layers, so that ten thousand nodes take well under a second.
export interface LayoutNode {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  readonly inputs: readonly string[];
  readonly group: string;
}
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Layout {
  readonly nodes: ReadonlyMap<string, Box>;
  readonly groups: ReadonlyMap<string, Box>;
  readonly width: number;
  readonly height: number;
}
export interface LayoutRequest {
  readonly nodes: readonly LayoutNode[];
}

const GAP_X = 22,
  GAP_Y = 34,
  PAD = 14,
  HEADER = 20,
  SWEEPS = 4;
interface Item {
  readonly key: string;
  readonly width: number;
  readonly height: number;
  readonly inputs: ReadonlySet<string>;
}

/** Places boxes in layers; gives their top-left corners and the whole size. */
function layered(items: readonly Item[]): { at: Map<string, { x: number; y: number }>; width: number; height: number } {
  const byKey = new Map(items.map((i) => [i.key, i])),
    rank = new Map<string, number>(),
    consumers = new Map<string, string[]>();
  for (const i of items)
    for (const s of i.inputs) {
      const list = consumers.get(s);
      if (list) list.push(i.key);
      else consumers.set(s, [i.key]);
    }
  // Kahn's order; an item of a cycle (there are none in a program) would keep layer 0.
  const waiting = new Map(items.map((i) => [i.key, [...i.inputs].filter((s) => byKey.has(s)).length])),
    queue = items.filter((i) => waiting.get(i.key) === 0).map((i) => i.key);
  for (let q = 0; q < queue.length; q++)
    for (const c of consumers.get(queue[q]!) ?? []) {
      rank.set(c, Math.max(rank.get(c) ?? 0, (rank.get(queue[q]!) ?? 0) + 1));
      const w = waiting.get(c)! - 1;
      waiting.set(c, w);
      if (w === 0) queue.push(c);
    }
  // Inputs move down to just above their first consumer: shorter edges.
  for (const i of items)
    if (i.inputs.size === 0) {
      let first = Infinity;
      for (const c of consumers.get(i.key) ?? []) first = Math.min(first, rank.get(c) ?? 0);
      if (Number.isFinite(first) && first > 0) rank.set(i.key, first - 1);
    }
  const layers: Item[][] = [];
  for (const i of items) (layers[rank.get(i.key) ?? 0] ??= []).push(i);
  for (let l = 0; l < layers.length; l++) layers[l] ??= [];
  const order = new Map<string, number>(),
    number = (): void => layers.forEach((l) => l.forEach((i, k) => order.set(i.key, k / Math.max(1, l.length))));
  number();
  const barycentre = (keys: Iterable<string>, own: number): number => {
    let s = 0,
      n = 0;
    for (const k of keys) {
      const o = order.get(k);
      if (o !== undefined) {
        s += o;
        n++;
      }
    }
    return n ? s / n : own;
  };
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const l of down ? layers : [...layers].reverse()) {
      const keyed = l.map((i) => ({ i, b: barycentre(down ? i.inputs : (consumers.get(i.key) ?? []), order.get(i.key)!) }));
      keyed.sort((a, b) => a.b - b.b);
      keyed.forEach(({ i }, k) => {
        l[k] = i;
        order.set(i.key, k / Math.max(1, l.length));
      });
    }
  }
  const widths = layers.map((l) => l.reduce((s, i) => s + i.width, 0) + Math.max(0, l.length - 1) * GAP_X),
    width = widths.reduce((a, b) => Math.max(a, b), 0),
    at = new Map<string, { x: number; y: number }>();
  let y = 0;
  layers.forEach((l, k) => {
    let x = (width - widths[k]!) / 2;
    const tall = l.reduce((most, i) => Math.max(most, i.height), 0);
    for (const i of l) {
      at.set(i.key, { x, y: y + (tall - i.height) / 2 });
      x += i.width + GAP_X;
    }
    y += tall + GAP_Y;
  });
  return { at, width, height: Math.max(0, y - GAP_Y) };
}
export function layout({ nodes }: LayoutRequest): Layout {
  const members = new Map<string, LayoutNode[]>(),
    owner = new Map<string, string>();
  for (const n of nodes) {
    const key = n.group ? `g${n.group}` : `n${n.id}`;
    owner.set(n.id, key);
    if (n.group) {
      const m = members.get(n.group);
      if (m) m.push(n);
      else members.set(n.group, [n]);
    }
  }
  const inside = new Map(
    [...members].map(([g, list]) => {
      const ids = new Set(list.map((n) => n.id));
      return [
        g,
        layered(list.map((n) => ({ key: n.id, width: n.width, height: n.height, inputs: new Set(n.inputs.filter((i) => ids.has(i))) }))),
      ] as const;
    }),
  );
  const outerInputs = (list: readonly LayoutNode[], own: string): Set<string> =>
    new Set(list.flatMap((n) => n.inputs.map((i) => owner.get(i)).filter((k): k is string => k !== undefined && k !== own)));
  const items: Item[] = [];
  const seen = new Set<string>();
  for (const n of nodes) {
    const key = owner.get(n.id)!;
    if (seen.has(key)) continue;
    seen.add(key);
    if (!n.group) items.push({ key, width: n.width, height: n.height, inputs: outerInputs([n], key) });
    else {
      const i = inside.get(n.group)!;
      items.push({
        key,
        width: Math.max(i.width, 120) + 2 * PAD,
        height: i.height + 2 * PAD + HEADER,
        inputs: outerInputs(members.get(n.group)!, key),
      });
    }
  }
  const outer = layered(items),
    boxes = new Map<string, Box>(),
    groups = new Map<string, Box>();
  for (const item of items) {
    const at = outer.at.get(item.key)!;
    if (item.key.startsWith("n")) {
      boxes.set(item.key.slice(1), { ...at, width: item.width, height: item.height });
      continue;
    }
    const g = item.key.slice(1),
      i = inside.get(g)!,
      dx = at.x + (item.width - i.width) / 2,
      dy = at.y + PAD + HEADER;
    groups.set(g, { ...at, width: item.width, height: item.height });
    for (const n of members.get(g)!) {
      const p = i.at.get(n.id)!;
      boxes.set(n.id, { x: dx + p.x, y: dy + p.y, width: n.width, height: n.height });
    }
  }
  return { nodes: boxes, groups, width: outer.width, height: outer.height };
}
