/** Suppressions: addresses that get nothing, or not everything. Names are those of `field-texts.ts`. */
// biome-ignore format: one field per line is what lets this be read as a table
export const suppressionTexts: Readonly<Record<string, string>> = {
  "AddSuppressionsBody.suppressions": "Up to 1,000",
  "AddSuppressionsAnswer.added": "How many are new",
  "AddSuppressionsAnswer.present": "How many were there already, and stay as they are",
  "NewSuppression.address": "The address in clear; only its hash is kept",
  "NewSuppression.addressHash": "The hash instead, as a list or an export of the same environment shows it",
  "NewSuppression.scope": "What is stopped: `everything`, or what the `sender`, `class` or `category` in `value` is. Class and category never stop what is critical",
  "NewSuppression.value": "Key of the integration or category, or the class: `transactional` or `marketing`",
  "NewSuppression.reason": "Why; `manual` where left out",
  "NewSuppression.createdAt": "Since when; now where left out",
  "Suppression.id": "What it consists of: channel, hash, scope and value, with dots between",
  "suppressions.id": "Id of the suppression, as the list shows it",
  "listSuppressions.channel": "Only those of this channel",
  "listSuppressions.scope": "Only those of this scope",
  "listSuppressions.address": "Only those of this address, which needs its `channel`",
};
