import type { Channel } from "@tidings/contract/words";

/** Orders of channels by who chose them, most telling first. */
export interface ChannelOrders {
  recipient: readonly Channel[] | undefined;
  tenant: readonly Channel[] | undefined;
  category: readonly Channel[] | undefined;
  environment: readonly Channel[] | undefined;
}

export type OrderRule = "recipient_order" | "tenant_order" | "category_order" | "environment_order" | "step_order";

const places = [
  ["recipient_order", "recipient"],
  ["tenant_order", "tenant"],
  ["category_order", "category"],
  ["environment_order", "environment"],
] as const satisfies readonly (readonly [OrderRule, keyof ChannelOrders])[];

/**
 * A step's channels in the order that holds, and whose it is: the first order that names one of them. Those that it does
 * not name come behind, as the step has them.
 */
export function channelOrder(
  among: readonly Channel[],
  orders: ChannelOrders,
): { order: readonly Channel[]; rule: OrderRule } {
  for (const [rule, whose] of places) {
    const liked = orders[whose]?.filter((channel) => among.includes(channel)) ?? [];
    if (liked.length > 0) return { order: [...liked, ...among.filter((channel) => !liked.includes(channel))], rule };
  }
  return { order: among, rule: "step_order" };
}

export interface FirstThrough<Why> {
  /** Undefined where none lets it through. */
  chosen: Channel | undefined;
  passedOver: { channel: Channel; why: Why }[];
}

/** The first channel that nothing speaks against. Those behind it are not asked. */
export function firstThrough<Why>(
  order: readonly Channel[],
  against: (channel: Channel) => Why | undefined,
): FirstThrough<Why> {
  const passedOver: FirstThrough<Why>["passedOver"] = [];
  for (const channel of order) {
    const why = against(channel);
    if (why === undefined) return { chosen: channel, passedOver };
    passedOver.push({ channel, why });
  }
  return { chosen: undefined, passedOver };
}
