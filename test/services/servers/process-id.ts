import { readdirSync, readFileSync } from "node:fs";
import { pause } from "../../harness/pause.ts";

/** A process, and when it started: its number alone may belong to another one by now. */
export interface ProcessId {
  pid: number;
  /** Clock ticks since the machine started. */
  startedAt: string;
}

interface Stat {
  state: string;
  parent: number;
  startedAt: string;
}

/** How long a killed process may take to be gone. */
const goneMs = 30_000;
const lookEveryMs = 20;

function statOf(pid: number): Stat | undefined {
  try {
    // The name of the program stands in brackets and may hold blanks.
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", parent: Number(fields[1]), startedAt: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

export function processId(pid: number): ProcessId {
  return { pid, startedAt: statOf(pid)?.startedAt ?? "" };
}

/** A dead process whose parent has not asked for its status runs no more. */
export function isAlive({ pid, startedAt }: ProcessId): boolean {
  const stat = statOf(pid);
  return stat !== undefined && stat.startedAt === startedAt && stat.state !== "Z" && stat.state !== "X";
}

export function signal(id: ProcessId, name: NodeJS.Signals): void {
  if (isAlive(id)) process.kill(id.pid, name);
}

export async function untilGone(ids: readonly ProcessId[], ms = goneMs): Promise<void> {
  for (const end = Date.now() + ms; ; await pause(lookEveryMs)) {
    const left = ids.filter(isAlive).map(({ pid }) => pid);
    if (left.length === 0) return;
    if (Date.now() > end) throw new Error(`processes ${left.join(", ")} did not end in ${ms} ms`);
  }
}

/** Kills a process and its children as a power cut would: the first is stopped, so that it starts no others meanwhile. */
export async function killAll(id: ProcessId): Promise<void> {
  if (!isAlive(id)) return;
  signal(id, "SIGSTOP");
  const all = [id, ...childrenOf(id.pid)];
  for (const each of all) signal(each, "SIGKILL");
  await untilGone(all);
}

function childrenOf(parent: number): ProcessId[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).flatMap((pid) => {
    const stat = statOf(pid);
    return stat?.parent === parent ? [{ pid, startedAt: stat.startedAt }] : [];
  });
}
