import { silentChannels } from "@tidings/contract/named-channels";
import type { Channel } from "@tidings/contract/words";

/** Whether a rule of people's attention holds for what goes out on a channel: one that names channels for these alone. */
export function holdsOn({ channels }: { channels?: readonly Channel[] | undefined }, channel: Channel): boolean {
  return channels === undefined ? !silentChannels.includes(channel) : channels.includes(channel);
}
