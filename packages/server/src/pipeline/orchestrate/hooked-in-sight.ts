import type { Lane } from "@tidings/contract/words";
import { type RecipientChange, toldRecipient } from "../../domain/recipient-changes.ts";
import type { ToldWrite } from "../../ports/store/orchestrate.ts";
import type { EventWork, OrchestrateDependencies } from "./ports.ts";

type HookedDependencies = Pick<OrchestrateDependencies, "store" | "keyring" | "ids" | "clock">;

/** Environments of which an endpoint wants to hear of changed recipients; in others nothing is compared and sealed for it. */
export class HookedInSight {
  readonly #on: HookedDependencies;
  readonly #environments: ReadonlySet<number>;

  constructor(on: HookedDependencies, environmentIds: readonly number[]) {
    this.#on = on;
    this.#environments = new Set(environmentIds);
  }

  has(environmentId: number): boolean {
    return this.#environments.has(environmentId);
  }

  /** What is told of a recipient whom an event has brought along. */
  told(change: Omit<RecipientChange, "id" | "at" | "source">): ToldWrite {
    const { ids, clock, keyring } = this.#on;
    return toldRecipient({ ...change, id: ids.next(), at: clock.now(), source: "inline" }, keyring);
  }
}

/** Asks only for events that bring recipients along. */
export async function hookedOf(
  works: readonly EventWork[],
  lane: Lane,
  on: HookedDependencies,
): Promise<HookedInSight | undefined> {
  const environmentIds = new Set<number>();
  for (const { record, inline } of works) if (inline.length > 0) environmentIds.add(record.environmentId);
  if (environmentIds.size === 0) return undefined;
  const asked = { environmentIds: [...environmentIds], type: "recipient.updated" as const, lane };
  const found = await on.store.hookedEnvironments(asked);
  return found.length === 0 ? undefined : new HookedInSight(on, found);
}
