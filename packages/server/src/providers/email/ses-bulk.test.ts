import { afterEach, expect, it } from "vitest";
import {
  accepted,
  bulkOf,
  bulkPath,
  fault,
  idOf,
  idsIn,
  isBulk,
  sesMail,
  sesMails,
  sesWorld,
  singleOf,
  singlePath,
} from "../testing/ses-vendor.ts";

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

it("sends fifty mails in a call, each with its own content, by a template that only names the parts", async () => {
  const { calls, send } = await sesWorld(cleanups, { configurationSet: "main" });
  const batch = sesMails(50).map((message, index) => ({
    ...message,
    content: { subject: `S ${index} {{x}}`, text: "{{{text}}}", html: `<b>${index}</b> "&amp;" {{#if}}` },
  }));
  const outcomes = await send(...batch);
  expect(outcomes).toEqual(batch.map(({ id }) => ({ status: "accepted", providerMessageId: `ses-${id}` })));
  expect(calls).toHaveLength(1);
  const body = bulkOf(calls[0] ?? expect.unreachable());
  expect(body).toMatchObject({ FromEmailAddress: "Acme <noreply@acme.test>", ConfigurationSetName: "main" });
  expect(body.DefaultContent.Template).toEqual({
    TemplateContent: { Subject: "{{subject}}", Text: "{{text}}", Html: "{{html}}" },
    TemplateData: "{}",
  });
  for (const [index, entry] of body.BulkEmailEntries.entries()) {
    expect(entry.Destination.ToAddresses).toEqual([`jane${index}@example.com`]);
    expect(idOf(entry.ReplacementTags)).toBe(batch[index]?.id);
    expect(JSON.parse(entry.ReplacementEmailContent.ReplacementTemplate.ReplacementTemplateData)).toEqual(
      batch[index]?.content,
    );
  }
});

it("parts a batch by what one call cannot mix, and gives outcomes in the messages' order", async () => {
  const { calls, send } = await sesWorld(cleanups);
  const stored = (name: string, index: number) => ({ content: { stored: { ids: { ses: name }, data: { index } } } });
  const big = { text: "x".repeat(262_144) };
  const batch = [
    sesMail({ content: { subject: "text", text: "1" } }),
    sesMail({ content: { html: "<p>2</p>" } }),
    sesMail(stored("welcome", 3)),
    sesMail({ content: big }),
    sesMail({}, "nonsense"),
    sesMail({ content: { subject: "text", text: "6" } }),
    sesMail(stored("welcome", 7)),
    sesMail(stored("goodbye", 8)),
    sesMail({ content: { html: "<p>9</p>" } }),
  ];
  const outcomes = await send(...batch);
  const bad = { status: "rejected", kind: "permanent", code: "address_invalid", detail: "not a mail address" };
  expect(outcomes).toEqual(
    batch.map(({ id }, index) => (index === 4 ? bad : { status: "accepted", providerMessageId: `ses-${id}` })),
  );
  const templates = calls.filter(isBulk).map((call) => bulkOf(call).DefaultContent.Template);
  expect(templates).toHaveLength(3);
  expect(templates).toEqual(
    expect.arrayContaining([
      { TemplateContent: { Subject: "{{subject}}", Text: "{{text}}" }, TemplateData: "{}" },
      { TemplateContent: { Subject: "{{subject}}", Html: "{{html}}" }, TemplateData: "{}" },
      { TemplateName: "welcome", TemplateData: "{}" },
    ]),
  );
  const welcome = calls
    .filter(isBulk)
    .map(bulkOf)
    .find(({ DefaultContent }) => DefaultContent.Template.TemplateName);
  expect(
    welcome?.BulkEmailEntries.map(
      ({ ReplacementEmailContent }) => ReplacementEmailContent.ReplacementTemplate.ReplacementTemplateData,
    ),
  ).toEqual(['{"index":3}', '{"index":7}']);
  const singles = calls.filter((call) => !isBulk(call)).map((call) => singleOf(call).Content);
  expect(singles).toHaveLength(2);
  expect(singles).toContainEqual(
    expect.objectContaining({
      Template: expect.objectContaining({ TemplateName: "goodbye", TemplateData: '{"index":8}' }),
    }),
  );
});

it("keeps a call of many below a megabyte", async () => {
  const { calls, send } = await sesWorld(cleanups);
  const html = `<p class="a">é${"\n".repeat(50)}</p>`.repeat(700);
  await send(...sesMails(50, { content: { html } }));
  expect(calls.length).toBeGreaterThan(1);
  for (const { body } of calls) expect(Buffer.byteLength(body)).toBeLessThan(1_000_000);
  expect(calls.flatMap((call) => idsIn(call))).toHaveLength(50);
});

