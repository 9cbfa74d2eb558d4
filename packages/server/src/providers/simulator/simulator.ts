import type { ProviderDefinition } from "../../ports/provider.ts";
import { allChannels } from "../all-channels.ts";
import { readFeedback } from "./feedback.ts";
import { InProcessSimulator } from "./in-process.ts";
import { HttpSimulator } from "./over-http.ts";
import { type SimulatorSettings, simulatorSchema } from "./settings.ts";

/**
 * A vendor that fails on purpose, for every channel: slow, refusing, silent after it accepted, rate-limited, reporting
 * late, twice and out of order. In the process, or with `baseUrl` as the separate program `fake-provider-main`.
 */
export const simulator: ProviderDefinition<SimulatorSettings> = {
  name: "simulator",
  behind: "nobody",
  channels: allChannels,
  schema: simulatorSchema,
  secretNames: ["feedbackSecret"],
  create: (settings, environment) =>
    settings.baseUrl === undefined
      ? new InProcessSimulator(settings, environment)
      : new HttpSimulator(settings, settings.baseUrl, environment),
  feedback: (settings, request) => readFeedback(settings.feedbackSecret, request),
};
