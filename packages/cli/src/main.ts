import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { z } from "zod";
import { commands } from "./commands.ts";
import { exitCodes } from "./exit-codes.ts";
import { run } from "./run.ts";

const interrupted = new AbortController();
let taker: ((signal: NodeJS.Signals) => void) | undefined;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    if (taker !== undefined) return taker(signal);
    // A second Ctrl-C is of somebody who will not wait for a tidy end.
    if (signal !== "SIGINT" || interrupted.signal.aborted) process.exit(128 + constants.signals[signal]);
    interrupted.abort();
  });
}

// Whoever reads may stop reading (`| head`): that is the end, and no fault.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(exitCodes.ok.code);
    throw error;
  });
}

const manifest = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")));

// The status is set, not forced: what was written to a pipe has to arrive.
process.exitCode = await run({
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: interrupted.signal,
  takeSignals: (next) => {
    taker = next;
  },
  version: manifest.version,
  commands,
});
