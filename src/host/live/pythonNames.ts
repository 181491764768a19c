// What a Python file calls the modules that changes are written with.
import type { Node, Tree } from "web-tree-sitter";

export interface JaxNames {
  /** jax.numpy and jax.lax, as the file writes them; null where it does not import JAX. */
  readonly jnp: string | null;
  readonly lax: string | null;
  readonly partial: string | null;
  /** NumPy itself. */
  readonly numpy: ReadonlySet<string>;
  /** Everything that is a module, so that it is no array. */
  readonly modules: ReadonlySet<string>;
}
export function jaxNames(tree: Tree): JaxNames {
  const known = new Map<string, string>();
  for (const statement of tree.rootNode.descendantsOfType(["import_statement", "import_from_statement"])) {
    if (!statement) continue;
    const from = statement.childForFieldName("module_name")?.text;
    for (const n of statement.childrenForFieldName("name")) if (n) note(n, from, known);
  }
  const called = (module: string): string | null => [...known].find(([, m]) => m === module)?.[0] ?? null;
  const jax = called("jax");
  const under = (name: string): string | null => called(`jax.${name}`) ?? (jax === null ? null : `${jax}.${name}`);
  const functools = called("functools");
  return {
    jnp: under("numpy"),
    lax: under("lax"),
    partial: called("functools.partial") ?? (functools === null ? null : `${functools}.partial`),
    numpy: new Set([...known].flatMap(([name, m]) => (m === "numpy" ? [name] : []))),
    modules: new Set([...known.keys(), ...[under("numpy"), under("lax")].filter((n) => n !== null)]),
  };
}
function note(n: Node, from: string | undefined, known: Map<string, string>): void {
  const name = n.childForFieldName("name") ?? n;
  const alias = n.childForFieldName("alias")?.text;
  const whole = from === undefined ? name.text : `${from}.${name.text}`;
  if (alias !== undefined || from !== undefined) known.set(alias ?? name.text, whole);
  // `import jax.numpy` binds jax.
  else known.set(name.text.split(".")[0]!, name.text.split(".")[0]!);
}
