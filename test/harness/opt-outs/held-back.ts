import { campaignSchema } from "@tidings/contract/campaigns";
import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import type { Api } from "../api.ts";
import { readJournal } from "../journal.ts";
import { until } from "../until.ts";
import type { OptOut } from "./say-no.ts";

export const inForceMs = 1000;
const maxMs = 1e9;

export interface HeldBack {
  /** What went to somebody who had said no for longer than it may take, by the server's record or by the provider's. */
  late: string[];
  /** Campaign messages of those who said no, by state. */
  states: Record<string, number>;
  /** How long after a commit an attempt began, and the provider was called, at most; negative where all were before. */
  startedMs: number;
  calledMs: number;
  /** Messages that the provider took twice. */
  takenTwice: string[];
}

/** Waits until the campaigns are through. */
export async function untilDone(api: Api, campaigns: readonly string[], timeoutMs: number): Promise<void> {
  const isDone = async (id: string): Promise<boolean> =>
    campaignSchema.parse((await api.call("GET", `/v1/campaigns/${id}`)).json).state === "done";
  const all = async (): Promise<boolean> => (await Promise.all(campaigns.map(isDone))).every(Boolean);
  await until("the campaigns are done", all, timeoutMs, 200);
}

/** Campaign messages of all who said no, against the moment from which that had to hold. */
export async function judgeOptOuts(
  api: Api,
  campaigns: readonly string[],
  optOuts: readonly OptOut[],
  journal: string,
): Promise<HeldBack> {
  const calls = new Map<string, number[]>();
  await readJournal(journal, ({ id, at }) => void calls.set(id, [...(calls.get(id) ?? []), at]));
  const judged: HeldBack = { late: [], states: {}, startedMs: -maxMs, calledMs: -maxMs, takenTwice: [] };
  for (const [id, { length }] of calls) if (length > 1) judged.takenTwice.push(id);
  for (const { recipient, committedAt } of optOuts) {
    const { json } = await api.call("GET", `/v1/messages?recipient=${recipient}&limit=100`);
    const messages = pageOf(messageSchema)
      .parse(json)
      .items.filter(({ event }) => campaigns.includes(event ?? ""));
    if (messages.length !== 1) judged.late.push(`${recipient} has ${messages.length} messages`);
    for (const { id, state, attempts } of messages) {
      judged.states[state] = (judged.states[state] ?? 0) + 1;
      const starts = attempts.map(({ startedAt }) => Date.parse(startedAt) - committedAt);
      const called = (calls.get(id) ?? []).map((at) => at - committedAt);
      judged.startedMs = Math.max(judged.startedMs, ...starts);
      judged.calledMs = Math.max(judged.calledMs, ...called.map(Math.round));
      for (const afterMs of [...starts, ...called])
        if (afterMs > inForceMs) judged.late.push(`${recipient}: ${state} ${Math.round(afterMs)} ms after the commit`);
    }
  }
  return judged;
}
