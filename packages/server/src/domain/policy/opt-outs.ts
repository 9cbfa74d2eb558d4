import type { ChannelSettings } from "@tidings/contract/preferences";
import type { Channel } from "@tidings/contract/words";
import { channels } from "@tidings/contract/words";
import type { Choices } from "./choices.ts";

/**
 * One line of what somebody has said, in a form that the statement which starts an attempt can ask. Of the lines that fit a
 * message the one of the highest rank decides, apart for `legal` ones and for choices.
 */
export interface OptOut {
  legal: boolean;
  /** `purpose`: a category or a class. Choices have the others. */
  scope: "everything" | "purpose" | "workflow" | "category" | "tenant" | "environment";
  /** Key of what the scope names; empty where it names nothing. */
  value: string;
  /** Null for all channels. */
  channel: Channel | null;
  /** For legal ones when it was said, ms. */
  rank: number;
  off: boolean;
}

/** Twice the place in the order of precedence, so that a named channel fits in above all channels. */
const ranks = { workflow: 8, category: 6, tenant: 4, environment: 2 } as const;

/** What a message that waits has to be asked about when it starts; empty where nobody has said no. */
export function optOutsOf({ preferences, consents }: Choices): OptOut[] {
  const legal = consents.flatMap(({ purpose, channel, action, at }): OptOut[] => {
    if (action === "requested") return [];
    const scope = purpose === "everything" ? "everything" : "purpose";
    const value = scope === "everything" ? "" : purpose;
    return [{ legal: true, scope, value, channel, rank: at, off: action === "withdrawn" }];
  });
  const choices = [
    ...byKey("workflow", preferences.workflows),
    ...byKey("category", preferences.categories),
    ...byKey("tenant", preferences.tenants),
    ...settingsOf("environment", "", preferences.all),
  ];
  // A yes matters only beside a no.
  return [legal, choices].flatMap((lines) => (lines.some(({ off }) => off) ? lines : []));
}

function byKey(
  scope: "workflow" | "category" | "tenant",
  settings: Readonly<Record<string, ChannelSettings>> | undefined,
): OptOut[] {
  return Object.entries(settings ?? {}).flatMap(([key, one]) => settingsOf(scope, key, one));
}

/** What holds only under a condition says nothing here: it was asked when the message was made. */
function settingsOf(scope: keyof typeof ranks, value: string, settings: ChannelSettings | undefined): OptOut[] {
  if (settings === undefined) return [];
  const lines: OptOut[] = [];
  for (const channel of [...channels, null]) {
    const choice = settings[channel ?? "all"];
    if (choice === undefined) continue;
    const rank = ranks[scope] + (channel === null ? 0 : 1);
    const isCertain = typeof choice === "string";
    lines.push({ legal: false, scope, value, channel, rank, off: isCertain && choice === "off" });
  }
  return lines;
}
