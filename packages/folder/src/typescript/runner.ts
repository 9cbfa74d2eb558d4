import { type ChildProcess, fork } from "node:child_process";
import type { Run, RunResult } from "./run-main.ts";

export interface TypeScriptLimits {
  /** For one file; what has not ended by then is ended. */
  runMs: number;
  /** Memory of the process that runs the files. */
  memoryMib: number;
}

export type RunOutcome = RunResult | { ended: "hung" | "exited" };

/** A process that has not started by then never will; a busy machine takes seconds. */
const startMs = 60_000;

/**
 * Runs definitions one after the other in a child process, which is started when it is needed, and again where a file
 * ended it.
 *
 *   none ── run ──▶ starting ── ready ──▶ idle ── run ──▶ running ── result ──▶ idle
 *   running ── its time is over, or it exits ──▶ none
 */
export class Runner {
  readonly #limits: TypeScriptLimits;
  #child: ChildProcess | undefined;

  constructor(limits: TypeScriptLimits) {
    this.#limits = limits;
  }

  async run(script: Run): Promise<RunOutcome> {
    const child = this.#child ?? (await this.#start());
    this.#child = child;
    const answered = this.#answer<RunResult>(child, this.#limits.runMs);
    child.send(script);
    const outcome = await answered;
    if ("ended" in outcome) this.close();
    return outcome;
  }

  close(): void {
    this.#child?.removeAllListeners();
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  async #start(): Promise<ChildProcess> {
    const child = startChild(this.#limits);
    this.#child = child;
    const ready = await this.#answer<object>(child, startMs);
    if ("ended" in ready) throw new Error("the process that reads TypeScript workflows does not start");
    return child;
  }

  /** The next message of the child, whose program is this package's own. */
  #answer<Message extends object>(
    child: ChildProcess,
    timeMs: number,
  ): Promise<Message | { ended: "hung" | "exited" }> {
    return new Promise((resolve) => {
      const settle = (answer: Message | { ended: "hung" | "exited" }) => {
        clearTimeout(timer);
        child.removeAllListeners();
        resolve(answer);
      };
      const timer = setTimeout(() => settle({ ended: "hung" }), timeMs);
      child.on("message", (message: Message) => settle(message));
      child.on("exit", () => settle({ ended: "exited" }));
      child.on("error", () => settle({ ended: "exited" }));
    });
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
