import type { CapBody } from "@tidings/contract/caps";
import type { DailyWindowBody, QuietHours } from "@tidings/contract/quiet-hours";
import type { Cap } from "../../domain/attention.ts";
import type { TimingLevel, TimingRules } from "../../domain/send-time.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Person } from "./person.ts";

/** What one level says of when messages go out, and how often. */
export interface TimingSettings {
  timeZone?: string | undefined;
  quietHours?: QuietHours | undefined;
  sendWindow?: DailyWindowBody | undefined;
  caps?: readonly CapBody[] | undefined;
}

/** What each level says of one message. */
export type TimingLevels = Partial<Record<TimingLevel, TimingSettings | undefined>>;

export function levelsOf(
  { configuration }: { configuration: Pick<Configuration, "category"> },
  { environmentId, category }: { environmentId: number; category: string },
): TimingLevels {
  return { category: configuration.category(environmentId, category)?.document };
}

export function rulesOf({ recipient, tenant, category, environment }: TimingLevels): TimingRules {
  return {
    quietHours: {
      recipient: recipient?.quietHours,
      tenant: tenant?.quietHours,
      category: category?.quietHours,
      environment: environment?.quietHours,
    },
    sendWindow: category?.sendWindow,
  };
}

/** The recipient's time zone, else their tenant's, else the environment's, else UTC. */
export function zoneOf({ tenant, environment }: TimingLevels, { profile }: Pick<Person, "profile">): string {
  return profile.timeZone ?? tenant?.timeZone ?? environment?.timeZone ?? "UTC";
}

const cappedLevels = ["category", "tenant", "environment"] as const;
/** Caps by the list that they stand in, so that messages share them; gone with it. A list belongs to one level. */
const capsByList = new WeakMap<readonly CapBody[], readonly Cap[]>();

/** The caps of all levels: each holds for itself. */
export function capsOf(levels: TimingLevels): readonly Cap[] {
  const lists = cappedLevels.flatMap((level) => {
    const caps = levels[level]?.caps;
    return caps === undefined ? [] : [capsAt(level, caps)];
  });
  return lists.length === 1 ? (lists[0] ?? []) : lists.flat();
}

function capsAt(level: Cap["level"], list: readonly CapBody[]): readonly Cap[] {
  const known = capsByList.get(list);
  if (known !== undefined) return known;
  const caps = list.map((cap): Cap => ({ ...cap, level }));
  capsByList.set(list, caps);
  return caps;
}
