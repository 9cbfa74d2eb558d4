import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { type WebhookBody, webhookBodySchema, webhookRotateBodySchema } from "@tidings/contract/webhooks";
import { sealContext } from "../domain/event-payload.ts";
import { parseWebhookSecrets, rotated, type WebhookSecrets } from "../domain/webhook.ts";
import { TidingsError } from "../errors.ts";
import type { Random } from "../ports/random.ts";
import type { WebhookRow, WebhookWrite } from "../ports/store/webhooks.ts";
import { cursorOf, idPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, idParameter, valid } from "./validation.ts";
import { secretView, webhookView } from "./webhook-views.ts";

const dayMs = 86_400_000;
/** Standard Webhooks 1.0.0: 24 to 64 bytes. */
const secretBytes = 32;

export type WebhookApiDependencies = Pick<ApiDependencies, "store" | "clock" | "ids" | "random" | "keyring"> & {
  limits: Pick<ApiDependencies["limits"], "webhooksMax">;
};

/** `/v1/webhooks`: endpoints and their secrets. */
export function webhookHandlers(dependencies: WebhookApiDependencies): Handlers {
  const { store, clock, ids, random } = dependencies;
  const endpoints = new Endpoints(dependencies);
  return {
    listWebhooks: async (request, { environmentId }) => {
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const rows = await store.listWebhooks({ environmentId, after: positionOf(cursor, idPosition), limit });
      const last = rows.at(-1);
      return {
        items: rows.map((row) => webhookView(row, endpoints.open(row).url)),
        nextCursor: last === undefined || rows.length < limit ? undefined : cursorOf(last.id),
      };
    },

    createWebhook: async (request, { environmentId }) => {
      const given = body(webhookBodySchema, request);
      const secret = newSecret(random);
      const secrets = { url: given.url, secrets: [{ secret, until: null }] };
      const write = writeOf({ id: ids.next(), environmentId }, given, endpoints.seal(environmentId, secrets));
      const endpointsMax = dependencies.limits.webhooksMax;
      const row = await store.createWebhook({ ...write, now: clock.now(), endpointsMax });
      if (row === undefined) {
        const message = `an environment has at most ${endpointsMax} webhooks`;
        throw new TidingsError("validation_failed", { faults: [{ path: "", message }] });
      }
      return { ...webhookView(row, given.url), secret };
    },

    getWebhook: async (request, { environmentId }) => {
      const row = await endpoints.find(environmentId, idParameter(request));
      return webhookView(row, endpoints.open(row).url);
    },

    putWebhook: async (request, { environmentId }) => {
      const given = body(webhookBodySchema, request);
      const before = await endpoints.find(environmentId, idParameter(request));
      const { secrets } = endpoints.open(before);
      const write = writeOf(before, given, endpoints.seal(environmentId, { url: given.url, secrets }));
      return webhookView(await endpoints.put(write, before.version), given.url);
    },

    deleteWebhook: async (request, { environmentId }) => {
      if (!(await store.deleteWebhook({ environmentId, id: idParameter(request) })))
        throw new TidingsError("not_found");
    },

    getWebhookSecret: async (request, { environmentId }) =>
      secretView(endpoints.open(await endpoints.find(environmentId, idParameter(request))), clock.now()),

    rotateWebhookSecret: async (request, { environmentId }) => {
      const given = request.body === undefined ? {} : body(webhookRotateBodySchema, request);
      const validMs = given.previousValidSeconds === undefined ? dayMs : given.previousValidSeconds * 1000;
      const before = await endpoints.find(environmentId, idParameter(request));
      const now = clock.now();
      const secrets = rotated(endpoints.open(before), newSecret(random), now, now + validMs);
      await endpoints.put({ ...before, sealed: endpoints.seal(environmentId, secrets) }, before.version);
      return secretView(secrets, now);
    },
  };
}

function newSecret(random: Random): string {
  return `whsec_${random.bytes(secretBytes).toString("base64")}`;
}

function writeOf(
  { id, environmentId }: Pick<WebhookWrite, "id" | "environmentId">,
  { description = "", types, tenant = "", enabled = true }: WebhookBody,
  sealed: string,
): WebhookWrite {
  return { id, environmentId, description, types: types ?? null, tenant, enabled, sealed };
}

/** Reads and writes endpoints with what is sealed of them. */
class Endpoints {
  readonly #on: WebhookApiDependencies;

  constructor(on: WebhookApiDependencies) {
    this.#on = on;
  }

  async find(environmentId: number, id: string): Promise<WebhookRow> {
    const row = await this.#on.store.getWebhook({ environmentId, id });
    if (row === undefined) throw new TidingsError("not_found");
    return row;
  }

  /** Throws where somebody else wrote it meanwhile. */
  async put({ id, environmentId, description, types, tenant, enabled, sealed }: WebhookWrite, version: number) {
    const write = { id, environmentId, description, types, tenant, enabled, sealed };
    const row = await this.#on.store.putWebhook({ ...write, version, now: this.#on.clock.now() });
    if (row === undefined) throw new TidingsError("version_conflict");
    return row;
  }

  seal(environmentId: number, secrets: WebhookSecrets): string {
    return this.#on.keyring.sealForEnvironment(environmentId, sealContext.webhook, JSON.stringify(secrets));
  }

  open({ environmentId, sealed }: WebhookRow): WebhookSecrets {
    return parseWebhookSecrets(this.#on.keyring.unsealForEnvironment(environmentId, sealContext.webhook, sealed));
  }
}
