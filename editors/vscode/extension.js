// Starts `ptt lsp` for files of the language, and says what to do where there is no ptt.
const { window, workspace } = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

exports.activate = async () => {
  const command = workspace.getConfiguration("ptt").get("command");
  const options = {
    documentSelector: [{ language: "ptt" }],
    synchronize: { fileEvents: workspace.createFileSystemWatcher("**/*.ptt") },
  };
  client = new LanguageClient("ptt", { command, args: ["lsp"] }, options);
  try {
    await client.start();
  } catch (error) {
    window.showErrorMessage(
      `ptt: \`${command} lsp\` did not start. Install \`ptt-rules[lsp]\`, or set "ptt.command" to ` +
        `the full path of the ptt in your environment. (${error.message})`
    );
  }
};

exports.deactivate = () => client?.stop();
