import type { CapBody } from "@tidings/contract/caps";
import type { DailyWindowBody, QuietHours } from "@tidings/contract/quiet-hours";
import type { Cap } from "../../domain/attention.ts";
import type { TimingLevel, TimingRules } from "../../domain/send-time.ts";
import type { Person } from "./person.ts";
import type { PolicyServices } from "./policy.ts";

/** What one level says of when messages go out, and how often. */
export interface TimingSettings {
  timeZone?: string | undefined;
  quietHours?: QuietHours | undefined;
  sendWindow?: DailyWindowBody | undefined;
  caps?: readonly CapBody[] | undefined;
}

/** What each level says of one message. */
export type TimingLevels = Partial<Record<TimingLevel, TimingSettings | undefined>>;

export type LevelsSource = PolicyServices;

/** What a message is of, as far as levels ask. */
export interface Levelled {
  environmentId: number;
  category: string;
  /** Empty for none. */
  tenant: string;
}

export function levelsOf(
  { configuration, tenants }: LevelsSource,
  { environmentId, category, tenant }: Levelled,
  { choices }: Pick<Person, "choices">,
): TimingLevels {
  return {
    recipient: choices.preferences,
    tenant: tenant === "" ? undefined : tenants.find(environmentId, tenant),
    category: configuration.category(environmentId, category)?.document,
    environment: configuration.policy(environmentId)?.document,
  };
}

/** Those of the last message: most of a turn have the same, which then crosses threads once. */
let lastRules: TimingRules = { quietHours: {}, sendWindow: undefined };

export function rulesOf({ recipient, tenant, category, environment }: TimingLevels): TimingRules {
  const { quietHours, sendWindow } = lastRules;
  const isSame =
    quietHours.recipient === recipient?.quietHours &&
    quietHours.tenant === tenant?.quietHours &&
    quietHours.category === category?.quietHours &&
    quietHours.environment === environment?.quietHours &&
    sendWindow === category?.sendWindow;
  if (isSame) return lastRules;
  lastRules = {
    quietHours: {
      recipient: recipient?.quietHours,
      tenant: tenant?.quietHours,
      category: category?.quietHours,
      environment: environment?.quietHours,
    },
    sendWindow: category?.sendWindow,
  };
  return lastRules;
}

/** The recipient's time zone, else their tenant's, else the environment's, else UTC. */
export function zoneOf({ tenant, environment }: TimingLevels, { profile }: Pick<Person, "profile">): string {
  return profile.timeZone ?? tenant?.timeZone ?? environment?.timeZone ?? "UTC";
}

const cappedLevels = ["category", "tenant", "environment"] as const;
/** Caps by the list that they stand in, so that messages share them; gone with it. A list belongs to one level. */
const capsByList = new WeakMap<readonly CapBody[], readonly Cap[]>();

const noCaps: readonly Cap[] = [];
/** Lists of two levels in one, by both; gone with them. */
const joinedLists = new WeakMap<readonly Cap[], WeakMap<readonly Cap[], readonly Cap[]>>();

/** The caps of all levels: each holds for itself. One list for all messages of the same levels: it crosses threads once a call. */
export function capsOf(levels: TimingLevels): readonly Cap[] {
  let all = noCaps;
  for (const level of cappedLevels) {
    const caps = levels[level]?.caps;
    if (caps !== undefined) all = all.length === 0 ? capsAt(level, caps) : joined(all, capsAt(level, caps));
  }
  return all;
}

function joined(first: readonly Cap[], second: readonly Cap[]): readonly Cap[] {
  let lists = joinedLists.get(first);
  if (lists === undefined) {
    lists = new WeakMap();
    joinedLists.set(first, lists);
  }
  let list = lists.get(second);
  if (list === undefined) {
    list = [...first, ...second];
    lists.set(second, list);
  }
  return list;
}

function capsAt(level: Cap["level"], list: readonly CapBody[]): readonly Cap[] {
  const known = capsByList.get(list);
  if (known !== undefined) return known;
  const caps = list.map((cap): Cap => ({ ...cap, level }));
  capsByList.set(list, caps);
  return caps;
}
