import type { Command } from "./command.ts";
import { campaigns } from "./commands/campaigns.ts";
import { deadLetters } from "./commands/dead-letters.ts";
import { doctor } from "./commands/doctor.ts";
import { doctorDomain } from "./commands/doctor-domain.ts";
import { dryRun } from "./commands/dry-run.ts";
import { keys } from "./commands/keys.ts";
import { migrateStore } from "./commands/migrate-store.ts";
import { pauses } from "./commands/pauses.ts";
import { preview } from "./commands/preview.ts";
import { promote } from "./commands/promote.ts";
import { pull } from "./commands/pull.ts";
import { push } from "./commands/push.ts";
import { replays } from "./commands/replays.ts";
import { schemas } from "./commands/schemas.ts";
import { segments } from "./commands/segments.ts";
import { send } from "./commands/send.ts";
import { start } from "./commands/start.ts";
import { stats } from "./commands/stats.ts";
import { status } from "./commands/status.ts";
import { suppressions } from "./commands/suppressions.ts";
import { tail } from "./commands/tail.ts";
import { versions } from "./commands/versions.ts";
import { why } from "./commands/why.ts";

/** All commands, in the order of help and reference. */
export const commands: readonly Command[] = [
  start,
  push,
  pull,
  promote,
  ...versions,
  preview,
  dryRun,
  schemas,
  send,
  tail,
  why,
  status,
  ...pauses,
  stats,
  ...deadLetters,
  ...segments,
  ...campaigns,
  ...replays,
  ...suppressions,
  ...keys,
  migrateStore,
  doctor,
  doctorDomain,
];
