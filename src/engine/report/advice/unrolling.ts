// How a loop is unrolled: its option, put into the call where that is certain.
import { sentence } from "../../core/sentence.ts";
import type { Node } from "../../graph/graph.ts";
import type { Facts } from "./facts.ts";
import { unrollEdit } from "./loopEdits.ts";
import type { Said } from "./types.ts";
import { editOr } from "./words.ts";

/** The action that makes `together` steps a turn; none where the loop has no such option, or uses it already. */
export function unrolling(loop: Node<"while">, together: number, f: Facts): Pick<Said, "action"> {
  if (!loop.origin.some(({ params }) => "unroll" in params && params.unroll === 1)) return {};
  const at = f.line(loop);
  const edit = unrollEdit(f.text(at), at, together);
  return { action: editOr(sentence("Unroll by {0}", together), edit, sentence("Copy the option"), `{ unroll: ${together} }`) };
}
