import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { StoreMoveLine } from "@tidings/contract/store-move";
import { masterKeyFile } from "./composition/master-key.ts";
import { loadConfig } from "./config.ts";
import { connectionSettings } from "./store/postgres/connection-settings.ts";
import { MoveDestination } from "./store/postgres/move-destination.ts";
import { MoveRefused } from "./store/sql/move-refused.ts";
import { MoveSource } from "./store/sqlite/move-source.ts";
import { DataDirectoryInUse } from "./store/sqlite/owner-lock.ts";
import { type Move, planMove, runMove } from "./store-move/move.ts";

/* The process behind `tidings migrate-store`: settings from the environment, one JSON document per line on stdout. */

const exitCodes = { difference: 1, usage: 2, fault: 70, interrupted: 130 } as const;

let stopped = false;

function tell(line: StoreMoveLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function main(): Promise<void> {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stopped = true;
    });
  }
  // Nobody reads any more: whoever started this is gone, and starts it again.
  process.stdout.on("error", () => {
    stopped = true;
  });
  const loaded = loadConfig(process.env, (path) => readFileSync(path, "utf8"));
  if ("faults" in loaded) {
    throw new MoveRefused(loaded.faults.map(({ name, message }) => `${name} ${message}`).join("; "));
  }
  const { config } = loaded;
  const { url } = config.database;
  if (url === undefined)
    throw new MoveRefused("no destination was named", {
      hint: "--to postgres://user@host:5432/tidings, or TIDINGS_DATABASE_URL, which keeps a password out of the list of processes",
    });
  const place = resolve(config.process.dataDir);
  const source = MoveSource.open(place);
  try {
    const destination = await MoveDestination.open(connectionSettings(config.database, url, "tidings migrate-store"));
    const masterKey = config.process.masterKey === undefined ? join(place, masterKeyFile) : "TIDINGS_MASTER_KEY";
    const move: Move = { source, destination, config, place, url, masterKey, isStopped: () => stopped, tell };
    try {
      if (process.argv.includes("--dry-run")) await planMove(move);
      else if (!(await runMove(move))) process.exitCode = exitCodes.interrupted;
    } finally {
      await destination.close();
    }
  } finally {
    source.close();
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  const isRefusal = error instanceof MoveRefused || error instanceof DataDirectoryInUse;
  const outcome = error instanceof MoveRefused ? error.outcome : isRefusal ? "usage" : "fault";
  const hint = error instanceof MoveRefused ? error.hint : undefined;
  tell({ kind: "failed", outcome, message, ...(hint === undefined ? {} : { hint }) });
  process.exitCode = exitCodes[outcome];
});
