import { DiscordAPIError, REST } from "@discordjs/rest";
import { afterEach, expect, test } from "vitest";
import { discord } from "../../packages/server/src/providers/chat/discord.ts";
import { outbound, testEnvironment } from "../../packages/server/src/providers/testing/environment.ts";
import { startRecorder } from "../../packages/server/src/providers/testing/servers.ts";

/** Discord's REST client of discord.js and our adapter say the same thing to one server. */

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function both(status: number, answer: object) {
  const recorder = await startRecorder((_request, response) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer)),
  );
  const environment = testEnvironment();
  const origin = `http://127.0.0.1:${recorder.port}`;
  const provider = discord.create(discord.schema.parse({ baseUrl: origin }), environment);
  cleanups.push(recorder.close, environment.close);
  const client = new REST({ api: `${origin}/api`, version: "10", retries: 0 });
  const execute = (body: unknown, thread?: string) =>
    client.post("/webhooks/1234567890/ab-cd", {
      body,
      query: new URLSearchParams({ ...(thread === undefined ? {} : { thread_id: thread }), wait: "true" }),
      auth: false,
    });
  const send = async (to: string, content: object) => {
    const [outcome] = await provider.send([outbound("chat", to, { content })], {
      callId: "c",
      timeoutMs: 10_000,
      signal: AbortSignal.timeout(60_000),
    });
    return outcome;
  };
  return { send, execute, calls: recorder.calls };
}

const webhook = "https://discord.com/api/v10/webhooks/1234567890/ab-cd";

test("a message is the same request, in its thread", async () => {
  const { send, execute, calls } = await both(200, { id: "99" });
  const own = { components: [{ type: 1 }] };
  const content = { text: "x", mediaUrls: ["https://x.example/a.png"], body: JSON.stringify(own) };
  expect(await send(`${webhook}?thread_id=42`, content)).toEqual({ status: "accepted", providerMessageId: "99" });
  const embeds = [{ image: { url: "https://x.example/a.png" } }];
  await execute({ content: "x", allowed_mentions: { parse: [] }, embeds, ...own }, "42");
  const [ours, theirs] = calls;
  expect(ours).toMatchObject({ method: theirs?.method, url: theirs?.url });
  expect(ours?.headers.authorization).toBe(theirs?.headers.authorization);
  expect(JSON.parse(ours?.body ?? "")).toEqual(JSON.parse(theirs?.body ?? ""));
});

test("a refusal has the same code", async () => {
  const { send, execute } = await both(404, { message: "Unknown Webhook", code: 10015 });
  const error: unknown = await execute({ content: "x" }).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(DiscordAPIError);
  const outcome = await send(webhook, { text: "x" });
  expect(outcome).toMatchObject({
    code: error instanceof DiscordAPIError ? String(error.code) : "",
    suppress: true,
  });
});
