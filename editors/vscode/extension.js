// @ts-check
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

/** @type {LanguageClient | undefined} */
let client;

/** @param {vscode.ExtensionContext} context */
async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("mapping-engine.showUses", showUses),
    vscode.commands.registerCommand("mapping-engine.restart", restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("mapping-engine")) restart();
    }),
  );
  await start();
}

async function deactivate() {
  if (client?.needsStop()) await client.stop();
  client = undefined;
}

async function restart() {
  await deactivate();
  await start();
}

async function start() {
  const settings = vscode.workspace.getConfiguration("mapping-engine");
  /** @type {string[]} */
  const [program, ...args] = settings.get("command", ["rules-check", "--lsp"]);
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const isPath = /[\\/]/.test(program);
  const command = isPath && folder ? path.resolve(folder, program) : program;
  /** @type {string[]} */
  const files = settings.get("files", []);
  client = new LanguageClient(
    "mapping-engine",
    "Mapping rules",
    { command, args, options: { cwd: folder } },
    {
      documentSelector: files.map((pattern) => ({ scheme: "file", pattern })),
      initializationOptions: { showUses: true },
      synchronize: { fileEvents: files.map((each) => vscode.workspace.createFileSystemWatcher(each)) },
    },
  );
  try {
    await client.start();
  } catch (error) {
    vscode.window.showErrorMessage(
      `\`${command}\` does not start: pip install 'mapping-engine[lsp]', ` +
        `or name it in the setting mapping-engine.command (${error})`,
    );
  }
}

/**
 * The command of a lens: the references of the name at a place, in a list beside the text.
 * @param {string} uri
 * @param {{line: number, character: number}} place
 */
async function showUses(uri, place) {
  const file = vscode.Uri.parse(uri);
  const position = new vscode.Position(place.line, place.character);
  const uses = await vscode.commands.executeCommand("vscode.executeReferenceProvider", file, position);
  await vscode.commands.executeCommand("editor.action.showReferences", file, position, uses);
}

module.exports = { activate, deactivate };
