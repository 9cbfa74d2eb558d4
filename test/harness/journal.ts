import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { z } from "zod";

const lineSchema = z.object({
  id: z.string(),
  attempt: z.number().optional(),
  callId: z.string().optional(),
  at: z.number(),
});
export type JournalLine = z.infer<typeof lineSchema>;

/** Reads the fake provider's journal line by line. */
export async function readJournal(path: string, each: (line: JournalLine) => void): Promise<void> {
  for await (const line of createInterface({ input: createReadStream(path) })) {
    if (line !== "") each(lineSchema.parse(JSON.parse(line)));
  }
}
