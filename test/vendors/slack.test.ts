import { WebClient } from "@slack/web-api";
import { afterEach, expect, test } from "vitest";
import { slack } from "../../packages/server/src/providers/chat/slack.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

/** Slack's own client and our adapter say the same thing to one server. */

const token = "xoxb-1-2-abc";
const channel = "C0123456789";
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function both(answer: object) {
  const recorder = await startRecorder((_request, response) =>
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer)),
  );
  const environment = testEnvironment();
  const baseUrl = `http://127.0.0.1:${recorder.port}/api/`;
  const provider = slack.create(slack.schema.parse({ botToken: token, baseUrl }), environment);
  cleanups.push(recorder.close, environment.close);
  const client = new WebClient(token, { slackApiUrl: baseUrl, retryConfig: { retries: 0 } });
  return { provider, client, calls: recorder.calls };
}

/** The client sends forms whose values are JSON where they are no texts; Slack reads both alike. */
function formFields(body: string): Record<string, unknown> {
  return Object.fromEntries(
    [...new URLSearchParams(body)].map(([name, value]) => [
      name,
      /^[[{]|^(true|false)$/.test(value) ? JSON.parse(value) : value,
    ]),
  );
}

const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(60_000) };

test("a message is the same request, read in the same way", async () => {
  const { provider, client, calls } = await both({ ok: true, channel, ts: "1.2" });
  const blocks = [{ type: "section", text: { type: "mrkdwn", text: "*x* & <y>" } }];
  const content = { text: "x", mediaUrls: ["https://x.example/a.png"], body: JSON.stringify({ blocks }) };
  const [outcome] = await provider.send([outbound("chat", channel, { content })], context);
  const attachments = [{ fallback: "image", image_url: "https://x.example/a.png" }];
  const answer = await client.chat.postMessage({ channel, text: "x", mrkdwn: false, attachments, blocks });
  expect(outcome).toEqual({ status: "accepted", providerMessageId: answer.ts });
  const [ours, theirs] = calls;
  expect(ours).toMatchObject({ method: theirs?.method, url: theirs?.url });
  expect(ours?.headers.authorization).toBe(theirs?.headers.authorization);
  expect(JSON.parse(ours?.body ?? "")).toEqual(formFields(theirs?.body ?? ""));
});

test("a refusal in a 200 is one to both", async () => {
  const { provider, client } = await both({ ok: false, error: "channel_not_found" });
  const [outcome] = await provider.send([outbound("chat", channel, { content: { text: "x" } })], context);
  await expect(client.chat.postMessage({ channel, text: "x" })).rejects.toMatchObject({
    data: { error: "channel_not_found" },
  });
  expect(outcome).toMatchObject({ code: "channel_not_found", suppress: true });
});

test("the question whether the token works is the same", async () => {
  const { provider, client, calls } = await both({ ok: true });
  expect(await provider.probe?.(context)).toEqual({ status: "ok" });
  await client.auth.test();
  expect(calls[0]?.url).toBe(calls[1]?.url);
  expect(calls[0]?.headers.authorization).toBe(calls[1]?.headers.authorization);
});
