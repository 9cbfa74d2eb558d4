import { type ConsentBody, type ConsentView, consentBodySchema } from "@tidings/contract/consents";
import { limits } from "@tidings/contract/limits";
import { pageQuerySchema } from "@tidings/contract/pages";
import { sealContext } from "../domain/event-payload.ts";
import { withConsent } from "../domain/policy/choices.ts";
import { type ConsentEvidence, consentEvidenceSchema } from "../domain/policy/consent-evidence.ts";
import { TidingsError } from "../errors.ts";
import type { ConsentRow } from "../ports/store/choices.ts";
import type { ApiKeyring } from "./api-keyring.ts";
import type { ToldConsent } from "./change-events.ts";
import { type ChoicesChange, changeChoices } from "./choices-writer.ts";
import { cursorOf, idPosition, positionOf } from "./cursor.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, parameter, valid } from "./validation.ts";
import { iso } from "./views.ts";

type ConsentDependencies = Pick<ApiDependencies, "store" | "keyring" | "clock" | "ids" | "ingest">;

/** The ledger of consent: entries are added, and never changed. */
export function consentHandlers(dependencies: ConsentDependencies): Handlers {
  const { store, keyring, clock, ids } = dependencies;
  return {
    addConsent: async (request, { environmentId }) => {
      const recipient = parameter(request, "id");
      const given = body(consentBodySchema, request);
      const now = clock.now();
      const at = given.at === undefined ? now : Date.parse(given.at);
      if (at > now) throw faultOf("at", "lies in the future");
      const entry = { id: ids.next(), at, recordedAt: now };
      const change = adding(recipient, given, entry, keyring);
      const [after] = await changeChoices(dependencies, environmentId, [change]);
      if (after === undefined) throw new TidingsError("not_found");
      return { ...given, id: entry.id, at: iso(at), recordedAt: iso(now) };
    },

    listConsents: async (request, { environmentId }) => {
      const recipient = parameter(request, "id");
      const { cursor, limit = limits.pageSize } = valid(pageQuerySchema, request.query);
      const before = positionOf(cursor, idPosition);
      const [rows, known] = await Promise.all([
        store.listConsents({ environmentId, recipient, before, limit }),
        store.getRecipient({ environmentId, id: recipient }),
      ]);
      if (known === undefined) throw new TidingsError("not_found");
      const items = rows.map((row) => viewOf(row, known.wrappedKey, keyring));
      const last = rows.length === limit ? rows.at(-1) : undefined;
      return last === undefined ? { items } : { items, nextCursor: cursorOf(last.id) };
    },
  };
}

/** Adds an entry to the ledger, and to what is in force where nothing later is. */
export function adding(
  id: string,
  given: Omit<ConsentBody, "at">,
  entry: Pick<ConsentRow, "id" | "at" | "recordedAt">,
  keyring: Pick<ApiKeyring, "sealForRecipient">,
  prefix = "",
): ChoicesChange {
  const { purpose, channel = null, action, confirmed, ...said } = given;
  const evidence: ConsentEvidence = { ...said, confirmed };
  return {
    id,
    // What the ledger keeps as the source of a consent is what is told of it.
    source: "api",
    apply: ({ preferences, consents }, { wrappedKey }) => {
      const after = withConsent(consents, { purpose, channel, action, at: entry.at, confirmed });
      if (after.length > limits.consentsPerRecipient)
        throw faultOf(
          `${prefix}purpose`,
          `is one more than the ${limits.consentsPerRecipient} that a recipient may have`,
        );
      const sealed = keyring.sealForRecipient(wrappedKey, sealContext.consent, JSON.stringify(evidence));
      return {
        after: { preferences, consents: after },
        consents: [{ ...entry, purpose, channel, action, sealed }],
        told: [{ name: "consent.updated", data: { ...toldOf(given), at: iso(entry.at) } }],
      };
    },
  };
}

/** Where somebody was when they said it is evidence, and is told to nobody. */
function toldOf({ ip: _ip, userAgent: _userAgent, ...told }: Omit<ConsentBody, "at">): Omit<ToldConsent, "at"> {
  return told;
}

/** What was sealed for a recipient of the same id who was deleted does not open: that it was said is still shown. */
function viewOf(row: ConsentRow, wrappedKey: string, keyring: ApiKeyring): ConsentView {
  const { id, purpose, channel, action, at, recordedAt, sealed } = row;
  const said = { id, purpose, action, at: iso(at), recordedAt: iso(recordedAt) };
  const where = channel === null ? {} : { channel };
  return { ...said, ...where, ...evidenceOf(sealed, wrappedKey, keyring) };
}

function evidenceOf(sealed: string, wrappedKey: string, keyring: ApiKeyring): ConsentEvidence {
  try {
    return consentEvidenceSchema.parse(JSON.parse(keyring.unsealForRecipient(wrappedKey, sealContext.consent, sealed)));
  } catch {
    return { source: "erased" };
  }
}

function faultOf(path: string, message: string): TidingsError {
  return new TidingsError("validation_failed", { faults: [{ path, message }] });
}
