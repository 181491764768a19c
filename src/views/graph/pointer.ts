// What the mouse does to the graph: a click chooses, on the arrow or twice it opens, on an edge it goes through what was decided about it.
import type { GraphController } from "./controller.ts";
import { describe, describeEdge } from "./describe.ts";

const EDGE_REACH = 6;
export function pointer(g: GraphController): void {
  const { canvas } = g.parts;
  const at = (e: MouseEvent): readonly [number, number] => g.camera.invert(e.offsetX, e.offsetY);
  const reach = (): number => EDGE_REACH / g.camera.transform().k;
  canvas.addEventListener("click", (e) => {
    canvas.focus();
    const { hits } = g;
    if (!hits) return;
    const [x, y] = at(e);
    const index = hits.box(x, y);
    if (index >= 0) {
      const { item } = g.model.picture!.boxes[index]!;
      if (hits.arrow(index, x, y)) g.toggle(item);
      else g.choose(item, "follow");
      return;
    }
    const edge = hits.edge(x, y, reach());
    if (edge >= 0) g.chooseEdge(edge);
    else g.choose(null, "stay");
  });
  canvas.addEventListener("dblclick", (e) => {
    const [x, y] = at(e);
    const index = g.hits?.box(x, y) ?? -1;
    if (index < 0 || g.hits!.arrow(index, x, y)) return;
    const { item } = g.model.picture!.boxes[index]!;
    if (item.opens) g.toggle(item);
    else g.choose(item, "reveal");
  });
  canvas.addEventListener("mousemove", (e) => {
    const { hits } = g;
    if (!hits || e.buttons) return;
    const [x, y] = at(e);
    const index = hits.box(x, y);
    const edge = index >= 0 ? -1 : hits.edge(x, y, reach());
    if (index === g.hover && edge === g.hoverEdge) return;
    g.hover = index;
    g.hoverEdge = edge;
    canvas.style.cursor = index >= 0 || edge >= 0 ? "pointer" : "grab";
    const { boxes, edges } = g.model.picture!;
    canvas.title = index >= 0 ? describe(g.model, g.c.lookup, boxes[index]!.item) : edge >= 0 ? describeEdge(g.model, edges[edge]!) : "";
    g.schedule();
  });
  canvas.addEventListener("mouseleave", () => {
    g.hover = g.hoverEdge = -1;
    g.schedule();
  });
}
