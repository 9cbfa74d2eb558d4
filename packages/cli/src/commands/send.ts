import { type EventView, eventBodySchema } from "@tidings/contract/events";
import { faultsOf } from "@tidings/contract/faults";
import type { z } from "zod";
import type { Api } from "../api.ts";
import type { Command, Context } from "../command.ts";
import { eventLines } from "../event-lines.ts";
import type { Outcome } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";
import type { Input } from "../input.ts";
import { hasFailed, isUnderWay } from "../message-lines.ts";
import { pause } from "../pause.ts";
import { readValue } from "../read-value.ts";

const waitSecondsDefault = 60;
const waitSecondsRange = [1, 86_400] as const;
/** The first look comes soon, as most events are done within milliseconds. */
const lookMs = 100;
const lookMsMax = 1000;

export const send: Command = {
  name: "send",
  summary: "Report an event",
  arguments: [{ name: "event", summary: "Name of the event, such as order.shipped" }],
  options: [
    {
      name: "recipient",
      short: "r",
      value: "<id|json|@file>",
      many: true,
      summary: "Who hears of it: an id, an object with addresses, or a file with one or a list of them",
    },
    {
      name: "data",
      short: "d",
      value: "<json|@file>",
      summary: "What happened: a JSON object, or a file of JSON or YAML",
    },
    { name: "tenant", value: "<key>", summary: "Tenant that it belongs to" },
    { name: "actor", value: "<id>", summary: "Who did it" },
    { name: "scheduled-at", value: "<time>", summary: "When it becomes due, ISO 8601 with an offset" },
    { name: "expires-at", value: "<time>", summary: "When it is of no use any more" },
    { name: "cancellation-key", value: "<key>", summary: "Key by which it can be canceled" },
    { name: "ordering-key", value: "<key>", summary: "Events of one key go out in order" },
    { name: "idempotency-key", value: "<key>", summary: "Makes repeated calls one, for 24 hours" },
    { name: "wait", short: "w", summary: "Follow it until it is settled, and show what happened" },
    { name: "wait-timeout", value: "<seconds>", summary: "How long to follow it", default: String(waitSecondsDefault) },
  ],
  description: [
    "With --wait it ends with 1 where a message failed, where nothing was sent, or where it is not settled in time.",
  ],
  examples: [
    {
      line: `tidings send password.reset -r '{"id":"anna","email":"anna@example.com"}' -d '{"name":"Anna","url":"https://example.com/reset/4711"}' --wait`,
      says: "The example, and what became of it",
    },
    {
      line: "tidings send order.shipped -r user_1 -r user_2 -d @order.yaml",
      says: "To two recipients, with data from a file",
    },
  ],
  json: '`{"id"}`; with `--wait` the event as `GET /v1/events/{id}` shows it.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const { name, ...rest } = await eventOf(input, context.cwd);
  const waitMs = (input.number("wait-timeout", waitSecondsRange) ?? waitSecondsDefault) * 1000;
  const api = context.api();
  const idempotencyKey = input.text("idempotency-key");
  const { id } = await api.events.send(name, rest, {
    signal,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  });
  if (!input.flag("wait")) {
    if (json) terminal.document({ id });
    else terminal.out(id);
    return "ok";
  }
  const event = await settled(api, id, waitMs, signal);
  if (json) terminal.document(event);
  else for (const line of eventLines(event, terminal)) terminal.out(line);
  return outcomeOf(event, context);
}

/** Reads what was given, and checks it here: what is wrong is told with its option's path, before anything is sent. */
async function eventOf(input: Input, cwd: string): Promise<z.infer<typeof eventBodySchema>> {
  const recipients: unknown[] = [];
  for (const text of input.list("recipient")) {
    if (!/^[@{[]/.test(text)) recipients.push(text);
    else recipients.push(await readValue("recipient", text, cwd));
  }
  if (recipients.length === 0)
    throw usage("send needs at least one --recipient", 'An id, or \'{"id":"anna","email":"anna@example.com"}\'');
  const data = input.text("data");
  const given = {
    name: input.argument(0),
    recipients: recipients.flat(),
    data: data === undefined ? undefined : await readValue("data", data, cwd),
    tenant: input.text("tenant"),
    actor: input.text("actor"),
    scheduledAt: input.text("scheduled-at"),
    expiresAt: input.text("expires-at"),
    cancellationKey: input.text("cancellation-key"),
    orderingKey: input.text("ordering-key"),
  };
  const parsed = eventBodySchema.safeParse(
    Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
  );
  if (parsed.success) return parsed.data;
  throw new Failure("usage", "the event is not what the API takes", {
    places: faultsOf(parsed.error).map(({ path, message }) => ({ at: path, message })),
    hint: "tidings help send",
  });
}

/** The event once nothing of it is under way, or as it is when the time is over. */
async function settled(api: Api, id: string, waitMs: number, signal: AbortSignal): Promise<EventView> {
  const deadline = performance.now() + waitMs;
  for (let interval = lookMs; ; interval = Math.min(interval * 2, lookMsMax)) {
    const event = await api.events.get(id, { signal });
    const left = deadline - performance.now();
    if (isSettled(event) || left <= 0) return event;
    await pause(Math.min(interval, left), signal);
  }
}

export function isSettled(event: EventView): boolean {
  if (event.state === "accepted") return false;
  if (event.runs.some(({ state }) => state === "waiting")) return false;
  return !messagesOf(event).some(isUnderWay);
}

function messagesOf(event: EventView): EventView["messages"] {
  return [...event.messages, ...event.runs.flatMap(({ messages }) => messages)];
}

function outcomeOf(event: EventView, { terminal }: Context): Outcome {
  const messages = messagesOf(event);
  if (!isSettled(event)) terminal.complain("not settled yet; --wait-timeout follows it longer");
  else if (messages.length === 0) terminal.complain("no message was made of it");
  return isSettled(event) && messages.length > 0 && !messages.some(hasFailed) ? "ok" : "difference";
}
