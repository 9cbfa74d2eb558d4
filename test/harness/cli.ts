import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { type Child, startChild } from "./child.ts";

export const cliBin = fileURLToPath(new URL("../../packages/cli/bin/tidings.js", import.meta.url));

export interface CliOptions {
  cwd: string;
  /** Beside PATH and HOME, all that it sees of the environment. */
  env?: Record<string, string>;
  input?: string;
}

export interface CliResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Nothing of the machine that runs the tests, so that no TIDINGS_ variable of it has a say. */
export function cliEnv(env: Record<string, string> = {}): Record<string, string> {
  return { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", ...env };
}

/** Runs the built `tidings` to its end. */
export function tidings(args: readonly string[], { cwd, env, input }: CliOptions): Promise<CliResult> {
  const child = spawn(process.execPath, [cliBin, ...args], { cwd, env: cliEnv(env), stdio: "pipe" });
  const result: CliResult = { code: -1, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    result.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    result.stderr += text;
  });
  child.stdin.end(input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ ...result, code: code ?? -1 }));
  });
}

/** Starts the built `tidings`, which goes on, and resolves at the first line that `ready` accepts. */
export function startTidings<Ready>(
  args: readonly string[],
  { env, ...options }: CliOptions & { onLine?: (line: string) => void; onErrorText?: (text: string) => void },
  ready: (line: string) => Ready | undefined,
): Promise<Child & { ready: Ready }> {
  return startChild([process.execPath, cliBin, ...args], { ...options, only: cliEnv(env) }, ready);
}
