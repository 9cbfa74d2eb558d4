import type { MessageView } from "@tidings/contract/messages";
import { expect, test, vi } from "vitest";
import { Api } from "../../harness/api.ts";
import { pause } from "../../harness/pause.ts";
import type { Engine } from "./engines.ts";
import { messageOf, postEvent } from "./event-messages.ts";
import { type Change, changes, configureHook } from "./hook-changes.ts";
import { losesHints } from "./lost-hints.ts";
import { type Arrival, startReceiver } from "./receiver.ts";
import { inWorld } from "./world.ts";

const inForceMs = 1000;
/** Events come until after a change has to be in force. */
const afterMs = 2000;
const everyMs = 25;
const roles = [["api"], ["api"], ["orchestrate"], ["deliver"]] as const;

/** What one process commits the others go by within a second, also where the hint that tells them is lost. */
export function inForceSuite(engine: () => Engine): void {
  test.each(["with hints", "without hints"])(
    "documents that are changed through one process are in force in all others within a second, %s",
    async (how) => {
      await inWorld(engine(), { roles }, async ({ cluster, api, databaseUrl }) => {
        const receiver = await startReceiver();
        const other = new Api(cluster.with("api")[1]?.url ?? "", 8);
        await configureHook(api);
        const hear = how === "with hints" ? () => {} : losesHints(databaseUrl);
        for (const change of changes) {
          const sent: string[] = [];
          let until = Number.POSITIVE_INFINITY;
          const stream = sendWhile(other, receiver.url, sent, () => Date.now() < until);
          // There is one that goes by what was before.
          const [first = ""] = await vi.waitUntil(() => (sent.length > 0 ? sent : undefined), { timeout: 20_000 });
          await messageOf(api, first, isSent);
          await change.apply(api);
          const changedAt = Date.now();
          until = changedAt + afterMs;
          await stream;
          const late = (await lastOld(api, sent, receiver.arrivals, change)) - changedAt;
          process.stdout.write(`${how}, ${change.name}: the last old one ${late} ms after the change\n`);
          expect(late).toBeLessThanOrEqual(inForceMs);
        }
        hear();
        await Promise.all([other.close(), receiver.close()]);
      });
    },
    180_000,
  );
}

/** Posts events one after the other, and adds their ids. */
async function sendWhile(api: Api, url: string, ids: string[], goesOn: () => boolean): Promise<void> {
  for (; goesOn(); await pause(everyMs)) {
    const recipients = [{ id: `u${ids.length}`, webhook: url }];
    ids.push(await postEvent(api, { name: "hook", tenant: "acme", recipients, data: { n: ids.length } }));
  }
}

const isSent = ({ state }: MessageView): boolean => state === "sent";

/** When the last message was made that goes by what was before the change; there are some, and some that do not. */
async function lastOld(
  api: Api,
  ids: readonly string[],
  arrivals: ReadonlyMap<string, Arrival>,
  change: Change,
): Promise<number> {
  const messages = await Promise.all(ids.map((id) => messageOf(api, id, isSent)));
  const old = messages.filter((message) => change.isOld({ message, body: arrivals.get(message.id)?.body ?? "" }));
  expect(old.length).toBeGreaterThan(0);
  expect(old.length).toBeLessThan(messages.length);
  const readAt = ({ createdAt, attempts }: MessageView): string =>
    (change.readAs === "started" ? attempts[0]?.startedAt : undefined) ?? createdAt;
  return Math.max(...old.map((message) => Date.parse(readAt(message))));
}
