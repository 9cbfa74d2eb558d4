import type { Command } from "../command.ts";
import type { Outcome } from "../exit-codes.ts";
import { Progress } from "../progress.ts";

const count: Command = {
  name: "segments count",
  summary: "Count the recipients who are in a segment now",
  description: [
    "Goes through all recipients of the environment, in as many calls as that takes: nobody who is written or deleted meanwhile is waited for.",
  ],
  arguments: [{ name: "key", summary: "Key of the segment" }],
  examples: [{ line: "tidings segments count quiet-pros", says: "How many an event to the segment would reach" }],
  json: '`{"key", "count", "looked"}`: those in the segment, and all who were looked at.',
  async run({ api, input, terminal, json, signal }): Promise<Outcome> {
    const key = input.argument(0);
    const progress = new Progress(terminal, "recipients looked at");
    const total = { count: 0, looked: 0 };
    try {
      let cursor: string | undefined;
      do {
        const part = await api().segments.count(key, { cursor }, { signal });
        total.count += part.count;
        total.looked += part.looked;
        cursor = part.nextCursor;
        progress.to(total.looked);
      } while (cursor !== undefined);
    } finally {
      progress.end();
    }
    if (json) terminal.document({ key, ...total });
    else terminal.out(`${total.count} of ${total.looked} recipients`);
    return "ok";
  },
};

export const segments: readonly Command[] = [count];
