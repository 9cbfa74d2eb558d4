import type { RecentMessage } from "./recent-message.ts";
import type { Json } from "./steps/step-kind.ts";

/** So many of the latest are in the result one by one: it goes with each message of the run. */
const latestMax = 10;
const dayMs = 86_400_000;

const moments = ["sent", "delivered", "opened", "clicked", "read"] as const;
type Moment = (typeof moments)[number];
const timeOf = (message: RecentMessage, moment: Moment): number | null => message[`${moment}At`];

/**
 * What later steps read: counts, of everything and by category, channel and workflow; how many days ago the latest was; and the
 * latest messages. `now` is the step's own time, so that a rerun finds the same.
 */
export function recentResult(messages: readonly RecentMessage[], isWhole: boolean, now: number): Json {
  return {
    ...counts(messages),
    ...ages(messages, now),
    complete: isWhole,
    categories: countsBy(messages, ({ category }) => category),
    channels: countsBy(messages, ({ channel }) => channel),
    workflows: countsBy(messages, ({ workflow }) => workflow),
    messages: messages.slice(0, latestMax).map(shown),
  };
}

function counts(messages: readonly RecentMessage[]): Record<string, number> {
  const entries = moments.map((moment): [string, number] => [
    moment,
    messages.filter((message) => timeOf(message, moment) !== null).length,
  ]);
  const waiting = messages.filter(({ state }) => state === "queued" || state === "sending").length;
  return { ...Object.fromEntries(entries), waiting };
}

function countsBy(
  messages: readonly RecentMessage[],
  keyOf: (message: RecentMessage) => string,
): Record<string, Record<string, number>> {
  const groups = new Map<string, RecentMessage[]>();
  for (const message of messages) {
    const key = keyOf(message);
    // A direct message is of no workflow.
    if (key === "") continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [message]);
    else group.push(message);
  }
  return Object.fromEntries([...groups].map(([key, group]) => [key, counts(group)]));
}

/** Days since the latest of each; left out where there was none. */
function ages(messages: readonly RecentMessage[], now: number): Record<string, number> {
  const latest = (wanted: readonly Moment[]): number =>
    Math.max(
      ...messages.flatMap((message) => wanted.map((moment) => timeOf(message, moment) ?? Number.NEGATIVE_INFINITY)),
    );
  const entries = [
    ...moments.map((moment) => [moment, latest([moment])] as const),
    ["engaged", latest(["opened", "clicked", "read"])] as const,
  ];
  return Object.fromEntries(
    entries
      .filter(([, at]) => Number.isFinite(at))
      .map(([name, at]) => [`${name}DaysAgo`, Math.max(0, Math.round(((now - at) / dayMs) * 100) / 100)]),
  );
}

function shown(message: RecentMessage): Json {
  const times = moments.flatMap((moment) => {
    const at = timeOf(message, moment);
    return at === null ? [] : [[`${moment}At`, new Date(at).toISOString()]];
  });
  const { workflow, category, channel, state } = message;
  return { workflow, category, channel, state, at: new Date(message.at).toISOString(), ...Object.fromEntries(times) };
}
