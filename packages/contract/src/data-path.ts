import { line } from "./text.ts";

/** A path that leads into an event's data. */
export const dataPathSchema = line(200).regex(/^data(\.[^.]+)+$/, { error: "must be a path that starts with data." });
