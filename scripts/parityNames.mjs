// The libraries over the engine beside those that they follow: which public names are there, which are left out on purpose and why, and which are missing.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib.mjs";

const camel = (part) => (/^[A-Z_\d]+$/.test(part) ? part : part.replace(/_+$/, "").replace(/_+([a-zA-Z\d])/g, (_m, c) => c.toUpperCase()));
/** Libraries: the module, the list of names, how a name is reached where that is not its camelCase, and what is left out on purpose. */
const LIBRARIES = [
  {
    ...{ title: "`nnx`: flax.nnx 0.12", module: "nnx", list: "flax-nnx.txt" },
    at: (name) =>
      name
        .replace(/^(flax\.)?nnx\.(?!initializers|metrics)/, "")
        .replace(/^nnx\./, "")
        .replace(/^(nn\.\w+|filterlib|optimizer|bridge)\./, ""),
    leftOut: [
      [/^(FlatState|State)$/, "a type: states are plain objects"],
      [/^(VariableMetadata|UpdateContext|Data|Static)$/, "a type"],
      [
        /^(shard_map|get_named_sharding|get_partition_spec|with_partitioning)$/,
        "of meshes of several devices, without which flax refuses them: there is one device",
      ],
      [/to_linen$/, "of flax.linen, whose modules are not here"],
      [
        /update_context$/,
        "for a transformation of JAX's own around modules; nnx.jit, grad, vmap and scan bring back what a function changes, new variables and modules too",
      ],
      [/^graph$/, "a second place for what stands in `nnx` itself"],
      [/^(check_pytree|prefix|register_data_type)$/, "of Python's pytrees: fields say by their values what they hold"],
    ],
  },
  {
    ...{ title: "`rl`: RLax 0.1.9", module: "rl", list: "rlax.txt" },
    leftOut: [[/^TxPair$/, "a type: `rl.TxPair`, an object with `apply` and `applyInv`"]],
  },
  {
    ...{ title: "`optim`: Optax 0.2.8", module: "optim", list: "optax.txt" },
    leftOut: [
      [/State$|^ApplyEvery$|LookaheadParams$|Info$/, "a type: states are plain objects with Optax's fields in camelCase"],
      [/^(GradientTransformation\w*|OptState|Params|Updates|Transform\w+Fn|ShouldSkipUpdateFunction|schedules\.Schedule)$/, "a type"],
      [/^(init_empty_state|with_extra_args_support)$/, "needless: every transformation takes extra arguments, and a state without memory is null"],
      [/NamedTupleKey$/, "of Python's named tuples"],
      [/tree_map_params$/, "needless: a state's parts are found by name, with `treeGetAllWithPath`"],
    ],
  },
];
/** Names of JAX's top level that are left out on purpose. */
const TOP_LEVEL = [
  "- top level, left out, maps over the axes of a mesh of devices, which outside of one JAX refuses too (on one device it is the function itself, or `vmap`): smap, shard_map.",
];
const reach = (module, path) => path.split(".").reduce((o, k) => (o === undefined || o === null ? undefined : o[k]), module);
/** A table row for each library, and below it what is left out and what is missing. */
export function libraries(engine) {
  const rows = [],
    notes = [...TOP_LEVEL];
  for (const { title, module, list, leftOut, at = (n) => n } of LIBRARIES) {
    const names = readFileSync(join(root, "test", "conformance", "names", list), "utf8")
      .trim()
      .split(/\r?\n/);
    const absent = names.filter((n) => reach(engine[module], at(n).split(".").map(camel).join(".")) === undefined);
    const reasonOf = (n) => leftOut.find(([pattern]) => pattern.test(n))?.[1];
    const missing = absent.filter((n) => !reasonOf(n));
    rows.push(`| ${title} | ${names.length} | ${names.length - absent.length} | ${absent.length - missing.length} | ${missing.length} |`);
    for (const [pattern, reason] of leftOut) {
      const of = absent.filter((n) => reasonOf(n) === reason && pattern.test(n));
      if (of.length) notes.push(`- \`${module}\`, left out, ${reason}: ${of.join(", ")}.`);
    }
    if (missing.length) notes.push(`- \`${module}\`, missing: ${missing.join(", ")}.`);
  }
  return `# Libraries\n\nNames of the libraries that are followed (test/conformance/names), and which of them are there. \`data\` and \`checkpoint\` follow no single library:\n\`data.Loader\`, \`data.csv\`, \`checkpoint.save\`, \`restore\`, \`steps\`, \`latestStep\`, \`toBytes\` and \`fromBytes\` are all of them.\n\n| module | names | there | left out on purpose | missing |\n|---|---|---|---|---|\n${rows.join("\n")}\n\n${notes.join("\n")}\n`;
}
