import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { pause } from "../../harness/pause.ts";
import type { User } from "./ordinary-user.ts";
import { isAlive, killAll, type ProcessId, processId } from "./process-id.ts";

export interface DaemonOptions {
  /** File that its output is added to. */
  log: string;
  cwd: string;
  user?: User | undefined;
  env?: NodeJS.ProcessEnv;
  /** It goes on when this process ends; else it is killed with it, even where this one is killed. */
  outlives: boolean;
}

const lookEveryMs = 50;

/** Starts a server in a session of its own: Ctrl-C in a terminal ends the tests, and they end their servers. */
export function startDaemon(command: readonly string[], options: DaemonOptions): ProcessId {
  const [program = "", ...args] = options.outlives ? command : ["setpriv", "--pdeathsig", "KILL", ...command];
  const log = openSync(options.log, "a");
  try {
    const child = spawn(program, args, {
      ...options.user,
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      detached: true,
      stdio: ["ignore", log, log],
    });
    // It is looked at by its number; what cannot be started is told by the missing number.
    child.on("error", () => {});
    child.unref();
    if (child.pid === undefined) throw new Error(`${program} could not be started`);
    return processId(child.pid);
  } finally {
    closeSync(log);
  }
}

/**
 * Asks again and again until `isReady` is true. Where the server ends or time is up, it throws with the end of the log, and
 * nothing of the server is left running.
 */
export async function untilReady(
  id: ProcessId,
  log: string,
  timeoutMs: number,
  isReady: () => Promise<boolean>,
): Promise<void> {
  for (const end = Date.now() + timeoutMs; !(await isReady()); await pause(lookEveryMs)) {
    if (isAlive(id) && Date.now() < end) continue;
    await killAll(id);
    throw new Error(`the server ended, or was not ready within ${timeoutMs} ms:\n${endOf(log)}`);
  }
}

/** A process that ended keeps its number until its parent has heard of it, and a lock file that names it counts until then. */
export async function untilReaped({ pid }: ProcessId): Promise<void> {
  for (const end = Date.now() + 5000; isKnown(pid) && Date.now() < end; ) await pause(lookEveryMs);
}

function isKnown(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function endOf(log: string): string {
  return existsSync(log) ? readFileSync(log, "utf8").slice(-4000) : "";
}
