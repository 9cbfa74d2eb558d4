import { messageSchema } from "@tidings/contract/messages";
import { pageOf } from "@tidings/contract/pages";
import { recipientDecisionSchema } from "@tidings/contract/recipient-decisions";
import type { Api } from "../api.ts";
import { readJournal } from "../journal.ts";
import { category } from "./audience.ts";
import type { OptOut } from "./say-no.ts";

export const inForceMs = 1000;
const maxMs = 1e9;

export interface HeldBack {
  /** Attempts that began for somebody who had said no for longer than it may take. */
  late: string[];
  /** Calls that came later than that, of attempts that had begun before: they were on their way out of a process that stood still. */
  onTheWay: number;
  /** Campaign messages of those who said no, by state. */
  states: Record<string, number>;
  /** How long after a commit an attempt began, and the provider was called, at most; negative where all were before. */
  startedMs: number;
  calledMs: number;
  /** Messages that the provider took twice. */
  takenTwice: string[];
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
  const judged: HeldBack = { late: [], onTheWay: 0, states: {}, startedMs: -maxMs, calledMs: -maxMs, takenTwice: [] };
  for (const [id, { length }] of calls) if (length > 1) judged.takenTwice.push(id);
  for (const { recipient, committedAt } of optOuts) {
    const ids = await messagesTo(api, recipient, campaigns);
    if (ids.length === 0) judged.states["not made"] = (judged.states["not made"] ?? 0) + 1;
    for (const id of ids) {
      const { state, attempts } = messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
      judged.states[state] = (judged.states[state] ?? 0) + 1;
      const starts = attempts.map(({ startedAt }) => Date.parse(startedAt) - committedAt);
      const called = (calls.get(id) ?? []).map((at) => at - committedAt);
      judged.startedMs = Math.max(judged.startedMs, ...starts);
      judged.calledMs = Math.max(judged.calledMs, ...called.map(Math.round));
      judged.onTheWay += called.filter((afterMs) => afterMs > inForceMs).length;
      for (const afterMs of starts)
        if (afterMs > inForceMs) judged.late.push(`${recipient}: ${state} ${Math.round(afterMs)} ms after the commit`);
    }
  }
  return judged;
}

const decisionsSchema = pageOf(recipientDecisionSchema);

/** By what was decided for them, as a list of messages looks at the newest alone; none where they had said no before theirs was made. */
async function messagesTo(api: Api, recipient: string, campaigns: readonly string[]): Promise<string[]> {
  const { json } = await api.call("GET", `/v1/recipients/${recipient}/decisions?category=${category}`);
  const decided = decisionsSchema.parse(json).items.filter(({ event }) => campaigns.includes(event));
  if (decided.length === 0) throw new Error(`nothing was decided for ${recipient}`);
  return decided.flatMap(({ message }) => (message === undefined ? [] : [message.id]));
}
