import { type CategoryBody, categoryBodySchema } from "@tidings/contract/categories";
import { limits } from "@tidings/contract/limits";
import type { PolicyBody } from "@tidings/contract/policies";
import type { Setting, TenantPreferences } from "@tidings/contract/preferences";
import { tenantBodySchema } from "@tidings/contract/tenants";
import type { Channel, Lane } from "@tidings/contract/words";
import { sealContext } from "../../domain/event-payload.ts";
import { type Choices, noChoices, parseChoices } from "../../domain/policy/choices.ts";
import { consentFor, isConfirmed } from "../../domain/policy/consent.ts";
import { jurisdictionFor } from "../../domain/policy/jurisdictions.ts";
import { preferenceFor } from "../../domain/policy/precedence.ts";
import { parseProfile, parseSecrets } from "../../domain/recipient-view.ts";
import type { SuppressionRow } from "../../domain/suppression.ts";
import type { RecipientRecord } from "../../ports/store/orchestrate.ts";
import type { ApiDependencies } from "../dependencies.ts";
import type { OpenedLink } from "./link.ts";
import { policyOf } from "./policy-in-force.ts";

/** Categories that a page shows, no more than somebody may choose for; addresses of one channel that it asks about, and suppressions of one that are read. */
const categoriesMax = limits.choicesPerScope;
const addressesMax = 20;
const suppressionsMax = 1000;

export type CentreDependencies = Pick<
  ApiDependencies,
  "store" | "configuration" | "clock" | "keyring" | "ids" | "ingest"
>;

/** What is in force for a category on a channel. `stopped`: by what is not for the recipient to undo here. */
export interface ShownChoice {
  channel: Channel;
  setting: Setting | "stopped";
}

export interface ShownCategory {
  key: string;
  name: string;
  description: string;
  lane: Lane;
  /** Empty for what is critical: there is nothing to choose. */
  choices: readonly ShownChoice[];
}

export interface Centre {
  categories: readonly ShownCategory[];
  /** Addresses of the recipient by channel, as hashes, with the link's own in front. */
  addresses: ReadonlyMap<Channel, readonly string[]>;
  /** Whether there is a recipient to keep choices for. */
  isKnown: boolean;
}

/** All that the choices of the link's recipient come to now. */
export async function centreOf(dependencies: CentreDependencies, { token }: OpenedLink): Promise<Centre> {
  const { store, configuration } = dependencies;
  const { environmentId, recipient: id, tenant: key } = token;
  const [rows, policy, [record], tenant] = await Promise.all([
    configuration.store.listConfiguration({ environmentId, kind: "category", after: "", limit: categoriesMax }),
    policyOf(dependencies, environmentId),
    id === "" ? [] : store.loadRecipients({ keys: [{ environmentId, id }], lane: "transactional" }),
    key === "" ? undefined : store.getTenant({ environmentId, key }),
  ]);
  const addresses = addressesOf(dependencies, token, record);
  const suppressed = await suppressionsOf(dependencies, environmentId, addresses);
  const asked: Asked = {
    policy,
    suppressed,
    tenant: token.tenant,
    tenantPreferences: tenant && tenantBodySchema.parse(JSON.parse(tenant.document)).preferences,
    choices: record === undefined ? noChoices : parseChoices(record.choices),
    country: (record && parseProfile(record.profile).country) ?? policy.defaultCountry,
  };
  const categories = rows.map((row): ShownCategory => {
    const body = categoryBodySchema.parse(JSON.parse(row.document));
    const { name = row.key, description = "", class: lane } = body;
    const shown = lane === "critical" ? [] : [...addresses.keys()];
    const choices = shown.map((channel) => ({ channel, setting: settingOf(asked, row.key, body, channel) }));
    return { key: row.key, name, description, lane, choices };
  });
  return { categories, addresses, isKnown: record !== undefined };
}

interface Asked {
  policy: PolicyBody;
  suppressed: ReadonlyMap<Channel, readonly (readonly SuppressionRow[])[]>;
  tenant: string;
  tenantPreferences: TenantPreferences | undefined;
  choices: Choices;
  country: string | undefined;
}

/** A choice that holds under a condition is shown as if that held. */
function settingOf(asked: Asked, category: string, body: CategoryBody, channel: Channel): ShownChoice["setting"] {
  const { policy, choices, country, tenant, tenantPreferences } = asked;
  const found = asked.suppressed.get(channel) ?? [];
  const isStopped = (rows: readonly SuppressionRow[]) =>
    rows.some(({ scope, value }) => scope === "everything" || (scope === "class" && value === body.class));
  if (found.length > 0 && found.every(isStopped)) return "stopped";
  const isLeft = (rows: readonly SuppressionRow[]) =>
    rows.some(({ scope, value }) => scope === "category" && value === category);
  if (found.length > 0 && found.every((rows) => isStopped(rows) || isLeft(rows))) return "off";
  const subject = { channel, category, class: body.class };
  const consent = consentFor(choices.consents, subject);
  if (consent?.action === "withdrawn") return "off";
  const law = jurisdictionFor(policy.jurisdictions ?? [], { ...subject, country });
  if (law?.rule === "opt_in") {
    if (consent === undefined) return "off";
    if (law.doubleOptIn === true && !isConfirmed(choices.consents, subject)) return "off";
  }
  const sources = {
    recipient: choices.preferences,
    tenant: tenantPreferences,
    category: body.preferences,
    environment: policy.preferences,
  };
  return preferenceFor(sources, { channel, category, workflow: "", tenant }, () => true).setting;
}

function addressesOf(
  { keyring }: CentreDependencies,
  { channel, addressHash }: OpenedLink["token"],
  record: RecipientRecord | undefined,
): Map<Channel, string[]> {
  const found = new Map<Channel, string[]>([[channel, [addressHash]]]);
  if (record === undefined) return found;
  const opened = keyring.unsealForRecipient(record.wrappedKey, sealContext.recipient, record.sealed);
  for (const address of parseSecrets(opened).addresses) {
    // A program has no wishes.
    if (address.channel === "webhook") continue;
    const own = found.get(address.channel) ?? [];
    if (!own.includes(address.hash) && own.length < addressesMax) own.push(address.hash);
    found.set(address.channel, own);
  }
  return found;
}

/** By channel, for each address. */
async function suppressionsOf(
  { store }: CentreDependencies,
  environmentId: number,
  addresses: ReadonlyMap<Channel, readonly string[]>,
): Promise<Map<Channel, SuppressionRow[][]>> {
  const asked = { environmentId, after: undefined, limit: suppressionsMax };
  const found = [...addresses].map(async ([channel, hashes]): Promise<[Channel, SuppressionRow[][]]> => {
    const pages = hashes.map((addressHash) => store.listSuppressions({ ...asked, channel, addressHash }));
    return [channel, (await Promise.all(pages)).map(({ items }) => items)];
  });
  return new Map(await Promise.all(found));
}
