import { z } from "zod";
import { channelSchema, channels } from "./words.ts";

/** Channels, those that are liked best first. */
export const channelOrderSchema = z
  .array(channelSchema)
  .min(1)
  .max(channels.length)
  .refine((order) => new Set(order).size === order.length, { error: "names a channel twice" });
