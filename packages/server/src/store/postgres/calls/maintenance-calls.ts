import type { MaintenanceStore } from "../../../ports/store/maintenance.ts";
import type { ProbeStore } from "../../../ports/store/probes.ts";
import type { PostgresCalls } from "../context.ts";
import { appendMail, findMail, listMail } from "./mail.ts";
import { listProbes, noteAccepted, recordProbe } from "./probes.ts";
import { purgeExpiredKeys } from "./purge-expired-keys.ts";
import { queueDepths } from "./queue-depths.ts";
import { recentSums } from "./recent-sums.ts";

/** What watches over an installation, and keeps it tidy. */
export const maintenanceCalls: Pick<PostgresCalls, keyof (MaintenanceStore & ProbeStore)> = {
  queueDepths,
  recentSums,
  purgeExpiredKeys,
  appendMail,
  listMail,
  findMail,
  recordProbe,
  listProbes,
  noteAccepted,
};
