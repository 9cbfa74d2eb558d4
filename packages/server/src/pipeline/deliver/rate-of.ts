import type { Clock } from "../../ports/clock.ts";
import type { IntegrationConfiguration } from "../../ports/configuration.ts";
import type { Limiter } from "../../ports/limiter.ts";
import type { Provider } from "../../ports/provider.ts";
import { Rate } from "./rate.ts";

/** Of a second's messages, as many may go in one call: they all arrive at once. */
const batchShare = 0.05;

/** The rate that an integration asks for; undefined where it has none. */
export function rateOf(
  on: { limiter: Limiter; clock: Clock },
  { environmentId, key, document }: IntegrationConfiguration,
  { maxBatch }: Pick<Provider, "maxBatch">,
): Rate | undefined {
  const perSecond = document.limits?.ratePerSecond;
  if (perSecond === undefined) return undefined;
  const partMax = maxBatch === 1 ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(perSecond * batchShare));
  return new Rate(on, `${environmentId}:${key}`, perSecond, partMax);
}
