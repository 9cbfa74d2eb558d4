/** Events that are changes of a recipient: sent in, they make them, and where one is made they tell of it. */
export const changes = ["preference.updated", "consent.updated", "recipient.updated"] as const;

export const changeNames: ReadonlySet<string> = new Set(changes);
