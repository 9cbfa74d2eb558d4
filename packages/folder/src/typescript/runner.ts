import { type ChildProcess, fork } from "node:child_process";
import type { Run, RunResult } from "./run-main.ts";

export interface TypeScriptLimits {
  /** For one file; what has not ended by then is ended. */
  runMs: number;
  /** Memory of the process that runs the files. */
  memoryMib: number;
}

export type RunOutcome = RunResult | { ended: "hung" | "exited" };

/**
 * Runs definitions one after the other in a child process, which is started when it is needed, and again where a file
 * ended it.
 *
 *   idle ── run ──▶ running ── result ──▶ idle;   running ── time is over, or it exits ──▶ no child
 */
export class Runner {
  readonly #limits: TypeScriptLimits;
  #child: ChildProcess | undefined;

  constructor(limits: TypeScriptLimits) {
    this.#limits = limits;
  }

  async run(script: Run): Promise<RunOutcome> {
    const child = this.#child ?? startChild(this.#limits);
    this.#child = child;
    const outcome = await new Promise<RunOutcome>((resolve) => {
      const timer = setTimeout(() => resolve({ ended: "hung" }), this.#limits.runMs);
      const settle = (result: RunOutcome) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(result);
      };
      child.on("message", (result: RunResult) => settle(result));
      child.on("exit", () => settle({ ended: "exited" }));
      child.on("error", () => settle({ ended: "exited" }));
      child.send(script);
    });
    if ("ended" in outcome) this.close();
    return outcome;
  }

  close(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}

function startChild({ memoryMib }: TypeScriptLimits): ChildProcess {
  const isSource = import.meta.url.endsWith(".ts");
  const program = new URL(isSource ? "./run-main.ts" : "./run-main.js", import.meta.url);
  return fork(program, {
    execArgv: [`--max-old-space-size=${memoryMib}`, ...(isSource ? ["--import", import.meta.resolve("tsx")] : [])],
    // A definition may read the application's variables, and none of the server's keys.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("TIDINGS_"))),
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
}
