import { z } from "zod";
import { warmUpSchema } from "./allowances.ts";
import { countrySchema } from "./consents.ts";
import { jsonObject } from "./data.ts";
import { keySchema, line } from "./text.ts";
import { channelSchema, laneSchema } from "./words.ts";

/** A domain, or `*.` and one below which all count. */
const domainPatternSchema = line(253).regex(/^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*$/, {
  error: "must be a domain in lower case, such as example.com or *.example.com",
});

const priceSchema = z.number().min(0).max(1_000_000);

/** Which messages an integration takes; each list that is there must name the message's. */
export const servesSchema = z
  .strictObject({
    /** Of recipients' mail addresses. */
    domains: z.array(domainPatternSchema).min(1).max(1000).optional(),
    /** Of recipients, or of their phone numbers. */
    countries: z.array(countrySchema).min(1).max(300).optional(),
    /** Groups of countries, by the names that the policy gives them. */
    regions: z.array(keySchema).min(1).max(50).optional(),
    tenants: z.array(keySchema).min(1).max(1000).optional(),
  })
  .refine((serves) => Object.keys(serves).length > 0, { error: "needs domains, countries, regions or tenants" });

/** Body of `PUT /v1/integrations/{key}`: a configured account of a provider. `secrets` are sealed and never given back. */
export const integrationBodySchema = z.strictObject({
  name: line(200).optional(),
  channel: channelSchema,
  provider: keySchema,
  enabled: z.boolean().optional(),
  /** Lower is tried first. */
  priority: z.int().min(0).max(1000).optional(),
  /** Share of a channel whose strategy is `weighted`, among those of one priority; 1 where left out. */
  weight: z.int().min(0).max(1000).optional(),
  /** Of one attempt, in the currency of your choice, and where it differs by country. */
  price: z.strictObject({ amount: priceSchema, countries: z.record(countrySchema, priceSchema).optional() }).optional(),
  serves: servesSchema.optional(),
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
      /** Messages of a day, UTC. */
      perDay: z.int().min(1).max(1_000_000_000).optional(),
    })
    .optional(),
  warmUp: warmUpSchema.optional(),
});
export type IntegrationBody = z.infer<typeof integrationBodySchema>;
