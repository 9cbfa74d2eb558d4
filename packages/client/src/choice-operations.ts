import {
  confirmationBodySchema,
  confirmationSchema,
  consentBodySchema,
  consentSchema,
} from "@tidings/contract/consents";
import { dryRunBodySchema, dryRunSchema } from "@tidings/contract/dry-runs";
import { historyBodySchema, historySchema } from "@tidings/contract/histories";
import { pageOf, pageQuerySchema } from "@tidings/contract/pages";
import {
  preferencesBatchResultSchema,
  preferencesBatchSchema,
  preferencesBodySchema,
  preferencesReadResultSchema,
  preferencesReadSchema,
  preferencesSchema,
} from "@tidings/contract/preferences";
import { recipientDecisionQuerySchema, recipientDecisionSchema } from "@tidings/contract/recipient-decisions";
import { always, once } from "./document-operations.ts";
import type { Operation } from "./transport/operation.ts";

/** What recipients have chosen. */
// biome-ignore format: one call per line is what lets this be read as a table
export const preferenceOperations = {
  put: { name: "putPreferences", method: "PUT", path: "/v1/recipients/{id}/preferences", body: preferencesBodySchema, status: 200, response: preferencesSchema, ...always },
  get: { name: "getPreferences", method: "GET", path: "/v1/recipients/{id}/preferences", status: 200, response: preferencesSchema, ...always },
  putBatch: { name: "putPreferencesBatch", method: "POST", path: "/v1/preferences/batch", body: preferencesBatchSchema, status: 200, response: preferencesBatchResultSchema, ...always },
  read: { name: "readPreferences", method: "POST", path: "/v1/preferences/read", body: preferencesReadSchema, status: 200, response: preferencesReadResultSchema, ...always },
} as const satisfies Record<string, Operation>;

/** What was decided for recipients, and what would be. */
// biome-ignore format: one call per line is what lets this be read as a table
export const decisionOperations = {
  list: { name: "listRecipientDecisions", method: "GET", path: "/v1/recipients/{id}/decisions", query: recipientDecisionQuerySchema, status: 200, response: pageOf(recipientDecisionSchema), ...always },
  dryRunHistory: { name: "dryRunHistory", method: "POST", path: "/v1/workflows/{key}/dry-run/history", body: historyBodySchema, status: 200, response: historySchema, ...always },
  dryRun: { name: "dryRunWorkflow", method: "POST", path: "/v1/workflows/{key}/dry-run", body: dryRunBodySchema, status: 200, response: dryRunSchema, ...always },
} as const satisfies Record<string, Operation>;

/** The ledger of consent. */
// biome-ignore format: one call per line is what lets this be read as a table
export const consentOperations = {
  add: { name: "addConsent", method: "POST", path: "/v1/recipients/{id}/consents", body: consentBodySchema, status: 201, response: consentSchema, ...once },
  list: { name: "listConsents", method: "GET", path: "/v1/recipients/{id}/consents", query: pageQuerySchema, status: 200, response: pageOf(consentSchema), ...always },
  confirmation: { name: "createConfirmation", method: "POST", path: "/v1/recipients/{id}/consents/confirmation", body: confirmationBodySchema, status: 200, response: confirmationSchema, ...always },
} as const satisfies Record<string, Operation>;
