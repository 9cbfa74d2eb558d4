import { z } from "zod";
import { whole } from "./setting-kinds.ts";

const HOUR_MS = 3_600_000;

/** Settings of the calls to applications' endpoints, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const webhookSettings = z.object({
  endpointsMax: whole("TIDINGS_WEBHOOKS_MAX", "webhooks", 100, [1, 10_000], "Webhook endpoints of one environment"),
  callsMax: whole("TIDINGS_WEBHOOK_CALLS_MAX", "calls", 64, [1, 10_000], "Calls to endpoints under way at once"),
  endpointCallsMax: whole("TIDINGS_WEBHOOK_ENDPOINT_CALLS_MAX", "calls", 8, [1, 1000], "The same per endpoint"),
  endpointWaitingMax: whole("TIDINGS_WEBHOOK_ENDPOINT_WAITING_MAX", "deliveries", 100, [1, 10_000], "Deliveries of one endpoint in memory; further ones wait in the store"),
  lookMax: whole("TIDINGS_WEBHOOK_LOOK_MAX", "deliveries", 2000, [1, 100_000], "Deliveries that one look into the store takes in"),
  timeoutMs: whole("TIDINGS_WEBHOOK_TIMEOUT_MS", "ms", 15_000, [100, 60_000], "Time of one call to an endpoint"),
  failingMaxMs: whole("TIDINGS_WEBHOOK_FAILING_MAX_MS", "ms", 120 * HOUR_MS, [1000, 720 * HOUR_MS], "How long an endpoint may do nothing but fail before it is disabled"),
  retentionMs: whole("TIDINGS_WEBHOOK_RETENTION_MS", "ms", 336 * HOUR_MS, [HOUR_MS, 8760 * HOUR_MS], "How long deliveries to endpoints are kept, whether they were made or still wait"),
});
