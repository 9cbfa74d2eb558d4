import type { DigestJoin, HeldMessage, NewMessage } from "../../../ports/store/orchestrate.ts";
import type { Collapsed } from "../../sql/collapse.ts";
import { notWritten } from "../../sql/sunset.ts";
import type { Session } from "../session.ts";
import { claimAttention, lockAttention } from "./claim-attention.ts";
import { claimSunsets, lockSunsets, writeSunsets } from "./sunset.ts";
import { collapsed, lockCollapse } from "./supersede.ts";

/** What sunsets, collapse keys and caps make of messages. */
export interface Places {
  /** What is written as it stands. */
  messages: readonly NewMessage[];
  held: readonly HeldMessage[];
  /** What joins a digest in place of a message. */
  joins: readonly DigestJoin[];
  /** Undefined where none has a collapse key. */
  newest: Collapsed | undefined;
}

/** Sunsets are locked first, then collapse keys, then the attention of recipients, by everybody. */
export async function claimPlaces(sql: Session, messages: readonly NewMessage[]): Promise<Places> {
  const sunsets = await claimSunsets(sql, messages);
  const awake = sunsets?.messages ?? messages;
  const newest = await collapsed(sql, awake);
  const kept = newest?.messages ?? awake;
  const admitted = await claimAttention(sql, kept, newest?.replaces);
  const held = admitted?.held ?? [];
  if (sunsets !== undefined) {
    await writeSunsets(sql, sunsets, notWritten(held, newest?.overtaken));
    held.push(...sunsets.held.filter(({ id }) => !held.some((one) => one.id === id)));
  }
  return { messages: admitted?.messages ?? kept, held, joins: admitted?.joins ?? [], newest };
}

/** For who locks more than places, and must begin with these. */
export async function lockPlaces(sql: Session, messages: readonly NewMessage[]): Promise<void> {
  await lockSunsets(sql, messages);
  await lockCollapse(sql, messages);
  await lockAttention(sql, messages);
}
