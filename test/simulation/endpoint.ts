import { isMessageEvent } from "@tidings/client/webhooks";
import { webhookEventSchema } from "@tidings/contract/webhook-events";
import type { WebhookType } from "@tidings/contract/webhooks";
import { sealContext } from "../../packages/server/src/domain/event-payload.ts";
import type { SeededRandom } from "../../packages/server/src/lib/seeded-random.ts";
import type { OutboundRequest, OutboundResponse } from "../../packages/server/src/ports/provider.ts";
import type { World } from "./world.ts";

export const endpointHost = "hooks.example";

/** What an endpoint was told under one id. */
export interface Told {
  type: WebhookType;
  messageId: string;
}

const fates = ["never answered", "busy", "crash before it arrives", "crash after it arrived"] as const;

/**
 * An endpoint of the application that outlives every process. It fails each call once at most, so that a second try, which is
 * soon, is taken.
 */
export class Endpoint {
  readonly told = new Map<string, Told>();
  /** Attributes of recipients as it was told them last; what comes again under an id that it has taken is passed over. */
  readonly attributes = new Map<string, object>();
  readonly #takenOfRecipients = new Set<string>();
  readonly #world: World;
  readonly #random: SeededRandom;
  readonly #failed = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#random = world.fork();
    const { database, environment, newKeyring } = world.base;
    const keyring = newKeyring((length) => this.#random.bytes(length));
    const secret = `whsec_${this.#random.bytes(32).toString("base64")}`;
    const sealed = { url: `https://${endpointHost}/`, secrets: [{ secret, until: null }] };
    database.run(
      `insert into webhook (id, environment_id, description, tenant, enabled, sealed, version, created_at, updated_at)
       values ('00000000-0000-8000-8000-000000000001', ?, '', '', 1, ?, 1, 0, 0)`,
      environment.id,
      keyring.sealForEnvironment(environment.id, sealContext.webhook, JSON.stringify(sealed)),
    );
  }

  /** `answer` is told when the response is there; never, where the process dies or the call is lost. */
  call(request: OutboundRequest, answer: (response: OutboundResponse) => void): void {
    const { clock, profile, faulty } = this.#world;
    const id = request.headers["webhook-id"] ?? "";
    const fails = faulty && !this.#failed.has(id) && this.#random.chance(profile.callFault);
    const fate = fails ? this.#random.pick(fates) : "answered";
    if (fails) this.#failed.add(id);
    clock.after(1 + this.#random.int(200), () => {
      if (fate === "crash before it arrives") return this.#world.crash(fate);
      this.#take(id, request.body);
      if (fate === "crash after it arrived") return this.#world.crash(fate);
      const statusCode = fate === "busy" ? 503 : 204;
      if (fate !== "never answered") answer({ status: "response", statusCode, headers: {}, body: Buffer.alloc(0) });
      else clock.after(request.timeoutMs, () => answer({ status: "unknown", code: "timeout", detail: "" }));
    });
  }

  #take(id: string, body: OutboundRequest["body"]): void {
    const event = webhookEventSchema.parse(JSON.parse(String(body)));
    if (event.type === "recipient.updated" && !this.#takenOfRecipients.has(id)) {
      this.#takenOfRecipients.add(id);
      this.attributes.set(event.data.recipient, event.data.attributes ?? {});
    }
    if (!isMessageEvent(event)) return;
    const { type, data } = event;
    const known = this.told.get(id);
    if (known !== undefined && (known.type !== type || known.messageId !== data.id))
      this.#world.violate("told-under-one-id", `${id} is ${type} of ${data.id} too`);
    this.told.set(id, { type, messageId: data.id });
  }
}
