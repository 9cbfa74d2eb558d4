import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export function isInstalled(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** Runs a program to its end and gives what it said; what it said is in the error too where it fails. */
export function runProgram(command: readonly string[], cwd: string): string {
  const [program = "", ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  const said = `${stdout ?? ""}${stderr ?? ""}`;
  if (status !== 0) throw new Error(`${program} ended with status ${status}: ${error ?? ""}\n${said.slice(-4000)}`);
  return said;
}
