import { confirmationBodySchema } from "@tidings/contract/consents";
import { writeConsentToken } from "../domain/consent-token.ts";
import { isPending, parseChoices } from "../domain/policy/choices.ts";
import { parseProfile } from "../domain/recipient-view.ts";
import { TidingsError } from "../errors.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, parameter } from "./validation.ts";
import { iso } from "./views.ts";

type ConfirmationDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "optOut">;

const hourMs = 3_600_000;

/** Links by which recipients confirm what was requested (double opt-in). */
export function confirmationHandlers({ store, keyring, clock, optOut }: ConfirmationDependencies): Handlers {
  return {
    createConfirmation: async (request, { environmentId }) => {
      const recipient = parameter(request, "id");
      const { purpose, channel = null } = body(confirmationBodySchema, request);
      const record = await store.getRecipient({ environmentId, id: recipient });
      if (record === undefined) throw new TidingsError("not_found");
      const { consents } = parseChoices(record.choices);
      const known = consents.find((one) => one.purpose === purpose && one.channel === channel);
      if (known === undefined || !isPending(known)) {
        const fault = { path: "purpose", message: "names no consent on this channel that waits to be confirmed" };
        throw new TidingsError("validation_failed", { faults: [fault] });
      }
      const { tenant = "", locale = "" } = parseProfile(record.profile);
      const expiresAt = clock.now() + optOut.consentLinkHours * hourMs;
      const said = { environmentId, recipient, purpose, channel, addressHash: "", tenant, locale, expiresAt };
      return { url: `${optOut.publicUrl()}/p/confirm/${writeConsentToken(keyring, said)}`, expiresAt: iso(expiresAt) };
    },
  };
}
