import type { CategoryDigest, Frequency } from "@tidings/contract/category-digest";
import type { Channel, Lane } from "@tidings/contract/words";
import { closesAt } from "../../domain/digest-window.ts";
import { sealContext } from "../../domain/event-payload.ts";
import { type DigestScope, preferenceKey, windowOf } from "../../domain/policy/preference-digest.ts";
import { timeOfId } from "../../lib/ids.ts";
import type { Configuration } from "../../ports/configuration.ts";
import type { Ids } from "../../ports/ids.ts";
import type { DigestJoin, NewDecision, NewRun } from "../../ports/store/orchestrate.ts";
import { digestContent, type GatheredRun } from "./digest-content.ts";
import type { OrchestrateLimits } from "./limits.ts";
import type { Person } from "./person.ts";
import type { PolicyServices } from "./policy.ts";
import type { OrchestrateKeyring } from "./ports.ts";
import { levelsOf, zoneOf } from "./timing-levels.ts";

/** A run that joins. */
export interface JoiningRun extends GatheredRun {
  id: string;
  eventId: string;
  now: number;
  tenant: string;
  lane: Lane;
  expiresAt: number | null;
  workflow: { key: string; document: { category: string } };
}

export interface JoinSource extends PolicyServices {
  ids: Ids;
  configuration: Pick<Configuration, "category" | "policy" | "currentTemplate">;
  keyring: Pick<OrchestrateKeyring, "sealForEnvironment">;
  limits: Pick<OrchestrateLimits, "digest">;
}

/** What a message would be that joins a digest of its category in place of going out. */
export interface Joining {
  step: string;
  channel: Channel;
  frequency: Frequency;
  decision: NewDecision;
}

/** How the category gathers on a channel; undefined where it does not, or its template has nothing for the channel. */
export function categoryDigest(
  { configuration }: Pick<JoinSource, "configuration">,
  environmentId: number,
  category: string,
  channel: Channel,
): CategoryDigest | undefined {
  const digest = configuration.category(environmentId, category)?.document.digest;
  if (digest === undefined) return undefined;
  const template = configuration.currentTemplate(environmentId, digest.template);
  return template?.document[channel] === undefined ? undefined : digest;
}

/** The joining of a window that gathers what one recipient is to hear of a category on a channel, by its frequency. */
export function preferenceJoin(
  run: JoiningRun,
  person: Person,
  { step, channel, frequency, decision }: Joining,
  digest: CategoryDigest,
  source: JoinSource,
): DigestJoin {
  const { environmentId, eventId, now, tenant, workflow } = run;
  const { ids, keyring, limits } = source;
  const { category } = workflow.document;
  const scope: DigestScope = { category, channel, frequency };
  const levels = levelsOf(source, { environmentId, category, tenant }, person);
  const end = closesAt(windowOf(frequency, digest), now, zoneOf(levels, person));
  const { sealed: content, bytes } = digestContent(run, keyring, workflow.key);
  return {
    environmentId,
    keyHash: preferenceKey(scope, person.id, tenant),
    runId: run.id,
    eventId,
    at: timeOfId(eventId),
    expiresAt: run.expiresAt,
    content,
    bytes,
    now,
    closesAt: end,
    slides: null,
    eventsMax: Math.min(digest.maxEvents ?? limits.digest.eventsMax, limits.digest.eventsMax),
    bytesMax: limits.digest.bytesMax,
    gatherer: gatherer(
      run,
      person,
      ids.derive(now, "digest", run.id, step, channel),
      end,
      sealedScope(run, scope, keyring),
    ),
    decision,
  };
}

/** The run of the window, which is of no workflow. */
function gatherer(run: JoiningRun, person: Person, id: string, dueAt: number, journal: string): NewRun {
  const { environmentId, eventId, tenant, lane, now } = run;
  return {
    id,
    environmentId,
    eventId,
    workflow: "",
    workflowVersion: 0,
    recipient: person.id,
    tenant,
    lane,
    step: 0,
    dueAt,
    expiresAt: null,
    cancellationHash: null,
    journal,
    createdAt: now,
    effectKey: null,
    gathers: true,
  };
}

const scopesMax = 1000;
/** Scopes as runs carry them, by the keyring that sealed them: a join has one, whether it opens a window or not. */
const sealedScopes = new WeakMap<object, Map<string, string>>();

function sealedScope(
  { environmentId }: JoiningRun,
  scope: DigestScope,
  keyring: Pick<OrchestrateKeyring, "sealForEnvironment">,
): string {
  const scopes = sealedScopes.get(keyring) ?? new Map<string, string>();
  sealedScopes.set(keyring, scopes);
  const name = `${environmentId} ${scope.category} ${scope.channel} ${scope.frequency}`;
  const known = scopes.get(name);
  if (known !== undefined) return known;
  const sealed = keyring.sealForEnvironment(environmentId, sealContext.journal, JSON.stringify(scope));
  if (scopes.size >= scopesMax) scopes.clear();
  scopes.set(name, sealed);
  return sealed;
}
