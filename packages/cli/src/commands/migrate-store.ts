import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createInterface } from "node:readline";
import { storeMoveLineSchema } from "@tidings/contract/store-move";
import type { Command, Context } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { Failure } from "../failure.ts";
import { findServer } from "../find-server.ts";
import { MoveDisplay } from "../store-move/move-display.ts";

export const migrateStore: Command = {
  name: "migrate-store",
  summary: "Move the embedded store into a PostgreSQL database",
  description: [
    "Copies all that a data folder holds into an empty PostgreSQL database, and compares every row with what the database gives back. No server may run on either; the source is only read.",
    "Ctrl-C stops it after the batch under way. Whatever interrupts it, the same command goes on where it was; until it is done no server starts on the database. Sealed fields are copied as they are: the master key has to go along.",
    "Ends with 1 where a row is not the same on both sides, with 130 where it was interrupted.",
  ],
  options: [
    { name: "from", value: "<folder>", summary: "Data folder; else TIDINGS_DATA_DIR", default: "./data" },
    {
      name: "to",
      value: "<url>",
      summary:
        "postgres:// URL of the database; TIDINGS_DATABASE_URL keeps a password out of the list of processes. TIDINGS_DATABASE_TLS and TIDINGS_DATABASE_CA_FILE apply",
    },
    { name: "dry-run", summary: "Say what would be moved, and what is in the way; write nothing" },
  ],
  examples: [
    {
      line: "tidings migrate-store --from ./data --to postgres://db.example/tidings --dry-run",
      says: "What would be moved",
    },
    {
      line: "tidings migrate-store --from ./data --to postgres://db.example/tidings",
      says: "Moves it, or goes on; `TIDINGS_DATABASE_URL` keeps a password off the command line",
    },
  ],
  json: 'One document per line: `{"kind": "planned" | "started" | "progress" | "note" | "stopped" | "done", …}`; progress has `phase`, `table`, `rows`, `total`, `rowsPerSecond`, `secondsLeft`, and done has `tables` with `rows` and `digest` each.',
  run,
};

async function run({ input, env, cwd, json, terminal, takeSignals }: Context): Promise<number> {
  const display = new MoveDisplay(terminal, json);
  const args = [findServer(cwd, "migrate-store-main.js"), ...(input.flag("dry-run") ? ["--dry-run"] : [])];
  const [from, to] = [input.text("from"), input.text("to")];
  const child = spawn(process.execPath, args, {
    cwd,
    env: {
      ...env,
      ...(from === undefined ? {} : { TIDINGS_DATA_DIR: from }),
      ...(to === undefined ? {} : { TIDINGS_DATABASE_URL: to }),
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  takeSignals((signal) => {
    // A terminal sends Ctrl-C to all processes in its foreground.
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (error) => reject(new Failure("fault", `the move could not be started: ${error.message}`)));
    child.once("close", (code, signal) =>
      resolve(signal === null ? (code ?? 1) : 128 + (constants.signals[signal] ?? 0)),
    );
  });
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => display.take(storeMoveLineSchema.parse(JSON.parse(line))));
  const code = await ended;
  display.end();
  if (display.failure !== undefined) throw display.failure;
  if (code !== exitCodes.ok.code && code !== exitCodes.interrupted.code)
    throw new Failure("fault", `the moving process ended with status ${code}`, {
      hint: "The same command goes on where it was",
    });
  return code;
}
