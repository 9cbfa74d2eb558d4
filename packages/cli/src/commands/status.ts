import type { CallOptions } from "@tidings/client";
import { isAway } from "../away.ts";
import type { Command, Context } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { usage } from "../failure.ts";
import { pause } from "../pause.ts";
import { isWell, type Stand, statusLines } from "../status-lines.ts";

const intervalMsDefault = 2000;
const intervalRange = [50, 60_000] as const;
const callTimeoutMs = 10_000;

export const status: Command = {
  name: "status",
  summary: "Show what waits, for how long and why, and who works",
  description: [
    "Of the whole installation, in all its environments: queues in which something is due or went on in the last five minutes, with their rates and what holds them, and the processes with their roles, versions and heartbeats. Of the environment of the key: what is paused.",
    "Ends with 1 where work waits for somebody to act: it is due and no worker takes it (no_worker), or it has been due for more than 10 s (behind). An integration's rate or a destination that is busy is no fault.",
  ],
  options: [
    { name: "watch", short: "w", summary: "Look again and again, until Ctrl-C" },
    {
      name: "interval",
      value: "<ms>",
      summary: "Time between two looks of --watch",
      default: String(intervalMsDefault),
    },
  ],
  examples: [
    { line: "tidings status", says: "How things stand" },
    { line: "tidings status --watch", says: "The same, kept up to date" },
    {
      line: "tidings status --json | jq -r '.queues[] | select(.held) | .held.reason'",
      says: "What holds which queue, for another program",
    },
  ],
  json: '`{"ok", "queues": [{"queue", "lane", "channel", "due", "dueIsBound", "oldestDueAt", "ageMs", "inPerMinute", "outPerMinute", "held": {"reason", "detail"}}], "workers": [{"node", "roles", "version", "host", "pid", "startedAt", "heartbeatAt", "heartbeatAgeMs", "state", "inFlight", "buffers", "replica": {"state", "reason", "behindMs"}}], "pauses": […]}`, pauses as `tidings pauses` has them; with --watch one document per line.',
  run,
};

async function run(context: Context): Promise<Outcome> {
  const { input, terminal, json, signal } = context;
  const intervalMs = input.number("interval", intervalRange);
  if (!input.flag("watch")) {
    if (intervalMs !== undefined) throw usage("--interval is for --watch");
    const stand = await look(context, { signal });
    if (json) terminal.document(documentOf(stand));
    else for (const line of statusLines(stand, terminal)) terminal.out(line);
    return isWell(stand) ? "ok" : "difference";
  }
  try {
    return await watch(context, intervalMs ?? intervalMsDefault);
  } catch (error) {
    // Ctrl-C is how it is meant to end.
    if (signal.aborted) return "interrupted";
    throw error;
  }
}

async function watch(context: Context, intervalMs: number): Promise<never> {
  const { terminal, json, signal } = context;
  const options = { signal, retries: 0, timeoutMs: callTimeoutMs };
  let wasAway = false;
  for (;;) {
    try {
      const stand = await look(context, options);
      if (json) terminal.document(documentOf(stand), false);
      else terminal.redraw(statusLines(stand, terminal));
      wasAway = false;
    } catch (error) {
      // What is looked at may well be a server that restarts.
      if (!isAway(error)) throw error;
      if (!wasAway) terminal.note("the server does not answer; waiting for it");
      wasAway = true;
    }
    await pause(intervalMs, signal);
  }
}

async function look({ api }: Context, options: CallOptions): Promise<Stand> {
  const { queues, workers, pauses } = api();
  const paused = pauses.list({}, options).page();
  const [waiting, working, { items }] = await Promise.all([queues.list(options), workers.list(options), paused]);
  return { queues: waiting.items, workers: working.items, pauses: items };
}

const documentOf = (stand: Stand) => ({ ok: isWell(stand), ...stand });
