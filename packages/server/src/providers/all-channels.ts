import type { Channel } from "@tidings/contract/words";

const everyChannel: Record<Channel, true> = {
  email: true,
  sms: true,
  push: true,
  in_app: true,
  webhook: true,
  chat: true,
  voice: true,
};

const isChannel = (name: string): name is Channel => name in everyChannel;

/** For providers that stand in for any other; the record above fails to compile where a channel is missing. */
export const allChannels: readonly Channel[] = Object.keys(everyChannel).filter(isChannel);
