import type { PreferencesBody } from "@tidings/contract/preferences";
import type { ChangedChoice } from "@tidings/contract/recipient-webhooks";
import { channels } from "@tidings/contract/words";
import { canonicalJson } from "../canonical-json.ts";

const places = [...channels, "all"] as const;
const scopes = [
  ["category", "categories"],
  ["workflow", "workflows"],
  ["tenant", "tenants"],
] as const;

/** Choices that are others than before, in the order of scopes and keys. */
export function changedChoices(before: PreferencesBody, after: PreferencesBody): ChangedChoice[] {
  const changed = changedIn({ scope: "all" }, before.all, after.all);
  for (const [scope, field] of scopes) {
    const [was, is] = [before[field] ?? {}, after[field] ?? {}];
    const keys = new Set([...Object.keys(was), ...Object.keys(is)]);
    for (const key of [...keys].sort()) changed.push(...changedIn({ scope, key }, own(was, key), own(is, key)));
  }
  return changed;
}

/** Whether anything is: the order of channels and quiet hours too. */
export function areOthers(before: PreferencesBody, after: PreferencesBody): boolean {
  return canonicalJson(before) !== canonicalJson(after);
}

type Settings = NonNullable<PreferencesBody["all"]>;

function own(settings: Readonly<Record<string, Settings>>, key: string): Settings | undefined {
  return Object.hasOwn(settings, key) ? settings[key] : undefined;
}

function changedIn(
  at: Pick<ChangedChoice, "scope" | "key">,
  before: Settings = {},
  after: Settings = {},
): ChangedChoice[] {
  return places.flatMap((channel) => {
    const [was, is] = [before[channel], after[channel]];
    if (canonicalJson(was ?? null) === canonicalJson(is ?? null)) return [];
    return [{ ...at, channel, ...(is === undefined ? {} : { choice: is }) }];
  });
}
