import { describe, expect, it } from "vitest";
import { someOrigin } from "../../domain/delivery.conformance.ts";
import type { DeliveryRecord } from "../../ports/store/deliver.ts";
import { openDelivery } from "./open.ts";

/** Seals nothing: what is opened is what was written. */
const keyring = {
  unsealForRecipient: (_key: string, _context: string, text: string) => text,
  unsealForEnvironment: (_id: number, _context: string, text: string) => text,
};

function record(over: Partial<DeliveryRecord> = {}): DeliveryRecord {
  return {
    id: "m",
    runId: "r",
    origin: someOrigin(),
    recipient: "u",
    addressHash: "h",
    state: "queued",
    createdAt: 2000,
    putOffTo: null,
    mailbox: undefined,
    expiresAt: null,
    content: null,
    attempts: 0,
    firstAttemptAt: null,
    open: null,
    last: undefined,
    event: { id: "e", tenant: "", trace: null, payload: JSON.stringify({ data: {}, recipients: ["u"] }) },
    recipientRecord: {
      environmentId: 1,
      id: "u",
      wrappedKey: "k",
      profile: JSON.stringify({ attributes: {} }),
      sealed: JSON.stringify({
        addresses: [{ channel: "email", hash: "h", value: "u@example.org" }],
        personal: {},
      }),
      updatedAt: 1000,
      version: 1,
      choices: null,
    },
    ...over,
  };
}

describe("a message that the store has", () => {
  it("has its recipient's address, and since when that is known", () => {
    expect(openDelivery(record(), keyring)).toMatchObject({ to: "u@example.org", addressKnownSince: 1000 });
  });

  it("is none where recipient or address are gone", () => {
    expect(openDelivery(record({ recipientRecord: null }), keyring)).toBeUndefined();
    expect(openDelivery(record({ addressHash: "other" }), keyring)).toBeUndefined();
  });
});
