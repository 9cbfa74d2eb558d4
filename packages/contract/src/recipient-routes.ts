import { confirmationBodySchema, confirmationSchema, consentBodySchema, consentSchema } from "./consents.ts";
import { pageOf, pageQuerySchema } from "./pages.ts";
import {
  preferencesBatchResultSchema,
  preferencesBatchSchema,
  preferencesBodySchema,
  preferencesReadResultSchema,
  preferencesReadSchema,
  preferencesSchema,
} from "./preferences.ts";
import { recipientDecisionQuerySchema, recipientDecisionSchema } from "./recipient-decisions.ts";
import { recipientBodySchema, recipientSchema } from "./recipients.ts";
import type { Route } from "./route.ts";

/** Recipients, what they chose and what they agreed to. */
// biome-ignore format: one route per line is what lets this be read as a table
export const recipientRoutes: readonly Route[] = [
  { method: "PUT", path: "/v1/recipients/{id}", operation: "putRecipient", summary: "Write a recipient", tag: "recipients", body: recipientBodySchema, status: 200, response: recipientSchema },
  { method: "GET", path: "/v1/recipients/{id}", operation: "getRecipient", summary: "Read a recipient", tag: "recipients", status: 200, response: recipientSchema },
  { method: "DELETE", path: "/v1/recipients/{id}", operation: "deleteRecipient", summary: "Delete a recipient and the key of their data", tag: "recipients", status: 204 },
  { method: "PUT", path: "/v1/recipients/{id}/preferences", operation: "putPreferences", summary: "Write what a recipient has chosen", tag: "preferences", body: preferencesBodySchema, status: 200, response: preferencesSchema },
  { method: "GET", path: "/v1/recipients/{id}/preferences", operation: "getPreferences", summary: "Read what a recipient has chosen", tag: "preferences", status: 200, response: preferencesSchema },
  { method: "POST", path: "/v1/preferences/batch", operation: "putPreferencesBatch", summary: "Write the preferences of up to 1,000 recipients", tag: "preferences", body: preferencesBatchSchema, status: 200, response: preferencesBatchResultSchema },
  { method: "POST", path: "/v1/preferences/read", operation: "readPreferences", summary: "Read the preferences of up to 1,000 recipients", tag: "preferences", body: preferencesReadSchema, status: 200, response: preferencesReadResultSchema },
  { method: "POST", path: "/v1/recipients/{id}/consents", operation: "addConsent", summary: "Add an entry to the ledger of consent", tag: "consents", body: consentBodySchema, status: 201, response: consentSchema },
  { method: "GET", path: "/v1/recipients/{id}/consents", operation: "listConsents", summary: "List what a recipient agreed to and withdrew, newest first", tag: "consents", query: pageQuerySchema, status: 200, response: pageOf(consentSchema) },
  { method: "GET", path: "/v1/recipients/{id}/decisions", operation: "listRecipientDecisions", summary: "Why a recipient got, or did not get, what they did, newest first", tag: "recipients", query: recipientDecisionQuerySchema, status: 200, response: pageOf(recipientDecisionSchema) },
  { method: "POST", path: "/v1/recipients/{id}/consents/confirmation", operation: "createConfirmation", summary: "Make a link by which a recipient confirms a consent that was requested", tag: "consents", body: confirmationBodySchema, status: 200, response: confirmationSchema },
];
