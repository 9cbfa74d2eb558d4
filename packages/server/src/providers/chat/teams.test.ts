import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { type HttpVendor, httpVendorConformance } from "../testing/http-vendor.ts";
import { chatBench, fieldsOf, type Reply } from "./chat-bench.conformance.ts";
import { teams } from "./teams.ts";

const flow =
  "https://prod-12.westeurope.logic.azure.com:443/workflows/ab/triggers/manual/paths/invoke?api-version=2016-06-01&sig=xyz";
const connector = "https://contoso.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d";
const card = z.object({
  attachments: z.tuple([z.object({ content: z.object({ body: z.array(z.object({ text: z.string().optional() })) }) })]),
});
const refusal = (status: number, code: string): Reply => ({ status, body: { error: { code, message: "x" } } });

const vendor: HttpVendor = {
  name: "teams",
  channel: "chat",
  to: flow,
  create: (baseUrl, environment) => teams.create(teams.schema.parse({ baseUrl }), environment),
  changes: (id) => ({ content: { text: id } }),
  idsIn: ({ body }) => [card.parse(JSON.parse(body)).attachments[0].content.body[0]?.text ?? ""],
  accepted: () => ({ status: 202 }),
  transient: { status: 503 },
  permanent: refusal(400, "TriggerInputSchemaMismatch"),
  rateLimited: { status: 429, headers: { "retry-after": "10" } },
  malformed: { status: 200, body: "<html>" },
  refusals: [
    {
      name: "a flow that is gone ends the address",
      reply: refusal(404, "WorkflowNotFound"),
      outcome: { kind: "permanent", code: "WorkflowNotFound", suppress: true },
    },
    {
      name: "a flow that is switched off ends the message alone",
      reply: refusal(403, "WorkflowTriggerIsNotEnabled"),
      outcome: { kind: "permanent", suppress: undefined, scope: undefined },
    },
    {
      name: "a signature that does not fit is the address's, not the integration's",
      reply: { status: 401 },
      outcome: { kind: "permanent", code: "401", suppress: undefined, scope: undefined },
    },
    {
      name: "a limit is the address's own",
      reply: { status: 429, headers: { "retry-after": "10" } },
      outcome: { kind: "transient", scope: "message", retryAfterMs: 10_000 },
    },
    {
      name: "an incoming webhook tells of a limit in a 200",
      reply: {
        status: 200,
        body: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 429 with ContextId x",
      },
      outcome: { kind: "transient", code: "429", scope: "message" },
    },
    {
      name: "an incoming webhook tells of a message too large in a 200",
      reply: {
        status: 200,
        body: "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error 413 with ContextId x",
      },
      outcome: { kind: "permanent", code: "413" },
    },
    {
      name: "an incoming webhook tells of a fault of Teams in a 200",
      reply: { status: 200, body: "Microsoft Teams endpoint returned HTTP error 502" },
      outcome: { kind: "transient", code: "502", unlisted: undefined },
    },
  ],
};
httpVendorConformance(vendor);

describe("teams", () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const bench of open.splice(0)) await bench.close();
  });
  const bench = async (...replies: Reply[]) => {
    const made = await chatBench(teams, (baseUrl) => ({ baseUrl }), ...replies);
    open.push(made);
    return made;
  };

  it("posts text and pictures as an Adaptive Card, to the address's path and query", async () => {
    const { send, calls } = await bench({ status: 202 });
    expect(await send(flow, { text: "x", mediaUrls: ["https://x.example/a.png"] })).toEqual({ status: "accepted" });
    expect(calls[0]?.url).toBe("/workflows/ab/triggers/manual/paths/invoke?api-version=2016-06-01&sig=xyz");
    expect(fieldsOf(calls[0])).toMatchObject({
      type: "message",
      attachments: [
        {
          contentType: "application/vnd.microsoft.card.adaptive",
          content: {
            type: "AdaptiveCard",
            body: [
              { type: "TextBlock", text: "x", wrap: true },
              { type: "Image", url: "https://x.example/a.png" },
            ],
          },
        },
      ],
    });
  });

  it("takes an incoming webhook's 1 for yes", async () => {
    const { send } = await bench({ status: 200, body: "1" });
    expect(await send(connector, { text: "x" })).toEqual({ status: "accepted" });
  });

  it("lays a message's own fields over its card, or over the whole where they bring attachments", async () => {
    const { send, calls } = await bench({ status: 202 });
    await send(flow, { text: "x", body: '{"actions":[1],"body":[2]}' });
    expect(fieldsOf(calls[0])).toMatchObject({
      attachments: [{ content: { type: "AdaptiveCard", actions: [1], body: [2] } }],
    });
    await send(flow, { text: "x", body: '{"attachments":[3],"summary":"s"}' });
    expect(fieldsOf(calls[1])).toEqual({ type: "message", attachments: [3], summary: "s" });
    expect(await send(flow, { text: "x", body: "3" })).toMatchObject({ code: "content_invalid" });
  });

  it.each([
    flow,
    connector,
    "https://default0123.4a.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/x/triggers/manual/paths/invoke?sig=x",
    "https://outlook.office.com/webhook/x",
  ])("serves %s", (to) => {
    expect(teams.serves?.(to)).toBe(true);
  });

  it.each([
    "https://logic.azure.com.evil.example/x",
    "https://evil-logic.azure.com/x",
    "http://a.logic.azure.com/x",
    "https://u:p@a.logic.azure.com/x",
    "https://contoso.sharepoint.com/x",
    "19:abc@thread.tacv2",
  ])("sends nothing to %s", async (to) => {
    const { send, calls } = await bench({ status: 202 });
    expect(teams.serves?.(to)).toBe(false);
    expect(await send(to, { text: "x" })).toMatchObject({ kind: "permanent", code: "address_invalid" });
    expect(calls).toHaveLength(0);
  });

  it("keeps the hosts of different tenants apart", async () => {
    const { provider } = await bench({ status: 202 });
    expect(provider.destination?.(connector)).toBe("contoso.webhook.office.com");
    expect(provider.destination?.("nonsense")).toBe("");
  });
});
