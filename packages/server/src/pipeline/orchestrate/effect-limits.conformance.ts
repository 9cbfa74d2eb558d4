import { SeededRandom } from "../../lib/seeded-random.ts";
import type { EffectLimits, OrchestrateDependencies } from "./ports.ts";

/** Bounds of effects as tests have them. */
export const effectLimits: EffectLimits = {
  openMax: 8,
  openPerBoundMax: 2,
  heldPerKeyMax: 10,
  lookMax: 100,
  pollMs: 20,
  responseBytesMax: 10_000,
  journalBytesMax: 20_000,
  timeoutMs: 2000,
};

/** For stages under test in which no run comes to an effect. */
export const noEffects: Pick<OrchestrateDependencies, "http" | "requests" | "random" | "onFetched" | "tracer"> = {
  http: { request: () => Promise.reject(new Error("nothing is to be asked")) },
  requests: {
    compile: () => {
      throw new Error("nothing is to be asked");
    },
  },
  random: new SeededRandom(1),
  onFetched: () => {},
  tracer: undefined,
};
