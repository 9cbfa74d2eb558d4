import { type EventPayload, sealContext } from "../../../domain/event-payload.ts";
import { TidingsError } from "../../../errors.ts";
import type { DryRunRequest, DryRunResult, DryRuns } from "../../../ports/dry-run.ts";
import { planEvent } from "../event-turn.ts";
import { People } from "../people.ts";
import { PersonCache } from "../person-cache.ts";
import type { EventWork } from "../ports.ts";
import { recentOfEvents } from "../recent-in-sight.ts";
import { tenantsOf } from "../tenants-of-turns.ts";
import type { DryRunDependencies } from "./dependencies.ts";
import { DryTurns } from "./dry-turns.ts";
import { LaidOver } from "./laid-over.ts";
import { runsOf } from "./waiting-runs.ts";
import { World } from "./world.ts";

/** What is only tried arrives for nobody. */
const nobody = { awaitedAs: () => [] };

/**
 * An event's way through a workflow, by the same plans as the pipeline makes, of which nothing is written: what would be
 * claimed is weighed against what the store has. What would wait is followed at once, each turn at the time at which it would be due.
 */
export class DryRun implements DryRuns {
  readonly #on: DryRunDependencies;

  constructor(dependencies: DryRunDependencies) {
    this.#on = dependencies;
  }

  /** `world`: of the dry runs that this one follows. */
  async run(
    environmentId: number,
    request: DryRunRequest,
    world = new World({ isApart: false }),
  ): Promise<DryRunResult> {
    this.#checkData(request);
    const { store, keyring, limits } = this.#on;
    const services = { ...this.#on, awaited: nobody, configuration: new LaidOver(this.#on.configuration, request) };
    const lane = services.configuration.laneOf(environmentId, request.workflow.document.category);
    const work = this.#workOf(environmentId, request, lane);
    const records = [];
    for (let from = 0; from < request.recipients.length; from += limits.messagesPerCommit) {
      const keys = request.recipients.slice(from, from + limits.messagesPerCommit).map((id) => ({ environmentId, id }));
      records.push(...(await store.loadRecipients({ keys, lane })));
    }
    const people = new People(records, keyring, new PersonCache(0));
    const recipientsMax = request.recipients.length;
    const tenants = await tenantsOf([work], people, recipientsMax, this.#on.tenants);
    const first = Math.max(request.now, request.event.scheduledAt ?? request.now);
    const recent = await recentOfEvents([work], lane, services);
    const { turn } = planEvent(work, lane, people, recipientsMax, first, { ...services, tenants, recent });
    const turns = new DryTurns(services, environmentId, request, lane, world);
    const { joins, goesOn } = await turns.take(turn, (id) => people.find(environmentId, id));
    await turns.follow(runsOf(turn, joins, goesOn, work.record, records));
    return { lane, outcomes: turns.outcomes, assumed: turns.assumed };
  }

  #checkData({ workflow, event }: DryRunRequest): void {
    const { data: schema } = workflow.document;
    const faults = schema === undefined ? [] : this.#on.dataSchemas.dataFaults(schema, event.data);
    if (faults.length === 0) return;
    throw new TidingsError("validation_failed", {
      faults: faults.map(({ path, message }) => ({
        path: path === "" || path.startsWith("[") ? `data${path}` : `data.${path}`,
        message,
      })),
    });
  }

  #workOf(environmentId: number, request: DryRunRequest, lane: EventWork["record"]["lane"]): EventWork {
    const { event, now } = request;
    const payload: EventPayload = { data: event.data, recipients: [...request.recipients] };
    if (event.scheduledAt !== undefined) payload.scheduledAt = event.scheduledAt;
    const record: EventWork["record"] = {
      id: event.id ?? this.#on.ids.next(),
      environmentId,
      kind: "event",
      name: event.name,
      tenant: event.tenant,
      lane,
      receivedAt: now,
      dueAt: now,
      expiresAt: event.expiresAt,
      cancellationHash: null,
      generation: 0,
      payload: this.#on.keyring.sealForEnvironment(environmentId, sealContext.payload, JSON.stringify(payload)),
      inline: null,
      trace: null,
      cursor: 0,
      position: null,
    };
    return { record, payload, inline: request.inline };
  }
}
