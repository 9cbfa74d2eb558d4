import { limits } from "@tidings/contract/limits";
import {
  type PauseView,
  pauseBodySchema,
  pauseKeySchema,
  pauseQuerySchema,
  pauseTenantQuerySchema,
} from "@tidings/contract/pauses";
import type { FastifyRequest } from "fastify";
import { nameOf, type PauseName } from "../domain/pause.ts";
import { TidingsError } from "../errors.ts";
import type { PauseRow, PauseStore } from "../ports/store/pauses.ts";
import { cursorOf, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, parameter, valid } from "./validation.ts";
import { iso, isoOrNone, orNone } from "./views.ts";

type PauseDependencies = Pick<ApiDependencies, "store" | "configuration" | "clock" | "ids" | "broadcast" | "refresh">;

const position = /^[a-z]{1,20} [A-Za-z0-9._-]{1,100} [A-Za-z0-9._-]{0,100}$/;

/** `/v1/pauses`: what goes out no more for now, and how much waits for it. */
export function pauseHandlers(dependencies: PauseDependencies): Handlers {
  const { store, clock, ids, broadcast, refresh } = dependencies;
  /** In force in this process with the answer, and in others as soon as they hear of it. */
  const tell = async () => {
    broadcast.publish("configuration");
    await refresh();
  };
  return {
    listPauses: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pauseQuerySchema, request.query);
      const after = positionOf(cursor, position);
      const named = [...(await byName(store, environmentId))].filter(([name]) => name > after);
      const page = named.slice(0, limit);
      const items: PauseView[] = [];
      // One after the other: a count may be long, and others are to have their turn between two.
      for (const [, rows] of page) items.push(await counted(store, rows));
      const last = page.at(-1);
      return { items, nextCursor: last === undefined || page.length === named.length ? undefined : cursorOf(last[0]) };
    },

    putPause: async (request, { environmentId }) => {
      const name = nameIn(request);
      const { reason = "", until } = body(pauseBodySchema, request);
      const now = clock.now();
      const untilMs = until === undefined ? null : Date.parse(until);
      if (untilMs !== null && untilMs <= now) refuse("until", "must be in the future");
      await requireKnown(dependencies, environmentId, name);
      const pausesMax = limits.pausesPerEnvironment;
      const input = { environmentId, ...name, id: ids.next(), reason, until: untilMs, now, pausesMax };
      const row = await store.putPause(input);
      if (row === undefined) return refuse("", `an environment has at most ${pausesMax} pauses`);
      await tell();
      return counted(store, (await byName(store, environmentId)).get(nameOf(name)) ?? [row]);
    },

    deletePause: async (request, { environmentId }) => {
      const name = nameIn(request);
      const rows = (await byName(store, environmentId)).get(nameOf(name)) ?? [];
      const { waiting, waitingIsBound } = await waitingFor(store, rows);
      const row = await store.endPause({ environmentId, ...name, now: clock.now() });
      if (row === undefined) throw new TidingsError("not_found");
      await tell();
      return { ...pauseView(row), waiting, waitingIsBound };
    },
  };
}

function nameIn(request: FastifyRequest): PauseName {
  const { kind, key } = valid(pauseKeySchema, { kind: parameter(request, "kind"), key: parameter(request, "key") });
  const { tenant = "" } = valid(pauseTenantQuerySchema, request.query);
  return { kind, key, tenant };
}

/** A slip of the pen would pause nothing, and look as if it did. What was deleted may still have messages under way. */
async function requireKnown(
  { configuration }: PauseDependencies,
  environmentId: number,
  { kind, key }: PauseName,
): Promise<void> {
  const document = kind === "marketing" ? "integration" : kind;
  if (document !== "integration" && document !== "workflow") return;
  const of = { environmentId, kind: document, key, before: Number.MAX_SAFE_INTEGER, limit: 1 } as const;
  const versions = await configuration.store.listConfigurationVersions(of);
  if (versions.length === 0) refuse("key", `there is no ${document} of that key`);
}

function refuse(path: string, message: string): never {
  throw new TidingsError("validation_failed", { faults: [{ path, message }] });
}

/** Of one name there may be several rows: one in force, and others that have ended and still let go what they kept. */
async function byName(store: PauseStore, environmentId: number): Promise<Map<string, PauseRow[]>> {
  const named = new Map<string, PauseRow[]>();
  for (const row of await store.listPauses({ environmentId })) {
    const name = nameOf(row);
    named.set(name, [...(named.get(name) ?? []), row]);
  }
  return named;
}

async function waitingFor(store: PauseStore, rows: readonly PauseRow[]) {
  const countMax = limits.countedPerPause;
  let waiting = 0;
  for (const { id } of rows)
    if (waiting < countMax) waiting += await store.countHeld({ pauseId: id, countMax: countMax - waiting });
  return { waiting, waitingIsBound: waiting >= countMax };
}

/** The first row speaks for all: it is in force, where one is. */
async function counted(store: PauseStore, rows: readonly PauseRow[]): Promise<PauseView> {
  const [first] = rows;
  if (first === undefined) throw new TidingsError("not_found");
  return { ...pauseView(first), ...(await waitingFor(store, rows)) };
}

function pauseView({ kind, key, tenant, reason, createdAt, until, endedAt }: PauseRow) {
  return {
    kind,
    key,
    tenant: orNone(tenant),
    state: endedAt === null ? ("paused" as const) : ("resuming" as const),
    reason: orNone(reason),
    createdAt: iso(createdAt),
    until: isoOrNone(until),
    resumedAt: isoOrNone(endedAt),
  };
}
