// The IR graph: zoom, pan, fit, search, keyboard navigation, selection tied to source lines.
import { select, zoom, zoomIdentity, type ZoomTransform } from "d3";
import type { Report, ReportNode } from "../../engine/report/migrations/v1types.ts";
import { send } from "../bridge.ts";
import { h } from "../dom.ts";
import { baseName, time } from "../format.ts";
import { button, textField } from "../toolkit.ts";
import { KIND_VARS, type Scene, draw, groupLabels, readTheme } from "./draw.ts";
import { type Layout } from "./layout.ts";
import { runLayout } from "./runLayout.ts";

export interface GraphView {
  readonly element: HTMLElement;
  setCursor(file: string, line: number): void;
}
const NODE_HEIGHT = 40;

export function graphView(r: Report, initial: "traced" | "fused", changed: (which: "traced" | "fused") => void): GraphView {
  const started = performance.now(),
    canvas = h("canvas", {
      tabindex: 0,
      role: "application",
      "aria-label": "IR graph. Arrow keys move between operations, Enter shows the source line, plus and minus zoom, F fits.",
    }),
    status = h("div", { class: "graph-status", "aria-live": "polite" }),
    holder = h("div", { class: "canvas" }, canvas);
  let which = initial,
    layout: Layout | null = null,
    view: ZoomTransform = zoomIdentity,
    selected: number | null = null,
    marked = new Set<number>(),
    matches = new Set<number>(),
    query = "",
    painted = false,
    matchAt = 0;
  const graph = (): Report["traced"] => (which === "traced" ? r.traced : r.fused),
    eqns = new Map(r.jaxpr.eqns.map((e) => [e.id, e]));
  const frameOf = (n: ReportNode) => {
    for (const id of n.eqns) {
      const f = eqns.get(id)?.frames;
      if (f?.length) return f.find((x) => x.file === r.function.file) ?? f[0]!;
    }
    return null;
  };
  const groupOf = (n: ReportNode): string => (which === "fused" ? (n.kernel === null ? "" : `kernel ${n.kernel}`) : n.group);
  const labels = groupLabels(r, time);

  function paint(): void {
    const w = holder.clientWidth,
      height = holder.clientHeight,
      ratio = window.devicePixelRatio || 1;
    if (!layout || !w || !height) return;
    if (canvas.width !== Math.round(w * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(w * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${w}px`;
      canvas.style.height = `${height}px`;
    }
    const own = which === "fused" ? labels : new Map([...layout.groups.keys()].map((g) => [g, { title: g, detail: "", heat: 0 }])),
      style = getComputedStyle(canvas);
    const scene: Scene = { graph: graph(), layout, labels: own, selected, marked, matches };
    draw(
      canvas.getContext("2d")!,
      w,
      height,
      ratio,
      view,
      scene,
      readTheme(canvas),
      Object.fromEntries(Object.entries(KIND_VARS).map(([k, v]) => [k, style.getPropertyValue(v).trim() || "#888"])),
    );
    if (!painted) {
      painted = true;
      send({ type: "painted", milliseconds: performance.now() - started });
      document.body.dataset.painted = "true";
    }
  }
  let scheduled = false;
  const schedule = (): void => {
    if (scheduled) return;
    scheduled = true;
    requestAnimationFrame(() => {
      scheduled = false;
      paint();
    });
  };
  const behaviour = zoom<HTMLCanvasElement, unknown>()
    .scaleExtent([0.02, 4])
    .on("zoom", (e: { transform: ZoomTransform }) => {
      view = e.transform;
      schedule();
    });
  select(canvas).call(behaviour).on("dblclick.zoom", null);
  const fit = (): void => {
    if (!layout) return;
    const w = holder.clientWidth,
      height = holder.clientHeight,
      k = Math.min(1.2, 0.94 * Math.min(w / Math.max(1, layout.width), height / Math.max(1, layout.height)));
    select(canvas).call(
      behaviour.transform,
      zoomIdentity.translate((w - layout.width * k) / 2, Math.max(12, (height - layout.height * k) / 2)).scale(k),
    );
  };
  /** At first a readable size, from the top; the whole graph is one key away. */
  const start = (): void => {
    if (!layout) return;
    const w = holder.clientWidth,
      k = Math.max(0.55, Math.min(1, (0.94 * w) / Math.max(1, layout.width)));
    select(canvas).call(behaviour.transform, zoomIdentity.translate((w - layout.width * k) / 2, 16).scale(k));
  };
  const centre = (id: number): void => {
    const b = layout?.nodes.get(id);
    if (!b) return;
    const k = Math.max(view.k, 0.8);
    select(canvas).call(
      behaviour.transform,
      zoomIdentity.translate(holder.clientWidth / 2 - (b.x + b.width / 2) * k, holder.clientHeight / 2 - (b.y + b.height / 2) * k).scale(k),
    );
  };
  const nodeOf = (id: number | null): ReportNode | undefined => graph().nodes.find((n) => n.id === id);
  function choose(id: number | null, reveal: boolean): void {
    selected = id;
    const n = nodeOf(id),
      f = n ? frameOf(n) : null,
      kernel = n && n.kernel !== null ? r.kernels.find((k) => k.id === n.kernel) : undefined;
    status.textContent = n
      ? `${n.op}  ${n.type}${kernel ? `  ·  kernel ${kernel.name}${kernel.time ? ` ${time(kernel.time.median)}` : ""}` : ""}${f ? `  ·  ${baseName(f.file)}:${f.line}` : ""}`
      : "";
    if (reveal && f) send({ type: "reveal", file: f.file, line: f.line, column: f.column });
    schedule();
  }
  function hit(e: MouseEvent): number | null {
    if (!layout) return null;
    const [x, y] = view.invert([e.offsetX, e.offsetY]);
    for (const [id, b] of layout.nodes) if (x >= b.x && x <= b.x + b.width && y >= b.y && y <= b.y + b.height) return id;
    return null;
  }
  canvas.addEventListener("click", (e) => {
    canvas.focus();
    choose(hit(e), true);
  });
  canvas.addEventListener("mousemove", (e) => {
    canvas.style.cursor = hit(e) === null ? "grab" : "pointer";
  });
  canvas.addEventListener("keydown", (e) => {
    const n = nodeOf(selected),
      b = selected === null ? undefined : layout?.nodes.get(selected);
    const go = (id: number | undefined): void => {
      if (id !== undefined) {
        choose(id, false);
        centre(id);
        e.preventDefault();
      }
    };
    const beside = (sign: number): number | undefined => {
      if (!b || !layout) return undefined;
      let best: number | undefined,
        d = Infinity;
      for (const [id, q] of layout.nodes) {
        const dx = (q.x - b.x) * sign;
        if (dx > 1 && Math.abs(q.y - b.y) < NODE_HEIGHT && dx < d) {
          d = dx;
          best = id;
        }
      }
      return best;
    };
    if (!n && e.key.startsWith("Arrow")) return go(graph().nodes[0]?.id);
    switch (e.key) {
      case "ArrowDown":
        return go(graph().nodes.find((m) => m.inputs.includes(n!.id))?.id);
      case "ArrowUp":
        return go(n!.inputs[0]);
      case "ArrowLeft":
        return go(beside(-1));
      case "ArrowRight":
        return go(beside(1));
      case "Enter":
        choose(selected, true);
        break;
      case "Escape":
        choose(null, false);
        break;
      case "+":
      case "=":
        select(canvas).call(behaviour.scaleBy, 1.25);
        break;
      case "-":
        select(canvas).call(behaviour.scaleBy, 0.8);
        break;
      case "f":
      case "F":
        fit();
        break;
    }
  });
  const search = textField(
    "Search operations",
    (q) => {
      query = q.trim().toLowerCase();
      matchAt = 0;
      matches = new Set(
        query
          ? graph()
              .nodes.filter((n) => `${n.op} ${n.type}`.toLowerCase().includes(query))
              .map((n) => n.id)
          : [],
      );
      status.textContent = query ? `${matches.size} found` : "";
      schedule();
    },
    () => {
      const ids = [...matches];
      if (ids.length) {
        const id = ids[matchAt++ % ids.length]!;
        choose(id, false);
        centre(id);
      }
    },
  );
  const switcher = h("div", { class: "segmented", role: "radiogroup", "aria-label": "Which program" });
  const setWhich = (w: "traced" | "fused"): void => {
    which = w;
    changed(w);
    for (const b of switcher.children) b.setAttribute("aria-checked", String((b as HTMLElement).dataset.which === w));
    matches = new Set();
    selected = null;
    const nodes = graph().nodes.map((n) => ({
      id: n.id,
      width: Math.max(92, Math.min(260, 7.2 * Math.max(n.op.length, n.type.length) + 26)),
      height: NODE_HEIGHT,
      inputs: n.inputs,
      group: groupOf(n),
    }));
    void runLayout({ nodes }).then((l) => {
      if (which !== w) return;
      layout = l;
      start();
      schedule();
    });
  };
  for (const [id, label] of [
    ["traced", "Traced"],
    ["fused", "Fused"],
  ] as const)
    switcher.append(h("button", { role: "radio", "data-which": id, onclick: () => setWhich(id) }, label));
  const element = h(
    "div",
    { class: "graph" },
    h(
      "div",
      { class: "toolbar" },
      switcher,
      search,
      button("−", () => select(canvas).call(behaviour.scaleBy, 0.8), "Zoom out", "icon"),
      button("+", () => select(canvas).call(behaviour.scaleBy, 1.25), "Zoom in", "icon"),
      button("Fit", fit, "Fit the whole graph", "icon"),
    ),
    holder,
    status,
  );
  new ResizeObserver(() => {
    if (layout && !painted) start();
    schedule();
  }).observe(holder);
  new MutationObserver(schedule).observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  setWhich(initial);
  return {
    element,
    setCursor(file, line) {
      marked = new Set(
        graph()
          .nodes.filter((n) => n.eqns.some((id) => eqns.get(id)?.frames.some((f) => f.file === file && f.line === line)))
          .map((n) => n.id),
      );
      schedule();
    },
  };
}