it("sends each by itself where the settings say so", async () => {
  const { calls, subject, send } = await sesWorld(cleanups, { bulk: false });
  expect(subject.maxBatch).toBe(1);
  await send(...sesMails(3));
  expect(calls.map(({ url }) => url)).toEqual(Array(3).fill(singlePath));
});

it("judges each mail of a call by its own status", async () => {
  const statuses: [string, object][] = [
    ["SUCCESS", { status: "accepted", providerMessageId: "m" }],
    ["MESSAGE_REJECTED", { kind: "permanent" }],
    ["MAIL_FROM_DOMAIN_NOT_VERIFIED", { kind: "transient", scope: "integration" }],
    ["CONFIGURATION_SET_NOT_FOUND", { kind: "transient", scope: "integration" }],
    ["TEMPLATE_NOT_FOUND", { kind: "permanent" }],
    ["ACCOUNT_SUSPENDED", { kind: "transient", scope: "integration" }],
    ["ACCOUNT_THROTTLED", { kind: "transient", scope: "integration", retryAfterMs: 1000 }],
    ["ACCOUNT_DAILY_QUOTA_EXCEEDED", { kind: "transient", scope: "integration", retryAfterMs: 3_600_000 }],
    ["INVALID_SENDING_POOL_NAME", { kind: "transient", scope: "integration" }],
    ["ACCOUNT_SENDING_PAUSED", { kind: "transient", scope: "integration" }],
    ["CONFIGURATION_SET_SENDING_PAUSED", { kind: "transient", scope: "integration" }],
    ["INVALID_PARAMETER", { kind: "permanent" }],
    ["TRANSIENT_FAILURE", { kind: "transient" }],
    ["FAILED", { kind: "transient", attemptsMax: 3 }],
    ["BRAND_NEW", { kind: "transient", unlisted: true, attemptsMax: 3 }],
  ];
  const { send } = await sesWorld(cleanups, {}, () => ({
    status: 200,
    body: {
      BulkEmailEntryResults: statuses.map(([Status]) => ({
        Status,
        MessageId: Status === "SUCCESS" ? "m" : null,
        Error: "about jane@example.com",
      })),
    },
  }));
  const outcomes = await send(...sesMails(statuses.length));
  for (const [index, [Status, expected]] of statuses.entries()) {
    const code = Status === "SUCCESS" ? {} : { status: "rejected", code: Status };
    expect(outcomes[index], Status).toMatchObject({ ...expected, ...code });
  }
  expect(JSON.stringify(outcomes)).not.toContain("jane");
});

it.each([
  ["fewer results than mails", { BulkEmailEntryResults: [{ Status: "SUCCESS", MessageId: "m" }] }],
  ["results that are none", { BulkEmailEntryResults: [{ Status: "SUCCESS" }, { Status: 1 }] }],
  ["no JSON", "fine"],
])("does not know what became of a call that was answered with %s", async (_name, body) => {
  const { send } = await sesWorld(cleanups, {}, () => ({ status: 200, body }));
  expect(await send(...sesMails(2))).toMatchObject(Array(2).fill({ status: "unknown", code: "malformed_answer" }));
});

it("sends the mails of a refused call one by one, once", async () => {
  const { calls, send } = await sesWorld(cleanups, {}, (call) =>
    isBulk(call) || JSON.stringify(singleOf(call)).includes("jane3@")
      ? fault(400, "BadRequestException")
      : accepted(call),
  );
  const batch = sesMails(20);
  const outcomes = await send(...batch);
  expect(outcomes.map(({ status }) => status)).toEqual(
    batch.map((_, index) => (index === 3 ? "rejected" : "accepted")),
  );
  expect(outcomes[3]).toMatchObject({ kind: "permanent", code: "BadRequestException" });
  expect(calls.map(({ url }) => url)).toEqual([bulkPath, ...Array(20).fill(singlePath)]);
});

it("does not do so where the account was refused, or nobody knows", async () => {
  const paused = await sesWorld(cleanups, {}, () => fault(400, "SendingPausedException"));
  expect(await paused.send(...sesMails(5))).toMatchObject(Array(5).fill({ kind: "transient", scope: "integration" }));
  expect(paused.calls).toHaveLength(1);
  const busy = await sesWorld(cleanups, {}, () => fault(503, "ServiceUnavailable"));
  expect(await busy.send(...sesMails(5))).toMatchObject(Array(5).fill({ kind: "transient" }));
  expect(busy.calls).toHaveLength(1);
});
