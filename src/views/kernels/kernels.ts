// The kernels: what each computes, how long it takes and should take, what it moves; with the chosen one's figures, loops and code beside.
import type { Kernel } from "../../engine/report/types.ts";
import { table } from "../controls/table.ts";
import { h } from "../dom.ts";
import { time } from "../format.ts";
import { t } from "../l10n.ts";
import { type View, type ViewContext, type ViewDefinition, all } from "../view.ts";
import { kernelColumns } from "./columns.ts";
import { type Detail, kernelDetail } from "./detail.ts";

const ROW_HEIGHT = 27;
export const kernelsView: ViewDefinition = {
  id: "kernels",
  label: (r) => t("Kernels ({0})", r.programs[0]?.kernels?.length ?? 0),
  open,
};
function open(c: ViewContext): View {
  const { lookup, store } = c;
  const detail = h("section", { class: "detail", "aria-label": t("Chosen kernel"), hidden: true });
  const list = table<Kernel>(
    {
      name: t("Kernels"),
      className: "kernels",
      columns: kernelColumns(c),
      key: (k) => k.id,
      height: ROW_HEIGHT,
      sort: { by: lookup.kernels.some((k) => k.time) ? "time" : "predicted", down: true },
      rowData: (k) => ({ kernel: k.id }),
      choose: (k) => store.select({ kind: "kernel", id: k.id }),
      open: (k) => reveal(c, k),
    },
    [h("p", { class: "note" }, timingNote(c))],
  );
  list.setRows(lookup.kernels);
  let shown: { readonly kernel: Kernel; readonly detail: Detail } | null = null;
  const show = (k: Kernel | undefined): void => {
    detail.hidden = !k;
    if (shown?.kernel === k) return;
    shown?.detail.dispose();
    shown = k ? { kernel: k, detail: kernelDetail(c, k) } : null;
    if (shown) detail.replaceChildren(...shown.detail.elements);
  };
  const update = (): void => {
    const { selection } = store.state;
    const chosen = selection?.kind === "kernel" ? selection.id : null;
    const related = lookup.related(selection);
    list.mark(chosen, related.kernels);
    // Of a node that one kernel computes, that kernel is meant.
    const only = selection?.kind === "node" && related.kernels.size === 1 ? [...related.kernels][0]! : "";
    show(lookup.kernelById.get(chosen ?? only));
    shown?.detail.mark(selection?.kind === "node" || selection?.kind === "line" ? related.nodes : new Set());
  };
  update();
  return {
    element: h("div", { class: "stacked beside-detail" }, list.scroller, detail),
    dispose: all(
      store.subscribe(update),
      () => list.dispose(),
      () => shown?.detail.dispose(),
    ),
  };
}
function reveal(c: ViewContext, k: Kernel): void {
  const place = c.lookup.placeOf({ kind: "kernel", id: k.id });
  if (place) c.reveal(place);
}
function timingNote({ report: { timing } }: ViewContext): string {
  if (!timing) return t("Traced only: click jit & profile to measure.");
  const { total, program, profiled } = timing;
  return [
    t("A steady call takes {0} (minimum {1}, spread {2}).", time(total.median), time(total.min), time(total.spread)),
    profiled
      ? t("The program alone takes {0}, with clock readings around the kernels {1}.", time(program.median), time(profiled.median))
      : t("The program alone takes {0}.", time(program.median)),
    t("Medians of {0} runs after {1} warm-ups.", timing.repetitions, timing.warmups),
    timing.timerOverheadNs === undefined ? "" : t("One clock reading costs {0} ns, two for each kernel call.", timing.timerOverheadNs.toFixed(0)),
    timing.clockNs ? t("One clock reading costs {0} ns; two for each kernel call are taken off its time.", timing.clockNs.toFixed(0)) : "",
  ]
    .filter(Boolean)
    .join(" ");
}
