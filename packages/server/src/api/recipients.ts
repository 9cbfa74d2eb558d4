import { jsonObject } from "@tidings/contract/data";
import { type RecipientView, recipientBodySchema } from "@tidings/contract/recipients";
import { recipientIdSchema } from "@tidings/contract/text";
import { type Channel, channelSchema } from "@tidings/contract/words";
import { z } from "zod";
import { sealContext } from "../domain/event-payload.ts";
import { inboxSubject } from "../domain/inbox.ts";
import { TidingsError } from "../errors.ts";
import type { RecipientRow } from "../ports/store/recipients.ts";
import type { ApiKeyring } from "./api-keyring.ts";
import { eventsOf } from "./change-events.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { toldWrite } from "./told-recipient.ts";
import { body, parameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

type RecipientDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "broadcast" | "ingest">;

export function recipientHandlers(dependencies: RecipientDependencies): Handlers {
  const { store, keyring, clock, ids, broadcast, ingest } = dependencies;
  return {
    putRecipient: async (request, { environmentId }) => {
      const id = valid(recipientIdSchema, parameter(request, "id"), "id");
      const fields = body(recipientBodySchema, request);
      const stored = await store.getRecipient({ environmentId, id });
      const recipient = toldWrite(dependencies, { environmentId, id, body: fields, source: "api" }, stored);
      // Addresses and what is personal are sealed with the recipient's own key, and an event's data is not.
      const { locale, timeZone, tenant, country, attributes } = fields;
      const data = { locale, timeZone, tenant, country, attributes };
      const told = [{ name: "recipient.updated", data }] as const;
      const { events, committed } = eventsOf({ ingest }, environmentId, id, told);
      const row = await store.putRecipient({ recipient, events });
      // Written over by nobody newer meanwhile, or the events are not there to be handed on.
      if (row.updatedAt === recipient.updatedAt) committed();
      return recipientView(row, keyring);
    },

    getRecipient: async (request, { environmentId }) => {
      const row = await store.getRecipient({ environmentId, id: parameter(request, "id") });
      if (row === undefined) throw new TidingsError("not_found");
      return recipientView(row, keyring);
    },

    deleteRecipient: async (request, { environmentId }) => {
      const id = parameter(request, "id");
      const told = { id: ids.next(), at: clock.now() };
      const existed = await store.deleteRecipient({ environmentId, id, told });
      // Who watches the inbox is shown out.
      broadcast.publish("inbox", inboxSubject({ environmentId, recipient: id }));
      if (!existed) throw new TidingsError("not_found");
    },
  };
}

const profileSchema = z.object({
  locale: z.string().optional(),
  timeZone: z.string().optional(),
  tenant: z.string().optional(),
  country: z.string().optional(),
  attributes: jsonObject(100),
});
const secretsSchema = z.object({
  addresses: z.array(z.object({ channel: channelSchema, hash: z.string(), value: z.string() })),
  personal: jsonObject(100),
});

function recipientView(row: RecipientRow, keyring: ApiKeyring): RecipientView {
  const profile = profileSchema.parse(JSON.parse(row.profile));
  const sealed = keyring.unsealForRecipient(row.wrappedKey, sealContext.recipient, row.sealed);
  const { addresses, personal } = secretsSchema.parse(JSON.parse(sealed));
  const of = (channel: Channel): string | string[] | undefined => {
    const values = addresses.filter((address) => address.channel === channel).map((address) => address.value);
    return values.length > 1 ? values : values[0];
  };
  return {
    id: row.id,
    email: of("email"),
    // A phone number is stored for sms and for voice.
    phone: of("sms"),
    push: of("push"),
    webhook: of("webhook"),
    chat: of("chat"),
    locale: profile.locale,
    timeZone: profile.timeZone,
    tenant: profile.tenant,
    country: profile.country,
    attributes: profile.attributes,
    personal,
    createdAt: iso(row.createdAt),
    updatedAt: iso(row.updatedAt),
  };
}
