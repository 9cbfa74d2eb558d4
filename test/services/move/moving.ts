import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { type StoreMoveLine, storeMoveLineSchema } from "@tidings/contract/store-move";
import { cliBin, cliEnv } from "../../harness/cli.ts";

export interface Moved {
  code: number;
  lines: StoreMoveLine[];
  stderr: string;
}

export interface Moving {
  ended: Promise<Moved>;
  /** Kills the process that moves, not only the command that shows it. Does nothing where it has ended. */
  kill9(): void;
  /** What Ctrl-C does where nobody sits at a terminal. */
  interrupt(): void;
  /** The most memory that the moving process had so far, MiB; 0 where it has ended. */
  peakMib(): number;
}

interface MoveOptions {
  from: string;
  to: string;
  settings?: Record<string, string>;
  args?: readonly string[];
  onLine?: (line: StoreMoveLine) => void;
}

/** Starts the built `tidings migrate-store` with `--json`. */
export function startMove({ from, to, settings = {}, args = [], onLine }: MoveOptions): Moving {
  const child = spawn(process.execPath, [cliBin, "migrate-store", "--json", "--from", from, ...args], {
    env: cliEnv({ TIDINGS_DATABASE_URL: to, ...settings }),
    stdio: ["ignore", "pipe", "pipe"],
  });
  const moved: Moved = { code: -1, lines: [], stderr: "" };
  let pid = 0;
  createInterface({ input: child.stdout }).on("line", (text) => {
    const line = storeMoveLineSchema.parse(JSON.parse(text));
    moved.lines.push(line);
    if (line.kind === "started") pid = line.pid;
    onLine?.(line);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    moved.stderr += text;
  });
  const ended = new Promise<Moved>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => {
      pid = 0;
      resolve({ ...moved, code: code ?? -1 });
    });
  });
  return {
    ended,
    kill9: () => {
      if (pid !== 0) process.kill(pid, "SIGKILL");
    },
    interrupt: () => child.kill("SIGINT"),
    peakMib: () => (pid === 0 ? 0 : peakMibOf(pid)),
  };
}

function peakMibOf(pid: number): number {
  try {
    const [, kib = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Math.round(Number(kib) / 1024);
  } catch {
    return 0;
  }
}

/** The line of a kind that a move ended with. */
export function lineOf<Kind extends StoreMoveLine["kind"]>(
  { lines, stderr }: Moved,
  kind: Kind,
): Extract<StoreMoveLine, { kind: Kind }> {
  const found = lines.find((line): line is Extract<StoreMoveLine, { kind: Kind }> => line.kind === kind);
  if (found === undefined) throw new Error(`no line says ${kind}: ${stderr}`);
  return found;
}
