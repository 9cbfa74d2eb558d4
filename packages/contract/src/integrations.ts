import { z } from "zod";
import { jsonObject } from "./data.ts";
import { keySchema, line } from "./text.ts";
import { channelSchema, laneSchema } from "./words.ts";

/** Body of `PUT /v1/integrations/{key}`: a configured account of a provider. `secrets` are sealed and never given back. */
export const integrationBodySchema = z.strictObject({
  name: line(200).optional(),
  channel: channelSchema,
  provider: keySchema,
  enabled: z.boolean().optional(),
  /** Lower is tried first. */
  priority: z.int().min(0).max(1000).optional(),
  /** Lanes that it serves; all where left out. */
  lanes: z.array(laneSchema).min(1).max(3).optional(),
  /** Whether STOP, START and HELP that come in are answered; left out, where the vendor does not do so by itself. */
  answersKeywords: z.boolean().optional(),
  /** What the provider's own schema asks for; `baseUrl` points any of them to a proxy or a test server. */
  settings: jsonObject(100).optional(),
  secrets: z.record(line(100), z.string().min(1).max(20_000)).optional(),
  limits: z
    .strictObject({
      /** Messages under way at once. */
      maxInFlight: z.int().min(1).max(10_000).optional(),
      ratePerSecond: z.number().min(0.01).max(1_000_000).optional(),
      timeoutMs: z.int().min(100).max(660_000).optional(),
    })
    .optional(),
});
export type IntegrationBody = z.infer<typeof integrationBodySchema>;
