import type { Delivery } from "../../domain/delivery.ts";
import type { CallStart } from "../../ports/store/call-start.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Group } from "./place.ts";

/**
 * Places taken for messages before the commit that makes them, grouped into the calls that will carry them. It ends by
 * `begin` or `giveUp`, once.
 */
export class Departure {
  /** Along the messages; null for those without a place. */
  readonly calls: (CallStart | null)[] = [];
  readonly crowds: (Dispatcher | null)[] = [];
  readonly #groups: { dispatcher: Dispatcher; group: Group }[] = [];
  /** The group of each dispatcher that may still grow. */
  readonly #open = new Map<Dispatcher, Group>();

  add(dispatcher: Dispatcher | undefined, delivery: Delivery): void {
    const open = dispatcher === undefined ? undefined : this.#open.get(dispatcher);
    const group = dispatcher?.place(delivery, open);
    this.calls.push(group?.start ?? null);
    this.crowds.push(dispatcher?.crowded === true ? dispatcher : null);
    if (dispatcher === undefined || group === undefined || group === open) return;
    this.#open.set(dispatcher, group);
    this.#groups.push({ dispatcher, group });
  }

  /** The messages are committed as STARTED, all but those in `stay`. */
  begin(stay: ReadonlySet<string>): void {
    for (const { dispatcher, group } of this.#groups) dispatcher.begin(group, stay);
  }

  /** Nothing was committed. */
  giveUp(): void {
    for (const { dispatcher, group } of this.#groups) dispatcher.giveUp(group);
  }
}
