import { z } from "zod";
import { whole } from "./setting-kinds.ts";

const HOUR_MS = 3_600_000;

/** Settings of the probes of integrations, a part of the table in `config.ts`. */
// biome-ignore format: one setting per line is what lets this be read as a table
export const probeSettings = z.object({
  everyMs: whole("TIDINGS_PROBE_EVERY_MS", "ms", 24 * HOUR_MS, [0, 720 * HOUR_MS], "How often the vendor of each enabled integration is asked whether it works; 0 is never"),
  afterFailureMs: whole("TIDINGS_PROBE_AFTER_FAILURE_MS", "ms", HOUR_MS / 4, [1000, 720 * HOUR_MS], "The same after it failed"),
  lookMs: whole("TIDINGS_PROBE_LOOK_MS", "ms", 60_000, [100, HOUR_MS], "How often a process looks which of them are due: a new one is asked after so long"),
  timeoutMs: whole("TIDINGS_PROBE_TIMEOUT_MS", "ms", 10_000, [100, 120_000], "Time of one such question"),
  atOnceMax: whole("TIDINGS_PROBES_AT_ONCE_MAX", "probes", 4, [1, 100], "Integrations asked at once"),
  perLookMax: whole("TIDINGS_PROBES_PER_LOOK_MAX", "probes", 50, [1, 10_000], "Integrations asked in one look; further ones are the next one's"),
});
