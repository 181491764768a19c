// Another extension that calls JitLens's language-model tools, as a chat does: what is asked is read from ask.json of the workspace, what came goes to answer.json.
const vscode = require("vscode");

exports.activate = (context) => {
  const folder = vscode.workspace.workspaceFolders[0].uri;
  const at = (name) => vscode.Uri.joinPath(folder, name);
  const call = async () => {
    const { tool, input } = JSON.parse(Buffer.from(await vscode.workspace.fs.readFile(at("ask.json"))).toString());
    let answer;
    try {
      const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
      answer = { text: content.map((part) => part.value ?? "").join("\n") };
    } catch (e) {
      answer = { error: String(e?.message ?? e) };
    }
    answer.tools = vscode.lm.tools.map((t) => t.name).filter((name) => name.startsWith("jitlens_"));
    await vscode.workspace.fs.writeFile(at("answer.json"), Buffer.from(JSON.stringify(answer)));
  };
  context.subscriptions.push(vscode.commands.registerCommand("toolCaller.call", call));
};
