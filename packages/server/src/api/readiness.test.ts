import { findingsSchema, mailSendersSchema, probeSchema } from "@tidings/contract/readiness";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import type { ProbeRow } from "../ports/store/probes.ts";
import { type ApiBench, apiBench } from "./bench.conformance.ts";

const at = Date.UTC(2026, 10, 30);
const failed = {
  environmentId: 1,
  integration: "mail",
  version: 1,
  status: "failed",
  code: "401",
  detail: "refused",
  at,
} as const;
const asked: [number, string][] = [];
let bench: ApiBench;

const viewSchema = z.object({ key: z.string(), probe: probeSchema.optional() });
const sender = {
  integration: "mail",
  provider: "smtp",
  enabled: true,
  from: ["acme.test"],
  returnPath: undefined,
  dkim: [],
};

beforeAll(async () => {
  bench = await apiBench(() => ({
    standing: {
      probe: async (environmentId, key): Promise<ProbeRow | undefined> => {
        asked.push([environmentId, key]);
        return key === "mail" ? { ...failed, goodAt: at - 1000 } : undefined;
      },
      facts: async (environmentId) => ({
        now: at,
        integrations: [],
        uses: environmentId === 1 ? [{ channel: "sms", lane: "critical" }] : [],
        reads: [],
        publicUrl: undefined,
      }),
      mailSenders: () => [sender],
    },
  }));
  for (const key of ["mail", "spare"])
    await bench.call(`/v1/integrations/${key}`, { method: "PUT", body: { channel: "email", provider: "test" } });
});
afterAll(() => bench.close());

const probeOf = async (path: string) => viewSchema.parse((await bench.call(path)).json).probe;

describe("the API on readiness", () => {
  test("probes an integration of the key's environment, and says what came of it", async () => {
    const { status, json } = await bench.call("/v1/integrations/mail/probe", { method: "POST" });
    const said = {
      status: "failed",
      code: "401",
      detail: "refused",
      at: "2026-11-30T00:00:00.000Z",
      lastGoodAt: "2026-11-29T23:59:59.000Z",
    };
    expect([status, json, probeSchema.parse(json)]).toEqual([200, said, said]);
    expect(asked).toContainEqual([1, "mail"]);
    expect((await bench.call("/v1/integrations/none/probe", { method: "POST" })).status).toBe(404);
    await bench.call("/v1/integrations/mail/probe", { method: "POST", key: bench.otherKey });
    expect(asked).toContainEqual([2, "mail"]);
    expect((await bench.call("/v1/integrations/mail/probe", { method: "POST", key: null })).status).toBe(401);
  });

  test("shows beside an integration how it stood last, where that is known of its present version", async () => {
    expect(await probeOf("/v1/integrations/mail")).toBeUndefined();
    await bench.store.recordProbe(failed);
    await bench.store.recordProbe({ ...failed, environmentId: 2, integration: "spare" });
    expect(await probeOf("/v1/integrations/mail")).toMatchObject({ status: "failed", code: "401" });
    const { json } = await bench.call("/v1/integrations");
    const { items } = z.object({ items: z.array(viewSchema) }).parse(json);
    expect(items.map(({ key, probe }) => [key, probe?.status])).toEqual([
      ["mail", "failed"],
      ["spare", undefined],
    ]);
    await bench.call("/v1/integrations/mail", {
      method: "PUT",
      body: { channel: "email", provider: "test", priority: 5 },
    });
    expect(await probeOf("/v1/integrations/mail")).toBeUndefined();
    await bench.store.recordProbe({ ...failed, version: 2, status: "ok", code: "", detail: "", at: at + 1 });
    expect(await probeOf("/v1/integrations/mail")).toEqual({
      status: "ok",
      at: "2026-11-30T00:00:00.001Z",
      lastGoodAt: "2026-11-30T00:00:00.001Z",
    });
  });

  test("tells what is wrong with the key's environment, and under what names its mail goes out", async () => {
    const { json } = await bench.call("/v1/readiness");
    expect(findingsSchema.parse(json).items).toMatchObject([
      { severity: "error", code: "channel_unserved", channel: "sms" },
    ]);
    expect((await bench.call("/v1/readiness", { key: bench.otherKey })).json).toEqual({ items: [] });
    expect(mailSendersSchema.parse((await bench.call("/v1/mail-senders")).json).items).toEqual([
      { ...sender, returnPath: undefined },
    ]);
  });
});
