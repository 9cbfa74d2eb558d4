import type { Delivery } from "../../domain/delivery.ts";
import { openPayload } from "../../domain/event-payload.ts";
import { planRun } from "../../domain/run-plan.ts";
import { timeOfId } from "../../lib/ids.ts";
import type { GatheredWindow, WindowEnd } from "../../ports/store/digests.ts";
import type { RunProgress, RunRecord, RunTurn } from "../../ports/store/orchestrate.ts";
import { closeDigest, closed } from "./close-digest.ts";
import { closePreferenceDigest } from "./close-preference-digest.ts";
import { withDerived } from "./derived-claim.ts";
import { derivedEvents } from "./derived-events.ts";
import { digestJoin } from "./digest-join.ts";
import { watchedBy, watchingRun, withFallback } from "./fallback-watch.ts";
import { openRun, type RunServices } from "./open-run.ts";
import { sealedResults, withResults } from "./plan-results.ts";
import { programOf } from "./programs.ts";
import type { RecentInSight } from "./recent-in-sight.ts";
import { outputOf } from "./run-output.ts";
import { progressOf } from "./run-progress.ts";
import { LoadedTenants } from "./tenants-in-sight.ts";
import { throttleClaims } from "./throttle-claims.ts";
import type { Traceable } from "./turn-spans.ts";
import { withArrival } from "./waiting.ts";
import { zoneOfRun } from "./zone-of-run.ts";

export interface PlannedRunTurn extends Traceable {
  turn: RunTurn;
  deliveries: Delivery[];
}

/** Plans the next turn of a run that has waited. Where it comes to an effect, that is only noted: nothing is asked for in a turn. */
export async function planRunTurn(
  record: RunRecord,
  now: number,
  services: RunServices & { recent?: RecentInSight | undefined },
): Promise<PlannedRunTurn> {
  if (record.window !== null && record.workflow === "") return closePreference(record, record.window, now, services);
  const opened = await openRun(record, now, services);
  if (opened.status === "ends") return { turn: runTurn(record, now, opened), deliveries: [] };
  const run = record.wait === null ? opened : withArrival(record, record.wait, opened, services);
  if (record.window !== null)
    return { turn: runTurn(record, now, closeDigest(record, record.window, run, services)), deliveries: [] };
  const { person } = run;
  const tenants = new LoadedTenants(services.tenants);
  await tenants.add(record.environmentId, [run.frame.tenant]);
  const known = {
    ...run.facts,
    recent: services.recent?.of(record.environmentId, record.recipient),
    watched: watchedBy(record, run.frame.workflow.document),
    zone: () => zoneOfRun(run.frame, person, { ...services, tenants }),
  };
  const plan = planRun(programOf(run.frame.workflow.document), record.step, known, services.steps);
  // What its wait came to is journalled with what the turn makes of it.
  if (record.wait !== null) plan.journal ??= known.journal;
  const frame = withResults(withFallback(run.frame, record, plan), plan);
  const facts = withResults(known, plan);
  const {
    deliveries,
    joins: preferred,
    watches,
    ...output
  } = outputOf(frame, person, plan, facts, { ...services, tenants });
  if (services.lookBack.looksBack(record.environmentId)) for (const message of output.messages) message.recalled = true;
  const payload = openPayload(record.event, record.environmentId, services.keyring);
  const { audiences, campaign } = payload;
  if (audiences !== undefined || campaign !== undefined) for (const message of output.messages) message.expanded = true;
  const own =
    plan.end.kind === "gather"
      ? [digestJoin(frame, person, plan.end, timeOfId(record.event.id), { ...services, tenants })]
      : [];
  const joins = [...preferred, ...own];
  const { tenant, generation = 0, descent } = record.event;
  const from = { tenant, generation, descent, cancellationHash: record.cancellationHash, payload };
  const derived = derivedEvents({ frame, recipient: record.recipient, facts, from }, plan.events, services);
  const decisions = [...output.decisions, ...derived.decisions];
  const throttles = throttleClaims(frame, record.recipient, plan.throttles);
  const journal = sealedResults(plan, record.environmentId, services.keyring) ?? record.journal;
  const progress = progressOf({ ...record, journal }, frame, plan.end, now);
  const runs = watches.map((left) => watchingRun(frame, person.id, left, record, services.keyring));
  const turn = runTurn(record, now, { ...output, decisions, progress, throttles, joins, runs });
  return { turn: withDerived(record, turn, derived.events, services.limits), deliveries };
}

/** The run of a window that gathers for a preference is of no workflow, and ends when it closes. */
async function closePreference(
  record: RunRecord,
  window: GatheredWindow,
  now: number,
  services: RunServices,
): Promise<PlannedRunTurn> {
  const tenants = new LoadedTenants(services.tenants);
  await tenants.add(record.environmentId, [record.tenant]);
  const { deliveries, ...made } = closePreferenceDigest(record, window, now, { ...services, tenants });
  return { turn: runTurn(record, now, made), deliveries };
}

type Made = Pick<RunTurn, "progress"> &
  Partial<Pick<RunTurn, "runs" | "throttles" | "joins" | "window" | "messages" | "decisions">>;

/** A turn of the run that makes this, and nothing where it is silent. */
export function runTurn(record: RunRecord, now: number, made: Made): RunTurn {
  const { id: runId, environmentId, event, step } = record;
  const { progress, throttles = [], joins = [], messages = [], decisions = [], runs = [] } = made;
  const of = {
    runId,
    environmentId,
    eventId: event.id,
    step,
    ofEffect: record.effect !== null,
    now,
    ...waitOf(record),
  };
  return {
    ...of,
    progress,
    throttles,
    joins,
    window: made.window ?? endOf(record, progress),
    messages,
    decisions,
    ...(runs.length === 0 ? {} : { runs }),
  };
}

/** A turn is lost where something has arrived for its run meanwhile, or a message that it watches has ended. */
function waitOf({ wait, watch }: RunRecord): Pick<RunTurn, "arrivedEventId"> {
  if (watch !== null) return { arrivedEventId: watch.told };
  return wait === null ? {} : { arrivedEventId: wait.rowEventId };
}

/** A run that ends takes its window with it, but one that died keeps what it has gathered. */
function endOf(record: RunRecord, progress: RunProgress): WindowEnd | null {
  if (record.window === null) return null;
  return progress.kind === "dead" ? { kind: "seal" } : closed(record.window, record);
}

/** A turn for a run that cannot be planned: it ends where someone sees it. */
export function deadRunTurn(record: RunRecord, now: number, detail: string): PlannedRunTurn {
  return {
    turn: runTurn(record, now, { progress: { kind: "dead", reason: "orchestration_failed", detail } }),
    deliveries: [],
  };
}
