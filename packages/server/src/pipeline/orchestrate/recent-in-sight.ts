import type { Lane } from "@tidings/contract/words";
import type { WorkflowBody } from "@tidings/contract/workflows";
import type { Recent } from "../../domain/recent-message.ts";
import { lookBackMs, recentStep } from "../../domain/steps/recent-step.ts";
import type { RunRecord } from "../../ports/store/orchestrate.ts";
import type { RecentStore } from "../../ports/store/recent.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";
import { programOf } from "./programs.ts";

/** What recipients were sent of late, looked up before turns are planned. */
export interface RecentInSight {
  /** Undefined where it was not looked up. */
  of(environmentId: number, id: string): Recent | undefined;
}

type Services = Pick<OrchestrateDependencies, "configuration" | "limits"> & { store: RecentStore };

/** Places of the steps that look back, by the document that they stand in, with how far; gone with it. */
const looksOf = new WeakMap<WorkflowBody, readonly { at: number; backMs: number }[]>();

function looks(workflow: WorkflowBody): readonly { at: number; backMs: number }[] {
  const known = looksOf.get(workflow);
  if (known !== undefined) return known;
  const found = programOf(workflow).flatMap((instruction, at) =>
    instruction.op === "step" && instruction.step.type === recentStep.type
      ? [{ at, backMs: lookBackMs(instruction.step) }]
      : [],
  );
  looksOf.set(workflow, found);
  return found;
}

/** How far back the workflow looks from a place on; 0 where it does not. */
function lookBack(workflow: WorkflowBody, from: number): number {
  return looks(workflow).reduce((most, { at, backMs }) => (at >= from ? Math.max(most, backMs) : most), 0);
}

/** For the next turns of events; undefined where no workflow of theirs looks back. */
export async function recentOfEvents(
  works: readonly EventWork[],
  lane: Lane,
  services: Services,
): Promise<RecentInSight | undefined> {
  const wanted = new Wanted();
  for (const { record, payload, page } of works) {
    if (record.kind !== "event") continue;
    const { environmentId, name, cursor } = record;
    const workflows = services.configuration.workflowsFor(environmentId, name);
    const backMs = workflows.reduce((most, { document }) => Math.max(most, lookBack(document, 0)), 0);
    if (backMs === 0) continue;
    const ids = page?.ids ?? payload.recipients.slice(cursor, cursor + services.limits.recipientsPerTurn);
    const since = (payload.scheduledAt ?? record.receivedAt) - backMs;
    for (const id of ids) wanted.add(environmentId, id, since);
  }
  return wanted.look(lane, services);
}

/** For the next turns of runs; undefined where none of them comes to a step that looks back. */
export async function recentOfRuns(
  records: readonly RunRecord[],
  lane: Lane,
  services: Services,
): Promise<RecentInSight | undefined> {
  const wanted = new Wanted();
  for (const record of records) {
    const backMs = await lookBackOf(record, services);
    if (backMs > 0) wanted.add(record.environmentId, record.recipient, record.dueAt - backMs);
  }
  return wanted.look(lane, services);
}

/** 0 where the workflow cannot be read: planning meets that again, and ends the one run. */
async function lookBackOf(
  { environmentId, workflow: key, workflowVersion, step }: RunRecord,
  { configuration }: Pick<Services, "configuration">,
): Promise<number> {
  try {
    const workflow = await configuration.workflowVersion(environmentId, key, workflowVersion);
    return workflow === undefined ? 0 : lookBack(workflow.document, step);
  } catch {
    return 0;
  }
}

class Wanted {
  readonly #keys = new Map<string, { environmentId: number; id: string }>();
  #since = Number.POSITIVE_INFINITY;

  add(environmentId: number, id: string, since: number): void {
    this.#keys.set(nameOf(environmentId, id), { environmentId, id });
    this.#since = Math.min(this.#since, since);
  }

  /** In calls of bounded size. */
  async look(lane: Lane, { store, limits }: Services): Promise<RecentInSight | undefined> {
    if (this.#keys.size === 0) return undefined;
    const names = [...this.#keys.keys()];
    const recipients = [...this.#keys.values()];
    const { messagesMax: perRecipientMax } = limits.recent;
    const looked: Promise<Recent[]>[] = [];
    for (let start = 0; start < recipients.length; start += limits.messagesPerCommit) {
      const some = recipients.slice(start, start + limits.messagesPerCommit);
      looked.push(store.recentMessages({ recipients: some, since: this.#since, perRecipientMax, lane }));
    }
    const all = (await Promise.all(looked)).flat();
    const found = new Map(names.map((name, place) => [name, all[place]]));
    return { of: (environmentId, id) => found.get(nameOf(environmentId, id)) };
  }
}

const nameOf = (environmentId: number, id: string): string => `${environmentId}:${id}`;
