import type { ReplayPreview } from "@tidings/contract/replays";
import { type SkipReason, skipTexts } from "../../../domain/replay-skip.ts";
import type { LeftOut } from "../../../ports/dry-run.ts";
import { Tally } from "../dry-run/tally.ts";
import type { LookedAt } from "./past-events.ts";

/** What a preview has looked at. */
export class Counted {
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

/** What its dry runs have come to. */
export class Weighed {
  events = 0;
  /** Recipients that were looked at, each as often as an event goes to them. */
  looked = 0;
  isPartial = false;
  readonly tally = new Tally();
  readonly #recipients = new Set<string>();
  readonly #segments = new Set<string>();
  #partial = 0;
  #left = 0;

  look(recipients: readonly string[]): void {
    this.looked += recipients.length;
    for (const id of recipients) this.#recipients.add(id);
  }

  /** An event ends here, with recipients who were not looked at. */
  leave({ recipients, segments }: LeftOut): void {
    this.isPartial = true;
    this.#partial += 1;
    this.#left += recipients;
    for (const key of segments) this.#segments.add(key);
  }

  view(isComplete: boolean): ReplayPreview["weighed"] {
    const { events, tally } = this;
    return {
      events,
      recipients: this.#recipients.size,
      messages: tally.messages,
      channels: [...tally.channels].map(([channel, messages]) => ({ channel, messages })),
      workflows: [...tally.workflows].map(([workflow, messages]) => ({ workflow, messages })),
      notSent: tally.notSent,
      partial: this.#partial,
      leftOut: this.#partial === 0 ? undefined : { recipients: this.#left, segments: [...this.#segments].sort() },
      isComplete: isComplete && !this.isPartial,
    };
  }
}
