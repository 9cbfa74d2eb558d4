import type {
  ChannelSettings,
  Choice,
  PreferencesBody,
  Setting,
  TenantPreferences,
} from "@tidings/contract/preferences";
import type { Subject } from "./choices.ts";

/** All that may have been chosen, by whom. */
export interface Sources {
  recipient: PreferencesBody;
  tenant: TenantPreferences | undefined;
  category: ChannelSettings | undefined;
  environment: ChannelSettings | undefined;
}

/** Names of the places in which a setting may stand, most telling first; a decision names the one that decided. */
export type PreferenceRule =
  | "recipient_workflow"
  | "recipient_category"
  | "recipient_tenant"
  | "recipient_environment"
  | "tenant_workflow"
  | "tenant_category"
  | "tenant_environment"
  | "category_default"
  | "environment_default"
  | "built_in_default";

type Place = readonly [PreferenceRule, (sources: Sources, subject: Subject) => ChannelSettings | undefined];

/** The order in which settings are asked. In each place a named channel comes before all channels. */
const places: readonly Place[] = [
  ["recipient_workflow", ({ recipient }, { workflow }) => of(recipient.workflows, workflow)],
  ["recipient_category", ({ recipient }, { category }) => of(recipient.categories, category)],
  ["recipient_tenant", ({ recipient }, { tenant }) => of(recipient.tenants, tenant)],
  ["recipient_environment", ({ recipient }) => recipient.all],
  ["tenant_workflow", ({ tenant }, { workflow }) => of(tenant?.workflows, workflow)],
  ["tenant_category", ({ tenant }, { category }) => of(tenant?.categories, category)],
  ["tenant_environment", ({ tenant }) => tenant?.all],
  ["category_default", ({ category }) => category],
  ["environment_default", ({ environment }) => environment],
];

function of<Value>(settings: Readonly<Record<string, Value>> | undefined, key: string): Value | undefined {
  return settings !== undefined && Object.hasOwn(settings, key) ? settings[key] : undefined;
}

export interface Preference {
  setting: Setting;
  rule: PreferenceRule;
}

/** What holds for a message: the first setting, in the order of precedence, whose condition holds where it has one. */
export function preferenceFor(
  sources: Sources,
  subject: Subject,
  conditionHolds: (choice: Exclude<Choice, string>) => boolean,
): Preference {
  for (const [rule, settingsOf] of places) {
    const settings = settingsOf(sources, subject);
    if (settings === undefined) continue;
    for (const choice of [settings[subject.channel], settings.all]) {
      if (choice === undefined) continue;
      if (typeof choice === "string") return { setting: choice, rule };
      if (conditionHolds(choice)) return { setting: choice.setting, rule };
    }
  }
  return { setting: "on", rule: "built_in_default" };
}
