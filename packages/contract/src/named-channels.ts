import { z } from "zod";
import { type Channel, channelSchema, channels } from "./words.ts";

/** Channels on which a rule holds. */
export const namedChannelsSchema = z.array(channelSchema).min(1).max(channels.length);

/** What goes out on these disturbs nobody by itself: rules of people's attention hold there only where they name them. */
export const silentChannels: readonly Channel[] = ["in_app", "webhook"];
