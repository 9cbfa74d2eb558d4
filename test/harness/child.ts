import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Child {
  process: ChildProcess;
  pid: number;
  /** Resolves when it has ended, however it did. */
  ended: Promise<void>;
}

/** Starts a program and resolves at the first line of its output that `ready` accepts; rejects where it ends before. */
export async function startChild<Ready>(
  command: readonly string[],
  options: {
    env?: NodeJS.ProcessEnv;
    /** All of its environment, in place of this process's and `env`. */
    only?: NodeJS.ProcessEnv;
    cwd?: string;
    onLine?: (line: string) => void;
    onErrorText?: (text: string) => void;
  },
  ready: (line: string) => Ready | undefined,
): Promise<Child & { ready: Ready }> {
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, args, {
    env: options.only ?? { ...process.env, ...options.env },
    cwd: options.cwd,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    options.onErrorText?.(text);
    said.push(text);
    if (said.length > 50) said.shift();
  });
  const ended = once(child, "exit").then(() => undefined);
  // Later than its end: what it said last can still be on its way then.
  const closed = once(child, "close");
  const lines = createInterface({ input: child.stdout });
  const found = await new Promise<Ready>((resolve, reject) => {
    lines.on("line", (line) => {
      options.onLine?.(line);
      said.push(`${line}\n`);
      if (said.length > 50) said.shift();
      const value = ready(line);
      if (value !== undefined) resolve(value);
    });
    // Both reject where it cannot be started.
    Promise.all([closed, ended]).then(([[code, signal]]: [(number | string | null)[], undefined]) => {
      const how = `${program} ${args.join(" ")} ended (${code ?? signal}) before it was ready`;
      reject(new Error(`${how}:\n${said.join("")}`));
    }, reject);
  });
  return { process: child, pid: child.pid ?? 0, ended, ready: found };
}

/** Asks a child to end, and waits for it. */
export async function stopChild(child: Child, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  if (child.process.exitCode === null && child.process.signalCode === null) child.process.kill(signal);
  await child.ended;
}
