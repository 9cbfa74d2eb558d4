import { expect, it } from "vitest";
import { providerConformance } from "../testing/conformance.ts";
import { outbound, testEnvironment } from "../testing/environment.ts";
import { sandbox } from "./sandbox.ts";

providerConformance("sandbox", {
  faults: [],
  async make() {
    const environment = testEnvironment();
    return {
      provider: sandbox.create({}, environment),
      to: "jane@recipient.test",
      channel: "email",
      taken: () => environment.entries.map(({ messageId }) => messageId),
      close: environment.close,
    };
  },
});

it("keeps of attachments their names and sizes", async () => {
  const environment = testEnvironment();
  const attachments = [
    { filename: "a.txt", contentType: "text/plain", content: "aGk=", contentId: "a" },
    { filename: "b.txt", contentType: "text/plain", content: Buffer.from("hello") },
  ];
  const message = outbound("email", "a@b.test", { content: { text: "x", attachments } });
  const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(1000) };
  await sandbox.create({}, environment).send([message], context);
  expect(environment.entries[0]?.content).toEqual({
    text: "x",
    attachments: [
      { filename: "a.txt", contentType: "text/plain", bytes: 2 },
      { filename: "b.txt", contentType: "text/plain", bytes: 5 },
    ],
  });
  await environment.close();
});

it("puts what it was given into the mailbox, an entry per attempt", async () => {
  const environment = testEnvironment();
  const message = outbound("sms", "+4366012345");
  const provider = sandbox.create({}, environment);
  const context = { callId: "c", timeoutMs: 10_000, signal: AbortSignal.timeout(1000) };
  await provider.send([message], context);
  await provider.send([{ ...message, attempt: 2 }], context);
  expect(environment.entries).toMatchObject([
    { id: `${message.id}.1`, messageId: message.id, to: "+4366012345", channel: "sms", content: message.content },
    { id: `${message.id}.2`, messageId: message.id },
  ]);
  await environment.close();
});
