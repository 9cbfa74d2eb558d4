/** Pauses. Names are those of `field-texts.ts`. */
// biome-ignore format: one field per line is what lets this be read as a table
export const pausesTexts: Readonly<Record<string, string>> = {
  "pauses.kind": "What is paused: a `lane`, an `integration`, the `marketing` of an integration, a `channel` or a `workflow`",
  "pauses.key": "Which one: the word of a lane or channel, the key of an integration (of `marketing` too) or workflow",
  "putPause.tenant": "Pause this tenant's messages alone; those of all where left out. The two are pauses of their own",
  "deletePause.tenant": "Resume the pause of this tenant's messages; that of all where left out",
  "PutPauseBody.reason": "Why, for whoever sees the pause",
  "PutPauseBody.until": "When it ends by itself; left out, it lasts until somebody resumes",
  "Pause.kind": "What is paused",
  "Pause.key": "Which one",
  "Pause.tenant": "Of this tenant's messages alone; missing where it is of all",
  "Pause.state": "`paused`; `resuming` where it has ended, and not all that waited for it is due yet",
  "Pause.reason": "Why, as it was said; with its figures where the guard of marketing set it",
  "Pause.createdAt": "Since when",
  "Pause.until": "When it ends by itself",
  "Pause.resumedAt": "When it ended; missing while it is in force",
  "Pause.waiting": "Messages that it keeps, counted up to 100,000. What is under way goes on and is not among them, nor is what has not been looked at yet since it began",
  "Pause.waitingIsBound": "True where `waiting` was not counted to the end: there may be more",
};
