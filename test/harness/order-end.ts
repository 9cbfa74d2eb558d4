import { acceptedSchema, eventSchema } from "@tidings/contract/events";
import { expect, vi } from "vitest";
import { z } from "zod";
import type { Api } from "./api.ts";

/** Sends ann the order of a number; gives how its message ends. */
export async function orderEnd(api: Api, n: number): Promise<string> {
  const { status, json } = await api.call("POST", "/v1/events", { name: "order", recipients: ["ann"], data: { n } });
  expect(status).toBe(202);
  const { id } = acceptedSchema.parse(json);
  return vi.waitUntil(async () => {
    const { runs, messages } = eventSchema.parse((await api.call("GET", `/v1/events/${id}`)).json);
    const state = [...runs.flatMap((run) => run.messages), ...messages][0]?.state;
    return state === "queued" || state === "sending" ? undefined : state;
  }, 10_000);
}

/** States of the mails that ann's replies have become. */
export async function replyMails(api: Api): Promise<string[]> {
  const { json } = await api.call("GET", "/v1/messages?recipient=ann&channel=email");
  const { items } = z.object({ items: z.array(z.object({ state: z.string() })) }).parse(json);
  return items.map(({ state }) => state);
}
