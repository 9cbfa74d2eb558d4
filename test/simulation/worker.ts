import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { WorkerLine } from "./lines.ts";

export interface WorkerFailure {
  seed: number;
  invariants: string[];
  report: string;
}

export interface WorkerResult {
  passed: number;
  failures: WorkerFailure[];
  trace: readonly string[];
}

/** The repository, as a folder. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs seeds in a process of their own, out of the sources under `folder`. */
export async function runWorker(folder: string, args: readonly string[]): Promise<WorkerResult> {
  const script = ["--import", "tsx", "--conditions=source", "test/simulation/runner-main.ts", ...args];
  // Without colours and inspectors of the test run, and from where tsx finds no other settings.
  const child = spawn(process.execPath, script, {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH },
  });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const closed = once(child, "close");
  const result: WorkerResult = { passed: 0, failures: [], trace: [] };
  let done = false;
  for await (const text of createInterface({ input: child.stdout })) {
    const line: WorkerLine = JSON.parse(text);
    if (line.kind === "failure") result.failures.push(line);
    if (line.kind === "trace") result.trace = line.trace;
    if (line.kind !== "done") continue;
    done = true;
    result.passed = line.totals.passed;
  }
  await closed;
  if (!done) throw new Error(`the worker ended before its seeds:\n${stderr}`);
  return result;
}
