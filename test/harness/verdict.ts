import { eventSchema } from "@tidings/contract/events";
import { messageSchema } from "@tidings/contract/messages";
import type { Api } from "./api.ts";
import type { Acknowledged } from "./event-load.ts";
import { readJournal } from "./journal.ts";

/* What a provider took, by its journal, against what was acknowledged, by the server's own record. */

export interface Deliveries {
  /** Messages that are not where they should be. */
  wrong: string[];
  /** What the provider took and nobody asked for. */
  strangers: string[];
  /** Messages by lane and state. */
  tally: Record<string, number>;
}

const atOnce = 200;

/** Critical and transactional events were sent, at least once; marketing at most once, and is `unknown` where that is not known. */
export async function judgeDeliveries(
  api: Api,
  journal: string,
  acknowledged: readonly Acknowledged[],
): Promise<Deliveries> {
  const taken = await takenTimes(journal);
  const verdict: Deliveries = { wrong: [], strangers: [], tally: {} };
  const known = new Set<string>();
  const judge = async ({ id, lane }: Acknowledged): Promise<void> => {
    const event = eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
    const messages = event.runs.flatMap((run) => run.messages);
    if (messages.length !== 1) verdict.wrong.push(`${id} has ${messages.length} messages`);
    for (const message of messages) {
      known.add(message.id);
      const times = taken.get(message.id) ?? 0;
      verdict.tally[`${lane} ${message.state}`] = (verdict.tally[`${lane} ${message.state}`] ?? 0) + 1;
      const fine =
        lane === "marketing"
          ? times <= 1 && (message.state === "unknown" || (message.state === "sent" && times === 1))
          : message.state === "sent" && times >= 1;
      if (!fine) verdict.wrong.push(`${lane} ${message.id} is ${message.state} and was taken ${times} times`);
    }
  };
  for (let from = 0; from < acknowledged.length; from += atOnce)
    await Promise.all(acknowledged.slice(from, from + atOnce).map(judge));
  verdict.strangers = [...taken.keys()].filter((id) => !known.has(id));
  return verdict;
}

export interface Doubles {
  /** Messages that were started twice without a reason. */
  unexplained: string[];
  /** How many were started twice for each moment at which something was killed. */
  perKill: Map<number, number>;
}

/** By the server's own record: whatever was started twice, a kill lies between the two. A refusal is tried again by right. */
export async function explainDoubles(api: Api, journal: string, killedAt: readonly number[]): Promise<Doubles> {
  const doubles: Doubles = { unexplained: [], perKill: new Map() };
  const doubled = [...(await takenTimes(journal))].filter(([, times]) => times > 1);
  for (const [id] of doubled) {
    const { attempts } = messageSchema.parse((await api.call("GET", `/v1/messages/${id}`)).json);
    const starts = attempts.map(({ startedAt }) => Date.parse(startedAt));
    for (const [index, again] of starts.entries()) {
      if (index === 0 || attempts[index - 1]?.outcome === "rejected") continue;
      const kill = killedAt.findLast((moment) => moment <= again && moment >= (starts[index - 1] ?? again));
      if (kill === undefined) doubles.unexplained.push(id);
      else doubles.perKill.set(kill, (doubles.perKill.get(kill) ?? 0) + 1);
    }
  }
  return doubles;
}

/** How often each message was taken. */
export async function takenTimes(journal: string): Promise<Map<string, number>> {
  const taken = new Map<string, number>();
  await readJournal(journal, ({ id }) => void taken.set(id, (taken.get(id) ?? 0) + 1));
  return taken;
}
