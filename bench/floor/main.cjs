// An extension with an empty webview in the side bar: how long VS Code itself takes from a click to a page that has run one line. bench/latency.mjs uses it.
const vscode = require("vscode");
const now = () => performance.timeOrigin + performance.now();
/** A profile of the extension host, in which JitLens runs too: from the first press of the button to the second. */
let session = null;
async function profile(file) {
  if (!session) {
    session = new (require("node:inspector/promises").Session)();
    session.connect();
    await session.post("Profiler.enable");
    await session.post("Profiler.start");
    return;
  }
  const { profile } = await session.post("Profiler.stop");
  require("node:fs").writeFileSync(file, JSON.stringify(profile));
  session = null;
}
exports.activate = (context) => {
  const folder = process.env.FLOOR_PROFILES;
  if (folder) {
    const button = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left, 999);
    button.text = "record";
    button.command = "floor.record";
    button.show();
    context.subscriptions.push(
      button,
      vscode.commands.registerCommand("floor.record", () => profile(require("node:path").join(folder, "extensions.cpuprofile"))),
    );
  }
  const item = vscode.window.createStatusBarItem(vscode.StatusBarAlignment.Left, 1000);
  item.text = "floor";
  item.command = "floor.show";
  item.show();
  context.subscriptions.push(
    item,
    vscode.commands.registerCommand("floor.show", () => vscode.commands.executeCommand("floor.view.focus", { preserveFocus: true })),
    vscode.window.registerWebviewViewProvider("floor.view", {
      resolveWebviewView(view) {
        const asked = now();
        view.webview.options = { enableScripts: true };
        view.webview.html = `<!DOCTYPE html><html><body data-mode="floor" data-asked="${asked}"><p>floor</p><script>
          const at = () => performance.timeOrigin + performance.now();
          document.body.dataset.run = at();
          requestAnimationFrame(() => (document.body.dataset.painted = at()));
          acquireVsCodeApi().postMessage("ready");
        </script></body></html>`;
      },
    }),
  );
};
