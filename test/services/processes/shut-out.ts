import { newApiKeySchema } from "@tidings/contract/api-keys";
import { request } from "undici";
import { expect, test, vi } from "vitest";
import { signFeedback } from "../../../packages/server/src/providers/simulator/feedback.ts";
import { Api } from "../../harness/api.ts";
import { feedbackSecret } from "../../harness/configure-fake.ts";
import { pause } from "../../harness/pause.ts";
import type { Engine } from "./engines.ts";
import { messageOf, postEvent } from "./event-messages.ts";
import { losesHints } from "./lost-hints.ts";
import { inWorld } from "./world.ts";

const inForceMs = 1000;
/** Events before an address is suppressed, and after it. */
const postingMs = 4000;
const everyMs = 25;
const roles = [["api"], ["api"], ["orchestrate"], ["deliver"]] as const;

/** Addresses and keys that one process shuts out are shut out by all. */
export function shutOutSuite(engine: () => Engine): void {
  test("an address that is suppressed through one process gets no attempt from another", async () => {
    await inWorld(engine(), { roles }, async ({ cluster, api }) => {
      const other = new Api(cluster.with("api")[1]?.url ?? "", 8);
      const recipients = [{ id: "u", email: "u@example.com" }];
      const post = () => postEvent(other, { name: "critical", recipients, data: { items: [] } });
      const first = await messageOf(api, await post(), ({ state }) => state === "sent");
      const ids: string[] = [];
      const posting = (async () => {
        for (const end = Date.now() + postingMs; Date.now() < end; await pause(everyMs)) ids.push(await post());
      })();
      const [second = ""] = await vi.waitUntil(() => (ids.length > 0 ? ids : undefined), { timeout: 20_000 });
      await messageOf(api, second, ({ state }) => state === "sent");
      await bounce(cluster.with("api")[0]?.url ?? "", first.id);
      const committedAt = Date.now();
      await posting;
      const messages = await Promise.all(
        ids.map((id) => messageOf(api, id, ({ state }) => state === "sent" || state === "suppressed")),
      );
      const starts = messages.flatMap(({ attempts }) => attempts.map(({ startedAt }) => Date.parse(startedAt)));
      expect(messages.filter(({ state }) => state === "suppressed").length).toBeGreaterThan(0);
      expect(starts.length).toBeGreaterThan(0);
      process.stdout.write(`suppression: the last start ${Math.max(...starts) - committedAt} ms after it\n`);
      expect(Math.max(...starts)).toBeLessThanOrEqual(committedAt + inForceMs);
      await other.close();
    });
  }, 120_000);

  test("an API key that is revoked through one process opens no other one for longer than a second", async () => {
    await inWorld(engine(), { roles: [["api"], ["api"]] }, async ({ cluster, api, databaseUrl }) => {
      const [, other] = cluster.with("api");
      const made = newApiKeySchema.parse((await api.call("POST", "/v1/api-keys", { name: "short" })).json);
      const ask = async (): Promise<number> => {
        const headers = { authorization: `Bearer ${made.key}` };
        const { statusCode, body } = await request(`${other?.url}/v1/workers`, { headers });
        await body.dump();
        return statusCode;
      };
      expect(await ask()).toBe(200);
      const hear = losesHints(databaseUrl);
      expect((await api.call("DELETE", `/v1/api-keys/${made.id}`)).status).toBeLessThan(300);
      const revokedAt = Date.now();
      let lastAt = revokedAt;
      for (let status = 200; status === 200 && Date.now() < revokedAt + 5000; await pause(10)) {
        const askedAt = Date.now();
        status = await ask();
        if (status === 200) lastAt = askedAt;
        else expect(status).toBe(401);
      }
      hear();
      process.stdout.write(`API key: let in until ${lastAt - revokedAt} ms after\n`);
      expect(lastAt - revokedAt).toBeLessThanOrEqual(inForceMs);
    });
  }, 60_000);
}

/** Reports as the provider that a message has bounced. */
async function bounce(url: string, messageId: string): Promise<void> {
  const body = JSON.stringify({ feedback: [{ messageId, kind: "bounced", at: Date.now() }] });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = signFeedback(feedbackSecret, timestamp, body);
  const headers = { "x-simulator-signature": signature, "x-simulator-timestamp": timestamp };
  const answer = await request(`${url}/v1/feedback/fake`, { method: "POST", headers, body });
  expect([answer.statusCode, await answer.body.json()]).toEqual([200, { accepted: 1 }]);
}
