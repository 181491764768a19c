// The IR graph: one level of the program at a time, one region at a time. A loop, branch or called program is a node that opens.
import type { Level, Node, Region } from "../../engine/report/types.ts";
import { send } from "../bridge.ts";
import { segmented } from "../controls/segmented.ts";
import { h } from "../dom.ts";
import { baseName, time } from "../format.ts";
import { t } from "../l10n.ts";
import { largest } from "../lookup.ts";
import { CATEGORY_NAMES, categoryVariable } from "../theme.ts";
import { button, textField } from "../toolkit.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { camera } from "./camera.ts";
import { type GroupLabel, type Scene, draw, readTheme } from "./draw.ts";
import { type Layout } from "./layout.ts";
import { runLayout } from "./runLayout.ts";
import { findNodes } from "./search.ts";

export const graphView: ViewDefinition = { id: "graph", label: () => t("Graph"), place: "graph", open };
const NODE_HEIGHT = 40;
const LEVEL_LABELS: Readonly<Record<string, string>> = {
  jaxpr: t("Traced"),
  graph: t("Lowered"),
  fused: t("Fused"),
  stablehlo: "StableHLO",
  hlo: "HLO",
};
const KEYS_HELP = t(
  "Arrow keys move between operations, Enter opens a loop or shows the source line, Backspace goes out, plus and minus zoom, F fits.",
);

