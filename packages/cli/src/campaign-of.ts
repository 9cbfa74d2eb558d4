import { campaignBodySchema } from "@tidings/contract/campaigns";
import { faultsOf } from "@tidings/contract/faults";
import type { z } from "zod";
import { Failure } from "./failure.ts";
import type { Input } from "./input.ts";
import { readValue } from "./read-value.ts";

/** Reads what was given, and checks it here: what is wrong is told with its path, before anything is sent. */
export async function campaignOf(input: Input, cwd: string): Promise<z.infer<typeof campaignBodySchema>> {
  const minutes = input.whole("spread-minutes", [1, 10_080]);
  const localTime = input.text("local-time");
  const data = input.text("data");
  const given = {
    name: input.argument(1),
    event: input.argument(0),
    recipients: [
      ...input.list("recipient"),
      ...input.list("topic").map((topic) => ({ topic })),
      ...input.list("segment").map((segment) => ({ segment })),
    ],
    data: data === undefined ? undefined : await readValue("data", data, cwd),
    tenant: input.text("tenant"),
    scheduledAt: input.text("scheduled-at"),
    expiresAt: input.text("expires-at"),
    spread: minutes === undefined && localTime === undefined ? undefined : { minutes, localTime },
  };
  const parsed = campaignBodySchema.safeParse(JSON.parse(JSON.stringify(given)));
  if (parsed.success) return parsed.data;
  throw new Failure("usage", "the campaign is not what the API takes", {
    places: faultsOf(parsed.error).map(({ path, message }) => ({ at: path, message })),
    hint: "tidings help campaigns start",
  });
}
