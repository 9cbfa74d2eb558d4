import { SeededRandom } from "../../lib/seeded-random.ts";
import type { Tenants } from "../../ports/tenants.ts";
import type { OrchestrateLimits } from "./limits.ts";
import type { OrchestrateDependencies } from "./ports.ts";
import type { EffectLimits } from "./step-limits.ts";

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

/** Nobody has described a tenant. */
export const undescribedTenants: Tenants = {
  peek: (_, key) => ({ key, name: undefined, branding: {} }),
  load: async (_, key) => ({ key, name: undefined, branding: {} }),
};

/** For stages under test in which no run comes to an effect. */
export const noEffects: Pick<
  OrchestrateDependencies,
  "awaited" | "http" | "lookBack" | "requests" | "random" | "onFetched" | "onRunaway" | "tracer" | "tenants"
> = {
  http: { request: () => Promise.reject(new Error("nothing is to be asked")) },
  requests: {
    compile: () => {
      throw new Error("nothing is to be asked");
    },
  },
  random: new SeededRandom(1),
  onFetched: () => {},
  onRunaway: () => {},
  tracer: undefined,
  lookBack: { looksBack: () => true },
  awaited: { awaitedAs: () => [] },
  tenants: undescribedTenants,
};

/** Limits of what steps may take. */
export const stepLimits = {
  effects: effectLimits,
  derived: { depthMax: 4, perRootMax: 40, countKeptMs: 86_400_000, dataBytesMax: 2000 },
  digest: { eventsMax: 100, bytesMax: 10_000 },
  recent: { messagesMax: 5 },
  waits: { wakesMax: 3, wakesPerCallMax: 5, pollMs: 1000, keptMaxMs: 30 * 86_400_000, dataBytesMax: 1000 },
};

export const turnLimits: OrchestrateLimits = {
  ...stepLimits,
  batchMax: 10,
  concurrency: 1,
  recipientsPerTurn: 10,
  recipientsPerStride: 10,
  recipientsPerShortStride: 10,
  strideQuietMs: 1000,
  pacedMessages: 10,
  paceMaxMs: 0,
  openedRecipientsMax: 100,
  firstTurnRecipientsMax: 3,
  messagesPerCommit: 10,
  expandedWaitingMax: 1000,
  replayLookedMax: 100,
  expansionHeldMs: 100,
  expansionTurnsMax: 3,
  segmentLookedMax: 60,
  segmentMessagesMax: 10,
  deferralSpreadMs: 0,
  attentionEntriesMax: 100,
  attentionHorizonMs: 86_400_000,
};
