import type { ReplayPreview } from "@tidings/contract/replays";
import type { Selection } from "../../../domain/replay-selection.ts";
import { timeOfId } from "../../../lib/ids.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { DryRunRequest } from "../../../ports/dry-run.ts";
import type { ReplayPreviews } from "../../../ports/replays.ts";
import type { TopicStore } from "../../../ports/store/topics.ts";
import type { DryRun } from "../dry-run/dry-run.ts";
import { type EventPlace, eventStart } from "../dry-run/event-place.ts";
import { leftOut } from "../dry-run/left-out.ts";
import { Pace } from "../dry-run/pace.ts";
import { audienceOf, pastRequest } from "../dry-run/past-request.ts";
import { World } from "../dry-run/world.ts";
import { lookAtPast, type PastServices, type ReadyEvent } from "./past-events.ts";
import { Counted, Weighed } from "./preview-sums.ts";

export interface PreviewLimits {
  /** Past events that one look passes for those that are selected. */
  replayLookedMax: number;
  /** Time of one preview, and events of which it makes dry runs. */
  previewMs: number;
  previewWeighedMax: number;
  /** Recipients that it looks at, each as often as an event goes to them. */
  previewRecipientsMax: number;
}

interface PreviewServices extends PastServices {
  dryRun: Pick<DryRun, "next" | "run">;
  store: PastServices["store"] & Pick<TopicStore, "getTopic">;
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
    const { previewMs } = this.#on.limits;
    const until = clock.monotonic() + previewMs;
    const now = clock.now();
    const moment = { now, until, pace: new Pace(clock, previewMs) };
    const counted = new Counted();
    const weighed = new Weighed();
    const bounds = { now, lookedMax: this.#on.limits.replayLookedMax, limit: perLook };
    let next: string | undefined;
    do {
      const looked = await lookAtPast(environmentId, selection, next ?? null, bounds, this.#on);
      counted.add(looked);
      for (const event of looked.ready) await this.#weigh(weighed, event, selection, moment);
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

  async #weigh(weighed: Weighed, event: ReadyEvent, selection: Selection, moment: Moment): Promise<void> {
    const { environmentId } = event.past;
    const { clock, dryRun, store, limits: bounds } = this.#on;
    if (weighed.events >= bounds.previewWeighedMax || clock.monotonic() >= moment.until) {
      weighed.isPartial = true;
      return;
    }
    weighed.events += 1;
    const to =
      selection.recipient === undefined ? audienceOf(event) : { recipients: [selection.recipient], audiences: [] };
    // Each stands alone, so what one workflow claims is nothing to another.
    const worlds = event.workflows.map((workflow) => ({ workflow, world: new World({ isApart: false }) }));
    for (let place = eventStart; ; ) {
      const page = await dryRun.next(environmentId, to, place);
      weighed.look(page.ids);
      let next: EventPlace | undefined;
      for (const { workflow, world } of worlds) {
        const request = replayedRequest(event, workflow, to, moment.now);
        const result = await dryRun.run(environmentId, request, { place, page }, world);
        weighed.tally.add(result);
        next = result.next;
      }
      if (next === undefined) return;
      place = next;
      if (weighed.looked >= bounds.previewRecipientsMax || !(await moment.pace.rest()))
        return weighed.leave(await leftOut(store, environmentId, to, place));
    }
  }
}

/** When it is asked, and how much time it has. */
interface Moment {
  now: number;
  until: number;
  pace: Pace;
}

/** As a replay makes it: an event of its own, which comes in now, so that nothing of it was sent before. */
function replayedRequest(
  event: ReadyEvent,
  workflow: DryRunRequest["workflow"],
  to: Pick<DryRunRequest, "recipients" | "audiences">,
  now: number,
): DryRunRequest {
  const request = pastRequest(event, { workflow, category: undefined, policy: undefined });
  return {
    ...request,
    ...to,
    event: { ...request.event, id: undefined, scheduledAt: undefined, spread: undefined },
    now,
  };
}
