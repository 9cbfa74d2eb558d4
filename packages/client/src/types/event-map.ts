import type { Data } from "@tidings/contract/data";
import type { BatchEvent, EventBody } from "@tidings/contract/events";
import type { DataOf } from "./data-of.ts";

/** Names of events and the type of each one's data. Interfaces fit too, which have no index signature. */
export type EventMap<Events> = { [Name in keyof Events]: object };

/** Where no map is given: any name, any data. */
export type AnyEvents = Record<string, Data>;

/** Names of a map. */
export type EventName<Events> = keyof Events & string;

/** `data` may be left out where nothing in it is needed. */
type DataField<D> = Record<never, never> extends D ? { data?: D | undefined } : { data: D };

/** An event without its name. */
export type EventInput<D> = Omit<EventBody, "name" | "data"> & DataField<D>;

/** An event of a batch: one of the names, with that name's data. */
export type BatchEventInput<Events> = {
  [Name in EventName<Events>]: { name: Name } & Omit<BatchEvent, "name" | "data"> & DataField<Events[Name]>;
}[EventName<Events>];

type EventOf<Key, Workflow> = Workflow extends { readonly event: infer Event extends string } ? Event : Key;
type DataOfWorkflow<Workflow> = Workflow extends { readonly data: infer Schema extends object }
  ? Extract<DataOf<Schema>, object>
  : Data;

/**
 * Events that typed workflows await: each under its `event`, or its key where it names none, with the type that its
 * `data` schema describes. Of several workflows that one event starts, it has to satisfy all.
 *
 * @example
 * const workflows = {
 *   "order-shipped": {
 *     event: "order.shipped",
 *     category: "orders",
 *     data: { type: "object", properties: { order: { type: "string" } }, required: ["order"] },
 *     steps: [{ id: "mail", type: "channel", channel: "email", template: "order-shipped" }],
 *   },
 * } as const;
 * const tidings = new Tidings<EventsOf<typeof workflows>>({ apiKey, baseUrl });
 * await tidings.events.send("order.shipped", { recipients: ["user_1"], data: { order: "4711" } });
 */
export type EventsOf<Workflows extends Record<string, object>> = {
  [Event in NamesOf<Workflows>]: DataOfEvent<Workflows, Event>;
};

type NamesOf<Workflows> = { [Key in keyof Workflows]: EventOf<Key, Workflows[Key]> }[keyof Workflows] & string;

type DataOfEvent<Workflows, Event> = Intersection<
  {
    [Key in keyof Workflows]: EventOf<Key, Workflows[Key]> extends Event ? DataOfWorkflow<Workflows[Key]> : never;
  }[keyof Workflows]
> &
  object;

/** Of a union the intersection: as parameters of functions they are inferred together. */
type Intersection<Union> = (Union extends unknown ? (value: Union) => void : never) extends (value: infer All) => void
  ? All
  : never;
