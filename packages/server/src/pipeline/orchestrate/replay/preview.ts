import { limits } from "@tidings/contract/limits";
import type { ReplayPreview } from "@tidings/contract/replays";
import type { Selection } from "../../../domain/replay-selection.ts";
import { type SkipReason, skipTexts } from "../../../domain/replay-skip.ts";
import { timeOfId } from "../../../lib/ids.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DryRuns } from "../../../ports/dry-run.ts";
import type { ReplayPreviews } from "../../../ports/replays.ts";
import { Tally } from "../dry-run/tally.ts";
import { type LookedAt, lookAtPast, type PastServices, type ReadyEvent } from "./past-events.ts";

export interface PreviewLimits {
  /** Past events that one look passes for those that are selected. */
  replayLookedMax: number;
  /** Time of one preview, and events of which it makes dry runs. */
  previewMs: number;
  previewWeighedMax: number;
}

interface PreviewServices extends PastServices {
  dryRun: DryRuns;
  clock: Clock;
  limits: PreviewLimits;
}

const perLook = 100;

/** Counts what a replay would select, and weighs the first of it, within a bounded time. */
export class Preview implements ReplayPreviews {
  readonly #on: PreviewServices;

  constructor(on: PreviewServices) {
    this.#on = on;
  }

  async preview(environmentId: number, selection: Selection): Promise<ReplayPreview> {
    const { clock } = this.#on;
    const until = clock.monotonic() + this.#on.limits.previewMs;
    const now = clock.now();
    const counted = new Counted();
    const weighed = new Weighed();
    const bounds = { now, lookedMax: this.#on.limits.replayLookedMax, limit: perLook };
    let next: string | undefined;
    do {
      const looked = await lookAtPast(environmentId, selection, next ?? null, bounds, this.#on);
      counted.add(looked);
      for (const event of looked.ready) await this.#weigh(weighed, event, selection, now, until);
      next = looked.next;
    } while (next !== undefined && clock.monotonic() < until);
    const isComplete = next === undefined;
    return {
      ...counted.view(),
      isComplete,
      until: next === undefined ? undefined : new Date(timeOfId(next)).toISOString(),
      weighed: weighed.view(isComplete),
    };
  }

  async #weigh(weighed: Weighed, event: ReadyEvent, selection: Selection, now: number, until: number): Promise<void> {
    const { past, payload, workflows } = event;
    const { clock, dryRun, limits: bounds } = this.#on;
    const all = selection.recipient === undefined ? payload.recipients : [selection.recipient];
    if (weighed.events >= bounds.previewWeighedMax || clock.monotonic() >= until) {
      weighed.isPartial = true;
      return;
    }
    const recipients = all.slice(0, limits.recipientsPerDryRun);
    const hasAudiences = selection.recipient === undefined && payload.audiences !== undefined;
    if (recipients.length < all.length || hasAudiences) weighed.isPartial = true;
    weighed.events += 1;
    for (const id of recipients) weighed.recipients.add(id);
    for (const workflow of workflows)
      weighed.tally.add(
        await dryRun.run(past.environmentId, {
          workflow,
          category: undefined,
          policy: undefined,
          // It comes in as an event of its own: nothing of it was sent before.
          event: {
            id: undefined,
            name: past.name,
            tenant: past.tenant,
            scheduledAt: undefined,
            expiresAt: past.expiresAt,
            data: payload.data,
          },
          recipients,
          inline: [],
          now,
          assume: { messages: {}, fetches: {}, arrivals: {} },
        }),
      );
  }
}

class Counted {
  #selected = 0;
  readonly #names = new Map<string, number>();
  readonly #skipped = new Map<SkipReason, number>();

  add({ selected, skipped }: LookedAt): void {
    this.#selected += selected.length + (skipped.get("not_found") ?? 0);
    for (const { name } of selected) this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
    for (const [reason, count] of skipped) this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + count);
  }

  view(): Pick<ReplayPreview, "selected" | "names" | "skipped"> {
    return {
      selected: this.#selected,
      names: [...this.#names].map(([name, count]) => ({ name, count })),
      skipped: [...this.#skipped].map(([reason, count]) => ({ reason, text: skipTexts[reason], count })),
    };
  }
}

class Weighed {
  events = 0;
  isPartial = false;
  readonly recipients = new Set<string>();
  readonly tally = new Tally();

  view(isComplete: boolean): ReplayPreview["weighed"] {
    const { events, recipients, tally } = this;
    return {
      events,
      recipients: recipients.size,
      messages: tally.messages,
      channels: [...tally.channels].map(([channel, messages]) => ({ channel, messages })),
      workflows: [...tally.workflows].map(([workflow, messages]) => ({ workflow, messages })),
      notSent: tally.notSent,
      isComplete: isComplete && !this.isPartial,
    };
  }
}
