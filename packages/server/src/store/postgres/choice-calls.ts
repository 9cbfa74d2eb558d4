import { acceptChange } from "./calls/accept-change.ts";
import { listConsents, putChoices } from "./calls/choices.ts";
import { claimAnswer, recipientsAt, recordKeyword } from "./calls/keywords.ts";

/** What recipients say, as this engine keeps it. */
export const choiceCalls = { putChoices, acceptChange, listConsents, recordKeyword, claimAnswer, recipientsAt };
