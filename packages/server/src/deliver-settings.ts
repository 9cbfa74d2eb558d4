import { z } from "zod";
import { whole } from "./setting-kinds.ts";

/** Settings of the deliver stage, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const deliverSettings = z.object({
  maxInFlight: whole("TIDINGS_MAX_IN_FLIGHT", "messages", 2000, [1, 100_000], "Messages STARTED and not settled in this process"),
  integrationInFlightMax: whole("TIDINGS_INTEGRATION_IN_FLIGHT_MAX", "messages", 500, [1, 10_000], "The same per integration, where it sets no bound of its own"),
  hostInFlightMax: whole("TIDINGS_HOST_IN_FLIGHT_MAX", "messages", 50, [1, 10_000], "The same per destination host"),
  integrationBufferMax: whole("TIDINGS_INTEGRATION_BUFFER_MAX", "messages", 2000, [1, 100_000], "Messages that wait in memory for an integration"),
  hostBufferMax: whole("TIDINGS_HOST_BUFFER_MAX", "messages", 200, [1, 100_000], "Messages that wait in memory for a destination host"),
  overflowDelayMs: whole("TIDINGS_OVERFLOW_DELAY_MS", "ms", 1000, [10, 600_000], "When a message that found a buffer full comes again"),
  overflowDelayMaxMs: whole("TIDINGS_OVERFLOW_DELAY_MAX_MS", "ms", 300_000, [10, 3_600_000], "The longest such delay: it doubles while the buffer stays full"),
  batchMax: whole("TIDINGS_DELIVER_BATCH_MAX", "messages", 500, [1, 10_000], "Messages loaded in one turn"),
  integrationCallsMax: whole("TIDINGS_INTEGRATION_CALLS_MAX", "calls", 8, [1, 1000], "Calls under way at once of an integration whose calls carry many messages"),
  callTimeoutMs: whole("TIDINGS_CALL_TIMEOUT_MS", "ms", 30_000, [100, 660_000], "Time of one provider call, where the integration sets none"),
  leaseMarginMs: whole("TIDINGS_LEASE_MARGIN_MS", "ms", 900, [100, 60_000], "How much longer than its call the lease of a message lasts; a call that cannot begin within it after STARTED is not made"),
  circuitFailuresMin: whole("TIDINGS_CIRCUIT_FAILURES_MIN", "calls", 5, [1, 10_000], "Failed calls below which an integration is not avoided"),
  circuitFailedPercent: whole("TIDINGS_CIRCUIT_FAILED_PERCENT", "%", 50, [1, 100], "Share of the calls of the window that failed, from which an integration is avoided while another takes its messages"),
  circuitWindowMs: whole("TIDINGS_CIRCUIT_WINDOW_MS", "ms", 10_000, [100, 3_600_000], "The window in which calls are counted"),
  circuitStreakMin: whole("TIDINGS_CIRCUIT_STREAK_MIN", "calls", 10, [1, 10_000], "So many failed calls in a row are enough, whatever went well before them"),
  circuitSilenceMs: whole("TIDINGS_CIRCUIT_SILENCE_MS", "ms", 3000, [100, 600_000], "An integration that answers no call for so long, or for ten times as long as it usually takes, is avoided"),
  circuitSilentCallsMin: whole("TIDINGS_CIRCUIT_SILENT_CALLS_MIN", "calls", 5, [1, 10_000], "Calls that must wait for that"),
  circuitPauseMs: whole("TIDINGS_CIRCUIT_PAUSE_MS", "ms", 1000, [10, 600_000], "Until one message goes out as a probe; each further pause is twice as long"),
  circuitPauseMaxMs: whole("TIDINGS_CIRCUIT_PAUSE_MAX_MS", "ms", 20_000, [10, 3_600_000], "The longest such pause"),
  destinationPauseMs: whole("TIDINGS_DESTINATION_PAUSE_MS", "ms", 30_000, [10, 3_600_000], "The same for a recipients' domain, or country of numbers, that refuses messages of an integration"),
  destinationPauseMaxMs: whole("TIDINGS_DESTINATION_PAUSE_MAX_MS", "ms", 900_000, [10, 86_400_000], "The longest such pause"),
  destinationsMax: whole("TIDINGS_DESTINATIONS_MAX", "destinations", 10_000, [10, 1_000_000], "Domains and countries, of all integrations, that are remembered for refusing"),
  allowanceChunkMax: whole("TIDINGS_ALLOWANCE_CHUNK_MAX", "messages", 500, [1, 100_000], "Messages for which a process sets something of a day's quota, warm-up or budget aside at once; fewer the less is left"),
  allowancesMax: whole("TIDINGS_ALLOWANCES_MAX", "allowances", 10_000, [10, 1_000_000], "Quotas, warm-ups and budgets of which something is kept in memory"),
  allowanceAskAgainMs: whole("TIDINGS_ALLOWANCE_ASK_AGAIN_MS", "ms", 60_000, [100, 3_600_000], "How long nothing is asked of a day's quota, warm-up or budget that was found used up"),
  warmUpLookMs: whole("TIDINGS_WARM_UP_LOOK_MS", "ms", 180_000, [100, 3_600_000], "How often it is looked at what bounces of integrations that warm up, and what was set aside and lies idle is given back"),
  daySpreadMs: whole("TIDINGS_DAY_SPREAD_MS", "ms", 600_000, [0, 21_600_000], "What waits for the next day goes out within so long behind midnight, UTC"),
  releasedPerCallMax: whole("TIDINGS_RELEASED_PER_CALL_MAX", "messages", 250, [1, 10_000], "Messages that each transaction makes due when a pause ends"),
  compiledTemplatesMax: whole("TIDINGS_COMPILED_TEMPLATES_MAX", "templates", 1000, [1, 100_000], "Compiled templates kept in memory"),
  failingTemplatesMax: whole("TIDINGS_FAILING_TEMPLATES_MAX", "templates", 1000, [10, 100_000], "Failing versions of templates that are remembered, so that each is logged once"),
  limiterKeysMax: whole("TIDINGS_LIMITER_KEYS_MAX", "keys", 10_000, [10, 1_000_000], "Rate limits kept in memory"),
});
