import { z } from "zod";
import type { OutboundResponse, Outcome } from "../../ports/provider.ts";
import { type CodeTable, vendorFailure } from "../vendor-outcome.ts";

const busy = { kind: "transient", scope: "destination" } as const;

/** By status (RFC 8030 §5, §7, §8.4; RFC 8292 §4.2), and by Apple's `reason` where it gives one ("Sending web push notifications"). */
const refusals: CodeTable = {
  "400": { kind: "permanent" },
  "401": { kind: "transient", scope: "integration" },
  // the browser subscribed with another key: it has to subscribe again
  "403": { kind: "permanent" },
  BadJwtToken: { kind: "transient", scope: "integration" },
  "404": { kind: "permanent", suppress: true },
  "410": { kind: "permanent", suppress: true },
  "413": { kind: "permanent" },
  "429": busy,
  "500": busy,
  "502": busy,
  "503": busy,
  "504": busy,
};

const reasonSchema = z.object({ reason: z.string().regex(/^[A-Z][A-Za-z]{0,63}$/) });

/** Undefined for 2xx. */
export const webPushFailure = (response: OutboundResponse, nowMs: number): Outcome | undefined =>
  vendorFailure(response, nowMs, refusals, (body) => ({ code: reasonSchema.safeParse(body).data?.reason }));
