import { TidingsApiError } from "@tidings/client";
import type { MessageView } from "@tidings/contract/messages";
import { channels, messageStates } from "@tidings/contract/words";
import type { Api } from "../api.ts";
import { isAway } from "../away.ts";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import type { Input } from "../input.ts";
import { didYouMean } from "../nearest.ts";
import { pause } from "../pause.ts";
import { type ChangeKind, changeLine } from "../tail/change-line.ts";
import { type Change, Follower, type MessageLog } from "../tail/follower.ts";

const intervalMsDefault = 500;
const intervalRange = [50, 60_000] as const;
const lastDefault = 10;
const lastRange = [0, 100] as const;
/** A server that is away is asked less and less often. */
const awayMsMax = 5000;
const callTimeoutMs = 10_000;

export const tail: Command = {
  name: "tail",
  summary: "Follow messages and their states, live",
  description: [
    "Shows the last messages, then each new one and each change of state or attempt, until Ctrl-C. It goes on after the server was away. Intermediate states that last shorter than the interval between two looks may not be seen; what a message ended in always is.",
  ],
  options: [
    { name: "state", value: "<state>", many: true, summary: `Only changes to this state: ${messageStates.join(", ")}` },
    { name: "channel", value: "<channel>", summary: `Only this channel: ${channels.join(", ")}` },
    { name: "recipient", value: "<id>", summary: "Only this recipient" },
    { name: "event", value: "<id>", summary: "Only messages of this event" },
    { name: "workflow", value: "<key>", summary: "Only messages of this workflow" },
    {
      name: "last",
      short: "n",
      value: "<n>",
      summary: "How many that are there already are shown first",
      default: String(lastDefault),
    },
    { name: "interval", value: "<ms>", summary: "Time between two looks", default: String(intervalMsDefault) },
  ],
  examples: [
    { line: "tidings tail", says: "Everything" },
    { line: "tidings tail --state dead --state bounced --channel email", says: "Mail that fails" },
    { line: "tidings tail --json | jq -r '.message.id'", says: "Into another program, a line each" },
  ],
  json: 'One document per line: `{"at", "change": "present" | "new" | "state" | "attempt", "from", "message"}`.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  try {
    return await follow(context);
  } catch (error) {
    // Ctrl-C is how it is meant to end.
    if (context.signal.aborted) return "interrupted";
    throw error;
  }
}

async function follow(context: Context): Promise<never> {
  const { input, signal } = context;
  const intervalMs = input.number("interval", intervalRange) ?? intervalMsDefault;
  const last = input.whole("last", lastRange) ?? lastDefault;
  const wanted = filterOf(input);
  const follower = new Follower(logOf(context.api(), input, signal));
  const report = (change: Change, kind: ChangeKind) => print(change, kind, context);

  const present = (await follower.begin()).filter(wanted);
  for (const message of last === 0 ? [] : present.slice(-last)) report({ message, from: undefined }, "present");
  for (;;) {
    await pause(intervalMs, signal);
    const changes = await lookUntilAnswered(follower, context);
    for (const change of changes) if (wanted(change.message)) report(change, kindOf(change));
    if (follower.missed)
      context.terminal.note("more messages came than could be followed: some are not shown; use filters");
  }
}

function kindOf({ from, message }: Change): ChangeKind {
  if (from === undefined) return "new";
  return from === message.state ? "attempt" : "state";
}

/** The filters that hold for a message all its life go to the server; its state changes, so it is compared here. */
function logOf(api: Api, input: Input, signal: AbortSignal): MessageLog {
  const filter = {
    ...named("channel", input.oneOf("channel", channels)),
    ...named("recipient", input.text("recipient")),
    ...named("event", input.text("event")),
  };
  const options = { signal, retries: 0, timeoutMs: callTimeoutMs };
  return {
    page: (query) => api.messages.list({ ...filter, ...query }, options).page(),
    message: async (id) => {
      try {
        return await api.messages.get(id, options);
      } catch (error) {
        if (error instanceof TidingsApiError && error.status === 404) return undefined;
        throw error;
      }
    },
  };
}

function named<Name extends string, Value>(name: Name, value: Value | undefined): Partial<Record<Name, Value>> {
  const record: Partial<Record<Name, Value>> = {};
  if (value !== undefined) record[name] = value;
  return record;
}

function filterOf(input: Input): (message: MessageView) => boolean {
  const states = new Set<string>(input.list("state"));
  for (const state of states) {
    if (!messageStates.some((known) => known === state))
      throw usage(`${state} is no state`, didYouMean(state, messageStates));
  }
  const workflow = input.text("workflow");
  return (message) =>
    (states.size === 0 || states.has(message.state)) && (workflow === undefined || message.workflow === workflow);
}

/** A server that restarts is waited for; one that refuses is not. */
async function lookUntilAnswered(follower: Follower, { terminal, signal }: Context): Promise<Change[]> {
  for (let waitMs = 0; ; waitMs = Math.min(awayMsMax, waitMs === 0 ? 250 : waitMs * 2)) {
    try {
      if (waitMs > 0) await pause(waitMs, signal);
      const changes = await follower.look();
      if (waitMs > 0) terminal.note("the server answers again");
      return changes;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (waitMs === 0) terminal.note("the server does not answer; waiting for it");
    }
  }
}

function print(change: Change, kind: ChangeKind, { terminal, json }: Context): void {
  const { message, from } = change;
  if (json) terminal.document({ at: new Date().toISOString(), change: kind, from, message }, false);
  else terminal.out(changeLine(change, kind, terminal));
}
