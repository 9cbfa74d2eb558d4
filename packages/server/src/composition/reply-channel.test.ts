import { expect, test } from "vitest";
import type { FeedbackResult, InboundMessage } from "../ports/provider.ts";
import { withReplyChannel } from "./reply-channel.ts";

const said: InboundMessage = { id: "1", from: "room-7", text: "stop", at: 1 };
const verified = (inbound?: InboundMessage[]): FeedbackResult =>
  inbound === undefined ? { status: "verified", feedback: [] } : { status: "verified", feedback: [], inbound };

test("a reply whose provider does not say its channel came in on the integration's", () => {
  expect(withReplyChannel(verified([said]), "chat")).toEqual(verified([{ ...said, channel: "chat" }]));
  for (const channel of ["sms", "voice"] as const)
    expect(withReplyChannel(verified([said]), channel)).toEqual(verified([{ ...said, channel: "sms" }]));
});

test("what the provider says stands, and what brings no reply stays as it is", () => {
  const inChat = verified([{ ...said, channel: "chat" }]);
  expect(withReplyChannel(inChat, "sms")).toEqual(inChat);
  for (const other of [verified(), { status: "forged" } as const]) expect(withReplyChannel(other, "chat")).toBe(other);
});