/** What stands on a node. */
export function nodeTitle(n: Node): string {
  if (n.category === "input") return n.name ?? n.op;
  const opens = n.regions?.length ? "▸ " : "";
  const name = n.name && n.name !== n.op ? ` ${n.name}` : "";
  return `${opens}${n.op}${name}${n.attributes ? ` ${n.attributes}` : ""}`;
}
function open(c: ViewContext): View {
  const { lookup, store } = c;
  const started = performance.now();
  const levels = lookup.program?.levels.filter((l) => l.regions.length) ?? [];
  if (!levels.length) return { element: h("p", { class: "note" }, t("This profile has no graph.")), dispose() {} };
  const remembered = levels.find((l) => l.name === c.memory.get("level"));
  let level: Level = remembered ?? levels.at(-1)!;
  let region: Region = level.regions[0]!;
  let layout: Layout | null = null;
  let selected: string | null = null;
  let matches: readonly Node[] = [];
  let matchAt = 0;
  let query = "";
  let painted = false;
  const layouts = new Map<string, Layout>();
  const most = largest(lookup.kernels, (k) => k.time?.median ?? 0);

  const canvas = h("canvas", { tabindex: 0, role: "application", "aria-label": `${t("IR graph.")} ${KEYS_HELP}` });
  const holder = h("div", { class: "canvas" }, canvas);
  const status = h("div", { class: "graph-status", "aria-live": "polite" });
  const crumbs = h("nav", { class: "crumbs", "aria-label": t("Region") });
  const legend = h("div", { class: "legend", role: "list", "aria-label": t("Colours") });
  const size = (): readonly [number, number] => [holder.clientWidth, holder.clientHeight];
  let frame = 0;
  const schedule = (): void => {
    if (frame) return;
    frame = requestAnimationFrame(() => {
      frame = 0;
      paint();
    });
  };
  const view = camera(canvas, size, schedule);

  // ---- what is shown
  /** The kernel that computes a node in this region: the box it stands in. */
  const groupOf = (n: Node): string => lookup.kernelsOf.get(n.id)?.[0]?.id ?? "";
  const groupLabels = (): Map<string, GroupLabel> => {
    const labels = new Map<string, GroupLabel>();
    for (const k of lookup.kernels)
      labels.set(k.id, { title: k.label, detail: k.time ? time(k.time.median) : "", heat: k.time && most ? k.time.median / most : 0 });
    return labels;
  };
  const groups = groupLabels();
  const aside = (n: Node): string => {
    const inside = n.regions?.length ? lookup.timeInside(n) : 0;
    return inside ? time(inside) : "";
  };
  const marked = (): ReadonlySet<string> => {
    const { cursor } = store.state;
    const nodes = new Set(cursor ? lookup.nodesOfLine(cursor.file, cursor.line) : []);
    return nodes;
  };
  /** Loops that hold something marked are marked too, so that one finds the way in. */
  function withOuter(ids: ReadonlySet<string>): ReadonlySet<string> {
    const out = new Set(ids);
    for (const id of ids) {
      const home = lookup.regionOf.get(id);
      if (home && home !== region) for (const r of lookup.pathTo(home)) if (r.parent !== null) out.add(r.parent);
    }
    return out;
  }
  function paint(): void {
    const [width, height] = size();
    const ratio = window.devicePixelRatio || 1;
    if (!layout || !width || !height) return;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const related = lookup.related(store.state.selection);
    const scene: Scene = {
      nodes: region.nodes,
      layout,
      title: nodeTitle,
      aside,
      groups,
      selected,
      related: new Set([...related.nodes, ...related.kernels]),
      marked: withOuter(marked()),
      matches: withOuter(new Set(matches.map((n) => n.id))),
    };
    draw(canvas.getContext("2d")!, width, height, ratio, view.transform(), scene, readTheme(canvas));
    if (painted) return;
    painted = true;
    send({ type: "painted", milliseconds: performance.now() - started });
    document.body.dataset.painted = "true";
  }
  /** Shows a region of a level; at its start, or where `then` puts it. */
  async function show(next: Region, then: () => void = () => view.start()): Promise<void> {
    const home = lookup.levelOf.get(next.id) ?? level;
    if (home !== level) {
      level = home;
      switcher.set(level.name);
      c.memory.set("level", level.name);
    }
    region = next;
    showCrumbs();
    showLegend();
    document.body.dataset.region = region.id;
    let l = layouts.get(next.id);
    if (!l) {
      const nodes = next.nodes.map((n) => ({
        id: n.id,
        width: Math.max(92, Math.min(280, 7.2 * Math.max(nodeTitle(n).length, n.type.length + (n.regions?.length ? 10 : 0)) + 26)),
        height: NODE_HEIGHT,
        inputs: n.inputs,
        group: groupOf(n),
      }));
      layout = null;
      l = await runLayout({ nodes });
      layouts.set(next.id, l);
      if (region !== next) return;
    }
    layout = l;
    view.setLayout(l);
    then();
    schedule();
  }
  function showCrumbs(): void {
    const path = lookup.pathTo(region);
    const parent = region.parent === null ? undefined : lookup.nodes.get(region.parent);
    const beside = (parent?.regions ?? []).flatMap((id) => lookup.regions.get(id) ?? []);
    crumbs.hidden = path.length < 2;
    crumbs.replaceChildren(
      ...path.flatMap((r, i) => [
        ...(i ? [h("span", { class: "muted" }, " › ")] : []),
        r === region
          ? h("b", { "aria-current": "location" }, shortName(r))
          : h("button", { type: "button", onclick: () => void show(r, () => centreOn(path[i + 1]!.parent)) }, shortName(r)),
      ]),
      ...beside
        .filter((r) => r !== region)
        .map((r) => h("button", { type: "button", class: "beside", title: t("Show {0}", r.name), onclick: () => void show(r) }, shortName(r))),
    );
  }
  function showLegend(): void {
    const present = new Set(region.nodes.map((n) => n.category));
    const names = Object.entries(CATEGORY_NAMES).filter(([category]) => present.has(category as Node["category"]));
    legend.replaceChildren(
      ...names.map(([category, name]) =>
        h(
          "span",
          { role: "listitem" },
          h("span", { class: "swatch", style: `background:var(${categoryVariable(category as Node["category"])})` }),
          name,
        ),
      ),
    );
  }
  const shortName = (r: Region): string => r.name.split("/").at(-1) ?? r.name;

  // ---- choosing
  const placeOf = (n: Node): { file: string; line: number; column: number } | null =>
    lookup.placeOf({ kind: "node", id: n.id }) as { file: string; line: number; column: number } | null;
  function describe(n: Node): string {
    const kernels = lookup.kernelsOf.get(n.id) ?? [];
    const place = placeOf(n);
    const parts = [
      `${nodeTitle(n)}  ${n.type}`,
      ...kernels.slice(0, 2).map((k) => `${t("kernel {0}", k.label)}${k.time ? ` ${time(k.time.median)}` : ""}`),
      ...(n.regions?.length ? [aside(n) ? t("opens, {0} inside", aside(n)) : t("opens")] : []),
      ...(n.scope ? [n.scope] : []),
      ...(place ? [`${baseName(place.file)}:${place.line}`] : []),
    ];
    return parts.join("  ·  ");
  }
  function choose(id: string | null, how: "follow" | "reveal" | "stay"): void {
    selected = id;
    const n = id === null ? undefined : lookup.nodes.get(id);
    status.textContent = n ? describe(n) : "";
    store.select(n ? { kind: "node", id: n.id } : null);
    const place = n && placeOf(n);
    if (place && how === "follow") c.follow(place);
    if (place && how === "reveal") c.reveal(place);
    schedule();
  }
  const centreOn = (id: string | null): void => {
    const b = id === null ? undefined : layout?.nodes.get(id);
    if (b) view.centre(b);
    else view.start();
  };
  /** Brings a node into view, in whichever region it stands. */
  function goTo(id: string): void {
    const home = lookup.regionOf.get(id);
    if (home && home !== region) void show(home, () => centreOn(id));
    else centreOn(id);
  }
  function openNode(n: Node): boolean {
    // Of a loop, what is repeated matters more than when it ends.
    const inside = (n.regions ?? []).flatMap((id) => lookup.regions.get(id) ?? []);
    const target = inside.find((r) => /body/.test(r.name)) ?? inside[0];
    if (!target) return false;
    void show(target);
    return true;
  }
  function goOut(): void {
    const path = lookup.pathTo(region);
    const outer = path.at(-2);
    const parent = region.parent;
    if (outer) void show(outer, () => centreOn(parent));
  }
  function hit(e: MouseEvent): string | null {
    if (!layout) return null;
    const [x, y] = view.transform().invert([e.offsetX, e.offsetY]);
    for (const [id, b] of layout.nodes) if (x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height) return id;
    return null;
  }
  canvas.addEventListener("click", (e) => {
    canvas.focus();
    choose(hit(e), "follow");
  });
  canvas.addEventListener("dblclick", (e) => {
    const id = hit(e);
    const n = id === null ? undefined : lookup.nodes.get(id);
    if (n) openNode(n);
  });
  canvas.addEventListener("mousemove", (e) => {
    const id = hit(e);
    canvas.style.cursor = id === null ? "grab" : "pointer";
    canvas.title = id === null ? "" : describe(lookup.nodes.get(id)!);
  });

  // ---- the keyboard
  function beside(sign: number): string | undefined {
    const b = selected === null ? undefined : layout?.nodes.get(selected);
    if (!b || !layout) return undefined;
    let best: string | undefined;
    let nearest = Infinity;
    for (const [id, q] of layout.nodes) {
      const distance = (q.x - b.x) * sign;
      if (distance > 1 && Math.abs(q.y - b.y) < NODE_HEIGHT && distance < nearest) {
        nearest = distance;
        best = id;
      }
    }
    return best;
  }
  const here = (): Node | undefined => (selected === null || lookup.regionOf.get(selected) !== region ? undefined : lookup.nodes.get(selected));
  const move = (next: (n: Node) => string | undefined) => (): void => {
    const n = here();
    const id = n ? next(n) : region.nodes[0]?.id;
    if (id === undefined) return;
    choose(id, "stay");
    centreOn(id);
  };
  const actions: Readonly<Record<string, () => void>> = {
    ArrowDown: move((n) => region.nodes.find((m) => m.inputs.includes(n.id))?.id),
    ArrowUp: move((n) => n.inputs.find((i) => layout?.nodes.has(i))),
    ArrowLeft: move(() => beside(-1)),
    ArrowRight: move(() => beside(1)),
    Home: () => move(() => region.nodes[0]?.id)(),
    End: () => move(() => region.nodes.at(-1)?.id)(),
    Enter: () => {
      const n = here();
      if (n && !openNode(n)) choose(n.id, "reveal");
    },
    Backspace: goOut,
    Escape: () => (selected === null ? goOut() : choose(null, "stay")),
    "+": () => view.by(1.25),
    "=": () => view.by(1.25),
    "-": () => view.by(0.8),
    f: () => view.fit(),
    F: () => view.fit(),
  };
  canvas.addEventListener("keydown", (e) => {
    const act = e.ctrlKey || e.metaKey || e.altKey ? undefined : actions[e.key];
    if (!act) return;
    e.preventDefault();
    act();
  });

  // ---- the toolbar
  const search = textField(
    t("Search operations, types, lines, names"),
    (q) => {
      query = q;
      matchAt = 0;
      matches = findNodes(lookup, level, query);
      status.textContent = query.trim() ? t("{0} found", matches.length) : "";
      schedule();
    },
    () => {
      const n = matches[matchAt++ % Math.max(1, matches.length)];
      if (!n) return;
      choose(n.id, "stay");
      goTo(n.id);
    },
  );
  const switcher = segmented(
    t("Which program"),
    levels.map((l) => ({ id: l.name, label: LEVEL_LABELS[l.name] ?? l.name })),
    level.name,
    (name) => {
      level = levels.find((l) => l.name === name)!;
      c.memory.set("level", name);
      matches = findNodes(lookup, level, query);
      selected = null;
      void show(level.regions[0]!);
    },
  );
  const element = h(
    "div",
    { class: "graph" },
    h(
      "div",
      { class: "toolbar" },
      ...(levels.length > 1 ? [switcher.element] : []),
      search,
      h(
        "span",
        { class: "tools" },
        button("−", () => view.by(0.8), t("Zoom out"), "icon"),
        button("+", () => view.by(1.25), t("Zoom in"), "icon"),
        button(t("Fit"), () => view.fit(), t("Fit the whole graph"), "icon"),
      ),
    ),
    crumbs,
    holder,
    legend,
    status,
  );
  const resized = new ResizeObserver(() => {
    view.resized();
    schedule();
  });
  resized.observe(holder);
  const update = (): void => {
    const { selection } = store.state;
    if (selection?.kind === "node" && selection.id !== selected) {
      // Chosen elsewhere: shown here, in the level that is open where it has a part in it.
      const own = [selection.id, ...(lookup.computedBy.get(selection.id) ?? []), ...(lookup.nodes.get(selection.id)?.from ?? [])];
      const id = own.find((x) => lookup.levelOf.get(lookup.regionOf.get(x)?.id ?? "") === level) ?? selection.id;
      if (lookup.nodes.has(id)) {
        selected = id;
        status.textContent = describe(lookup.nodes.get(id)!);
        goTo(id);
      }
    } else if (selection?.kind === "kernel") {
      const k = lookup.kernelById.get(selection.id);
      if (k && level.name !== "jaxpr") {
        const target = k.outputs[0] ?? k.nodes[0];
        status.textContent = `${t("kernel {0}", k.label)}${k.time ? `  ·  ${time(k.time.median)}` : ""}`;
        selected = null;
        if (target !== undefined && lookup.nodes.has(target)) goTo(target);
      }
    } else if (selection?.kind === "decision") {
      const d = lookup.decision(selection.id);
      selected = null;
      if (d && level.name !== "jaxpr" && lookup.nodes.has(d.producer)) goTo(d.producer);
    }
    schedule();
  };
  void show(region);
  return {
    element,
    dispose: all(store.subscribe(update), c.onTheme(schedule), () => {
      resized.disconnect();
      cancelAnimationFrame(frame);
    }),
  };
}
