import type { DigestJoin, HeldMessage, NewMessage } from "../../../ports/store/orchestrate.ts";
import type { Collapsed } from "../../sql/collapse.ts";
import { notWritten } from "../../sql/sunset.ts";
import type { Database } from "../database.ts";
import { claimAttention } from "./claim-attention.ts";
import { claimSunsets, writeSunsets } from "./sunset.ts";
import { collapsed } from "./supersede.ts";

/** What sunsets, collapse keys and caps make of messages. */
export interface Places {
  /** What is written as it stands. */
  messages: readonly NewMessage[];
  held: HeldMessage[];
  /** What joins a digest in place of a message. */
  joins: readonly DigestJoin[];
  /** Undefined where none has a collapse key. */
  newest: Collapsed | undefined;
}

export function claimPlaces(database: Database, messages: readonly NewMessage[]): Places {
  const sunsets = claimSunsets(database, messages);
  const awake = sunsets?.messages ?? messages;
  const newest = collapsed(database, awake);
  const kept = newest?.messages ?? awake;
  const admitted = claimAttention(database, kept, newest?.replaces);
  const held = admitted?.held ?? [];
  if (sunsets !== undefined) {
    writeSunsets(database, sunsets, notWritten(held, newest?.overtaken));
    held.push(...sunsets.held.filter(({ id }) => !held.some((one) => one.id === id)));
  }
  return { messages: admitted?.messages ?? kept, held, joins: admitted?.joins ?? [], newest };
}
