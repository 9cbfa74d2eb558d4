import { spawn } from "node:child_process";
import { constants } from "node:os";
import type { Command, Context } from "../command.ts";
import { Failure, usage } from "../failure.ts";
import { findServer } from "../find-server.ts";
import type { Input } from "../input.ts";

/** Options with a name of their own, for the settings that are changed most. */
const settingOf = {
  port: "TIDINGS_PORT",
  host: "TIDINGS_HOST",
  "data-dir": "TIDINGS_DATA_DIR",
  "notifications-dir": "TIDINGS_NOTIFICATIONS_DIR",
  "config-file": "TIDINGS_CONFIG_FILE",
  "log-level": "TIDINGS_LOG_LEVEL",
} as const;

export const start: Command = {
  name: "start",
  summary: "Start the server in this folder",
  description: [
    "Runs the server that is installed beside this command, in the foreground, with the settings of the environment (TIDINGS_*) and of these options. Ctrl-C and SIGTERM make it drain and stop; its exit status is the one that is given back: 0 after a stop, 2 for a fault in the settings, 1 for any other.",
  ],
  options: [
    { name: "port", value: "<port>", summary: "Port of the API; 0 takes a free one", default: "4400" },
    { name: "host", value: "<address>", summary: "Address to listen on", default: "127.0.0.1" },
    { name: "data-dir", value: "<folder>", summary: "Folder of the database and the keys", default: "./data" },
    {
      name: "notifications-dir",
      value: "<folder>",
      summary: "What an empty store starts with",
      default: "./notifications",
    },
    { name: "config-file", value: "<file>", summary: "YAML or JSON file of settings" },
    { name: "log-level", value: "<level>", summary: "Least severe lines that are logged", default: "info" },
    {
      name: "set",
      value: "<NAME=value>",
      many: true,
      summary: "Any other setting, as tidings doctor --settings lists them",
    },
  ],
  examples: [
    { line: "tidings start", says: "On http://localhost:4400, with its data in ./data" },
    {
      line: "tidings start --port 4500 --set TIDINGS_ALLOW_PRIVATE_NETWORK=true",
      says: "On another port, with a setting more",
    },
  ],
  json: "The banner as one document on one line, without the key itself.",
  run,
};

function run({ input, env, cwd, json, takeSignals }: Context): Promise<number> {
  const main = findServer(cwd);
  const child = spawn(process.execPath, [main, ...(json ? ["--json"] : [])], {
    cwd,
    env: { ...env, ...settingsOf(input) },
    stdio: "inherit",
  });
  takeSignals((signal) => {
    // A terminal sends Ctrl-C to all processes in its foreground; a second one would read as "stop at once".
    if (signal === "SIGINT" && process.stdin.isTTY) return;
    child.kill(signal);
  });
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new Failure("usage", `the server could not be started: ${error.message}`)));
    child.once("close", (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0)),
    );
  });
}

function settingsOf(input: Input): Record<string, string> {
  const settings: Record<string, string> = {};
  for (const text of input.list("set")) {
    const [, name, value] = /^(TIDINGS_[A-Z0-9_]+)=(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) throw usage(`--set takes NAME=value, not ${JSON.stringify(text)}`);
    settings[name] = value;
  }
  for (const [option, name] of Object.entries(settingOf)) {
    const value = input.text(option);
    if (value !== undefined) settings[name] = value;
  }
  return settings;
}
