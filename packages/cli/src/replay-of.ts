import { faultsOf } from "@tidings/contract/faults";
import { replayBodySchema } from "@tidings/contract/replays";
import type { z } from "zod";
import { Failure } from "./failure.ts";
import type { Input } from "./input.ts";

/** Checked here: what is wrong is told with its path, before anything is sent. */
export function replayOf(input: Input, command: string): z.infer<typeof replayBodySchema> {
  const orNone = (list: readonly string[]) => (list.length === 0 ? undefined : list);
  const given = {
    events: orNone(input.list("event")),
    names: orNone(input.list("name")),
    from: input.text("from"),
    to: input.text("to"),
    tenant: input.text("tenant"),
    recipient: input.text("recipient"),
    workflows: orNone(input.list("workflow")),
    perSecond: command === "replays start" ? input.whole("per-second", [1, 10_000]) : undefined,
  };
  const parsed = replayBodySchema.safeParse(JSON.parse(JSON.stringify(given)));
  if (parsed.success) return parsed.data;
  throw new Failure("usage", "this is not what a replay takes", {
    places: faultsOf(parsed.error).map(({ path, message }) => ({ at: path, message })),
    hint: `tidings help ${command}`,
  });
}
