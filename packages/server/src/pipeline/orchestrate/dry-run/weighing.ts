import type { DryRunGap } from "@tidings/contract/dry-runs";
import type { WorkflowBody } from "@tidings/contract/workflows";
import { type SkipReason, skipTexts } from "../../../domain/replay-skip.ts";
import { timeOfId } from "../../../lib/ids.ts";
import type { Versioned } from "../../../ports/configuration.ts";
import type { DryRunResult, LeftOut } from "../../../ports/dry-run.ts";
import type { HistoryPlace, HistoryRequest, HistoryResult, HistorySide } from "../../../ports/histories.ts";
import { Tally } from "./tally.ts";
import { World } from "./world.ts";

interface Side {
  key: "published" | "proposed";
  given: HistorySide;
  name: string;
  world: World;
  tally: Tally;
}

/** What a dry run over past events has weighed so far. */
export class Weighing {
  weighed = 0;
  people = 0;
  readonly sides: readonly Side[];
  readonly reached = new Map<string, { published: boolean; proposed: boolean }>();
  readonly notWeighed = new Set<DryRunGap>();
  readonly assumed = new Map<string, string>();
  readonly #skipped = new Map<SkipReason, number>();

  constructor({ published, proposed }: HistoryRequest) {
    const sideOf = (key: Side["key"], given: HistorySide): Side => {
      const world = new World({ isApart: true });
      return { key, given, name: eventOf(given.workflow), world, tally: new Tally() };
    };
    this.sides = [...(published === undefined ? [] : [sideOf("published", published)]), sideOf("proposed", proposed)];
  }

  look({ skipped }: { skipped: ReadonlyMap<SkipReason, number> }): void {
    for (const [reason, count] of skipped) this.#skipped.set(reason, (this.#skipped.get(reason) ?? 0) + count);
  }

  add({ key, tally }: Side, result: DryRunResult): void {
    for (const { step, text } of result.assumed) this.assumed.set(step, text);
    for (const gap of result.notWeighed) this.notWeighed.add(gap);
    for (const id of tally.add(result)) {
      const known = this.reached.get(id) ?? { published: false, proposed: false };
      this.reached.set(id, { ...known, [key]: true });
    }
  }

  result(next: HistoryPlace | undefined, leftOut?: LeftOut): HistoryResult {
    const sums = (key: Side["key"]) => this.sides.find((side) => side.key === key)?.tally ?? new Tally();
    const skipped = [...this.#skipped].map(([reason, count]) => ({ reason, text: skipTexts[reason], count }));
    return {
      selected: this.weighed + skipped.reduce((sum, { count }) => sum + count, 0),
      weighed: this.weighed,
      people: this.people,
      skipped,
      published: sums("published"),
      proposed: sums("proposed"),
      reached: this.reached,
      assumed: [...this.assumed].map(([step, text]) => ({ step, text })),
      notWeighed: [...this.notWeighed],
      next,
      reachedAt: reachedAt(next),
      leftOut,
    };
  }
}

function reachedAt(next: HistoryPlace | undefined): number | undefined {
  const id = next?.inside?.event ?? next?.after ?? undefined;
  return id === undefined ? undefined : timeOfId(id);
}

/** A workflow without an event's name of its own awaits that of its key. */
const eventOf = ({ key, document }: Versioned<WorkflowBody>): string => document.event ?? key;
