// The one selection that all panels share, and where the editor's cursor stands. Panels subscribe, and stop when they are disposed of.
import type { Selection } from "./messages.ts";

export interface Cursor {
  readonly file: string;
  readonly line: number;
}
export interface State {
  readonly selection: Selection | null;
  readonly cursor: Cursor | null;
}
export interface Store {
  readonly state: State;
  /** Chooses something, or nothing. Telling the other pages is left out where they have told us. */
  select(selection: Selection | null, from?: "here" | "elsewhere"): void;
  moveCursor(cursor: Cursor): void;
  /** Called at every change; gives the function that ends it. */
  subscribe(listener: (state: State) => void): () => void;
}
export const sameSelection = (a: Selection | null, b: Selection | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.kind === b.kind &&
    (a.kind === "line" ? b.kind === "line" && a.file === b.file && a.line === b.line : b.kind !== "line" && a.id === b.id));

export function createStore(tell: (selection: Selection | null) => void = () => {}): Store {
  let state: State = { selection: null, cursor: null };
  const listeners = new Set<(state: State) => void>();
  const set = (next: State): void => {
    state = next;
    for (const l of [...listeners]) l(state);
  };
  return {
    get state() {
      return state;
    },
    select(selection, from = "here") {
      if (sameSelection(selection, state.selection)) return;
      set({ ...state, selection });
      if (from === "here") tell(selection);
    },
    moveCursor(cursor) {
      set({ ...state, cursor });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
