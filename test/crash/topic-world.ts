import { readFileSync } from "node:fs";
import { messageStates } from "@tidings/contract/words";
import { wordAt } from "../../packages/server/src/store/sql/codes.ts";
import { type FakeProviderProcess, statsOf } from "../harness/fake-provider-process.ts";
import { readJournal } from "../harness/journal.ts";
import { pause } from "../harness/pause.ts";
import type { ServerProcess } from "../harness/server-process.ts";
import { eachMessage } from "./stored-messages.ts";

export const topic = "everybody";

export const personAt = (index: number) => {
  const id = `member_${String(index).padStart(7, "0")}`;
  return { id, email: `${id}@example.org` };
};

/** Resolves once the provider has taken so many messages. */
export async function untilTaken(provider: FakeProviderProcess, messages: number, timeoutMs: number): Promise<void> {
  for (const until = Date.now() + timeoutMs; (await statsOf(provider)).messages < messages; await pause(20))
    if (Date.now() > until) throw new Error(`the provider has not taken ${messages} messages`);
}

/** The most memory that a process had so far, MiB. */
export function peakMib({ pid }: ServerProcess): number {
  const [, kib = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kib) / 1024;
}

export interface Judged {
  messages: number;
  /** Recipients with more than one message. */
  doubled: string[];
  states: Record<string, number>;
  /** Messages that the provider took more than once. */
  takenTwice: string[];
  /** Messages that it never took, and that are in another state than `unknown`. */
  untakenElse: string[];
  untaken: number;
}

/** Every message of the event against what the provider wrote down. */
export async function judge(dataDir: string, event: string, journal: string): Promise<Judged> {
  const taken = new Map<string, number>();
  await readJournal(journal, (line) => taken.set(line.id, (taken.get(line.id) ?? 0) + 1));
  const judged: Judged = { messages: 0, doubled: [], states: {}, takenTwice: [], untakenElse: [], untaken: 0 };
  const seen = new Set<string>();
  await eachMessage(dataDir, event, ({ id, recipient, state: code }) => {
    const state = wordAt(messageStates, code);
    judged.messages += 1;
    if (seen.has(recipient)) judged.doubled.push(recipient);
    seen.add(recipient);
    judged.states[state] = (judged.states[state] ?? 0) + 1;
    const times = taken.get(id) ?? 0;
    if (times > 1) judged.takenTwice.push(id);
    if (times > 0) return;
    judged.untaken += 1;
    if (state !== "unknown") judged.untakenElse.push(`${id} ${state}`);
  });
  return judged;
}
