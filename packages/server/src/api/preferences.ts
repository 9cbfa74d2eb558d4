import {
  type PreferencesBody,
  type PreferencesView,
  preferencesBatchSchema,
  preferencesBodySchema,
  preferencesReadSchema,
} from "@tidings/contract/preferences";
import type { ChangeSource } from "@tidings/contract/recipient-webhooks";
import { parseChoices } from "../domain/policy/choices.ts";
import { TidingsError } from "../errors.ts";
import { type ChoicesChange, changeChoices } from "./choices-writer.ts";
import type { ApiDependencies } from "./dependencies.ts";
import type { Handlers } from "./handler.ts";
import { body, parameter } from "./validation.ts";

type PreferenceDependencies = Pick<ApiDependencies, "store" | "ingest" | "ids" | "clock" | "keyring">;

/** What recipients have chosen, of one and of many at once. */
export function preferenceHandlers(dependencies: PreferenceDependencies): Handlers {
  const { store } = dependencies;
  const read = async (environmentId: number, ids: readonly string[]): Promise<PreferencesView[]> => {
    const keys = ids.map((id) => ({ environmentId, id }));
    const records = await store.loadRecipients({ keys, lane: "transactional" });
    return records.map(({ id, choices }) => ({ recipient: id, ...parseChoices(choices).preferences }));
  };
  return {
    putPreferences: async (request, { environmentId }) => {
      const recipient = parameter(request, "id");
      const preferences = body(preferencesBodySchema, request);
      const [after] = await changeChoices(dependencies, environmentId, [replacing(recipient, preferences, "api")]);
      if (after === undefined) throw new TidingsError("not_found");
      return { recipient, ...after.preferences };
    },

    getPreferences: async (request, { environmentId }) => {
      const [found] = await read(environmentId, [parameter(request, "id")]);
      if (found === undefined) throw new TidingsError("not_found");
      return found;
    },

    putPreferencesBatch: async (request, { environmentId }) => {
      const { preferences } = body(preferencesBatchSchema, request);
      refuseDoubles(preferences.map(({ recipient }) => recipient));
      const changes = preferences.map(({ recipient, ...own }) => replacing(recipient, own, "api"));
      const written = await changeChoices(dependencies, environmentId, changes);
      const results = preferences.map(({ recipient }, index) =>
        written[index] === undefined ? { recipient, error: "not_found" } : { recipient },
      );
      return { results };
    },

    readPreferences: async (request, { environmentId }) => {
      const { recipients } = body(preferencesReadSchema, request);
      return { items: await read(environmentId, recipients) };
    },
  };
}

/** Puts preferences in place of all that were chosen before. */
export function replacing(id: string, preferences: PreferencesBody, source: ChangeSource): ChoicesChange {
  return {
    id,
    source,
    apply: ({ consents }) => ({
      after: { preferences, consents },
      consents: [],
      told: [{ name: "preference.updated", data: preferences }],
    }),
  };
}

/** Of two bodies for one recipient nobody could say which holds. */
function refuseDoubles(ids: readonly string[]): void {
  const first = new Map<string, number>();
  for (const [index, id] of ids.entries()) {
    const before = first.get(id);
    if (before === undefined) {
      first.set(id, index);
      continue;
    }
    const fault = {
      path: `preferences[${index}].recipient`,
      message: `is the recipient of preferences[${before}] too`,
    };
    throw new TidingsError("validation_failed", { faults: [fault] });
  }
}
