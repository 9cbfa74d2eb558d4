import type { Lane } from "@tidings/contract/words";
import { type EventPayload, sealContext } from "../../../domain/event-payload.ts";
import { TidingsError } from "../../../errors.ts";
import type { DryRunRequest, DryRunResult } from "../../../ports/dry-run.ts";
import type { RecipientRecord } from "../../../ports/store/orchestrate.ts";
import { AudiencePages } from "../audience-pages.ts";
import { planEvent } from "../event-turn.ts";
import { isAtAudience, namedPage } from "../named-page.ts";
import { People } from "../people.ts";
import { PersonCache } from "../person-cache.ts";
import type { EventWork } from "../ports.ts";
import { recentOfEvents } from "../recent-in-sight.ts";
import { tenantsOf } from "../tenants-of-turns.ts";
import type { TurnPage } from "../turn-page.ts";
import type { DryRunDependencies } from "./dependencies.ts";
import { DryTurns } from "./dry-turns.ts";
import type { EventPlace } from "./event-place.ts";
import { LaidOver } from "./laid-over.ts";
import { runsOf } from "./waiting-runs.ts";
import type { World } from "./world.ts";

/** Nobody waits for a dry run as for a message. */
const asideLane = "marketing";
/** What is only tried arrives for nobody. */
const nobody = { awaitedAs: () => [] };

/** Where a turn begins, and whom it has. */
export interface DryTurn {
  place: EventPlace;
  page: TurnPage;
}

/** `next`: where the event's next turn begins; undefined behind the last. */
export type DryTurnResult = DryRunResult & { next: EventPlace | undefined };

/**
 * An event's way through a workflow, by the same plans as the pipeline makes, of which nothing is written: what would be
 * claimed is weighed against what the store has. It goes a page of recipients at a time, as events do. What would wait is followed
 * at once, each turn at the time at which it would be due.
 */
export class DryRun {
  readonly #on: DryRunDependencies;
  readonly #pages: AudiencePages;

  constructor(dependencies: DryRunDependencies) {
    this.#on = dependencies;
    this.#pages = new AudiencePages(dependencies, new PersonCache(0), () => dependencies.limits.recipientsPerTurn);
  }

  /** The page behind a place, of those who are members of topics and segments now; no more than `most` who are named. */
  async next(environmentId: number, to: Audience, place: EventPlace, most?: number): Promise<TurnPage> {
    const walked = { record: { environmentId, ...place }, payload: recipientsOf(to) };
    if (isAtAudience(walked)) return this.#pages.next(walked, asideLane);
    return namedPage(walked, Math.min(this.#on.limits.recipientsPerTurn, most ?? Number.POSITIVE_INFINITY));
  }

  /** `world`: of the dry runs that this one follows. */
  async run(
    environmentId: number,
    request: DryRunRequest,
    { place, page }: DryTurn,
    world: World,
  ): Promise<DryTurnResult> {
    this.#checkData(request);
    const services = { ...this.#on, awaited: nobody, configuration: new LaidOver(this.#on.configuration, request) };
    const lane = services.configuration.laneOf(environmentId, request.workflow.document.category);
    const work = this.#workOf(environmentId, request, lane, { place, page });
    const records = await this.#recordsOf(environmentId, page, lane);
    const people = new People(records, this.#on.keyring, new PersonCache(0));
    const recipientsMax = page.ids.length;
    const tenants = await tenantsOf([work], people, recipientsMax, this.#on.tenants);
    const first = Math.max(request.now, request.event.scheduledAt ?? request.now);
    const recent = await recentOfEvents([work], lane, services);
    const { turn } = planEvent(work, lane, people, recipientsMax, first, { ...services, tenants, recent });
    const turns = new DryTurns(services, environmentId, request, lane, world);
    const { joins, goesOn } = await turns.take(turn, (id) => people.find(environmentId, id));
    await turns.follow(runsOf(turn, joins, goesOn, work.record, records));
    const { progress } = turn;
    const next =
      progress.kind === "continue" ? { cursor: progress.cursor, position: progress.position ?? null } : undefined;
    return { lane, ...turns.result, next };
  }

  /** Those of a topic or a segment were read with their page. */
  async #recordsOf(environmentId: number, page: TurnPage, lane: Lane): Promise<readonly RecipientRecord[]> {
    if (page.position !== undefined) return page.records;
    const { store, limits } = this.#on;
    const records: RecipientRecord[] = [];
    for (let from = 0; from < page.ids.length; from += limits.messagesPerCommit) {
      const keys = page.ids.slice(from, from + limits.messagesPerCommit).map((id) => ({ environmentId, id }));
      records.push(...(await store.loadRecipients({ keys, lane })));
    }
    return records;
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

  #workOf(environmentId: number, request: DryRunRequest, lane: Lane, { place, page }: DryTurn): EventWork {
    const { event, now } = request;
    const payload: EventPayload = { data: event.data, ...recipientsOf(request) };
    if (event.scheduledAt !== undefined) payload.scheduledAt = event.scheduledAt;
    if (event.spread !== undefined) payload.campaign = { spread: event.spread };
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
      ...place,
    };
    return { record, payload, inline: request.inline, page };
  }
}

type Audience = Pick<DryRunRequest, "recipients" | "audiences">;

function recipientsOf({ recipients, audiences }: Audience): Pick<EventPayload, "recipients" | "audiences"> {
  return { recipients: [...recipients], ...(audiences.length === 0 ? {} : { audiences: [...audiences] }) };
}
