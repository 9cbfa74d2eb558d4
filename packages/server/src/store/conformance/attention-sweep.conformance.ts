import { expect, test } from "vitest";
import { claimOf } from "./attention.conformance.ts";
import type { Corner, OpenCorner } from "./corner.conformance.ts";

const hourMs = 3_600_000;

export function attentionSweepConformance(open: OpenCorner): void {
  /** Recipients of this corner that sweeps in parts of `limit` come past at a moment. */
  const swept = async ({ store, environmentId }: Corner, now: number, limit: number): Promise<string[]> => {
    const seen: string[] = [];
    let after: { environmentId: number; recipient: string } | undefined = { environmentId, recipient: "" };
    for (let part = 0; part < 20 && after !== undefined; part += 1) {
      after = await store.sweepAttention({ after, now, limit });
      if (after?.environmentId !== environmentId) break;
      seen.push(after.recipient);
    }
    return seen;
  };

  test("What recipients were sent is forgotten when no cap counts it any more, part by part", async () => {
    const corner = await open();
    const claim = claimOf({ windowSeconds: 3600 });
    const queue = (recipient: string, createdAt: number) =>
      corner.queued({ recipient, createdAt, dueAt: createdAt, claim });
    await queue("anna", corner.at);
    await queue("berta", corner.at);
    await queue("berta", corner.at + hourMs);
    await queue("clara", corner.at);
    // Past the corner's recipients there may be others': a part that ends with clara says so.
    expect(await swept(corner, corner.at, 1)).toEqual(["anna", "berta", "clara"]);
    const later = corner.at + hourMs + 120_000;
    await swept(corner, later, 2);
    expect(await swept(corner, later, 1)).toEqual(["berta"]);
    await swept(corner, later + hourMs, 1);
    expect(await swept(corner, later + hourMs, 1)).toEqual([]);
  });
}
