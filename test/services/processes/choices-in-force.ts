import { eventSchema } from "@tidings/contract/events";
import { expect, test } from "vitest";
import { Api } from "../../harness/api.ts";
import { pause } from "../../harness/pause.ts";
import { until } from "../../harness/until.ts";
import type { Engine } from "./engines.ts";
import { postEvent } from "./event-messages.ts";
import { configureHook } from "./hook-changes.ts";
import { losesHints } from "./lost-hints.ts";
import { startReceiver } from "./receiver.ts";
import { inWorld } from "./world.ts";

const inForceMs = 1000;
/** Events come until after a change has to be in force. */
const afterMs = 1500;
const everyMs = 25;
/** Both take events in, plan their turns from memory, and send. */
const roles = [
  ["api", "orchestrate", "deliver"],
  ["api", "orchestrate", "deliver"],
] as const;

const preferences = (setting: string) => (api: Api) =>
  api.put("/v1/recipients/anna/preferences", { categories: { transactional: { webhook: setting } } });
const consent = (action: string) => async (api: Api) => {
  const body = { purpose: "transactional", channel: "webhook", action, source: "form" };
  const { status } = await api.call("POST", "/v1/recipients/anna/consents", body);
  expect(status).toBe(201);
};

/** What the recipient says, and whether they get anything then. */
const words = [
  { name: "a preference that says no", say: preferences("off"), isSent: false },
  { name: "one that says yes", say: preferences("on"), isSent: true },
  { name: "a consent that is withdrawn", say: consent("withdrawn"), isSent: false },
  { name: "one that is granted", say: consent("granted"), isSent: true },
] as const;

/** What became of an event: whether its message was started, and when; else when it was posted. */
interface Outcome {
  isSent: boolean;
  at: number;
}

/** What somebody says through one process all others go by within a second, also those that knew them before. */
export function choicesInForceSuite(engine: () => Engine): void {
  test.each(["with hints", "without hints"])(
    "what a recipient chooses through one process is in force in the other within a second, %s",
    async (how) => {
      await inWorld(engine(), { roles }, async ({ cluster, api, databaseUrl }) => {
        const receiver = await startReceiver();
        const other = new Api(cluster.with("api")[1]?.url ?? "", 8);
        await configureHook(api);
        await api.put("/v1/recipients/anna", { webhook: receiver.url });
        let wasSent = true;
        await until("the other process knows the documents", async () => (await send(other)).isSent);
        const hear = how === "with hints" ? () => {} : losesHints(databaseUrl);
        for (const { name, say, isSent } of words) {
          const posted: Promise<Outcome>[] = [];
          let end = Number.POSITIVE_INFINITY;
          const stream = sendWhile(other, posted, () => Date.now() < end);
          await until("some are sent as before", () => posted.length > 4);
          await say(api);
          const saidAt = Date.now();
          end = saidAt + afterMs;
          await stream;
          const outcomes = await Promise.all(posted);
          const old = outcomes.filter((outcome) => outcome.isSent === wasSent);
          const lateMs = Math.max(...old.map(({ at }) => at)) - saidAt;
          process.stdout.write(`${how}, ${name}: the last old one ${lateMs} ms after it\n`);
          expect(outcomes.at(-1)?.isSent).toBe(isSent);
          expect(lateMs).toBeLessThanOrEqual(inForceMs);
          wasSent = isSent;
        }
        hear();
        await Promise.all([other.close(), receiver.close()]);
      });
    },
    120_000,
  );
}

async function sendWhile(api: Api, posted: Promise<Outcome>[], goesOn: () => boolean): Promise<void> {
  for (; goesOn(); await pause(everyMs)) posted.push(send(api));
  await Promise.all(posted);
}

async function send(api: Api): Promise<Outcome> {
  const at = Date.now();
  const id = await postEvent(api, { name: "hook", tenant: "acme", recipients: ["anna"], data: { n: 1 } });
  let started: string | undefined;
  await until("the event is through", async () => {
    const event = eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
    const messages = event.runs.flatMap((run) => run.messages);
    started = messages[0]?.attempts[0]?.startedAt;
    return event.state === "done" && messages.every(({ state }) => state === "sent" || state === "suppressed");
  });
  return started === undefined ? { isSent: false, at } : { isSent: true, at: Date.parse(started) };
}
