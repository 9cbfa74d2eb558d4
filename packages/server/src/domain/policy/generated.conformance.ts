import type { ChannelSettings, Choice, PreferencesBody, Setting } from "@tidings/contract/preferences";
import { type Channel, channels, type Lane, lanes } from "@tidings/contract/words";
import type { SeededRandom } from "../../lib/seeded-random.ts";
import type { Choices, ConsentStand, Subject } from "./choices.ts";

/** Choices, consents and messages made up from a seed, of few enough keys that they meet. */
export class GeneratedPolicies {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  pick<Item>(items: readonly Item[]): Item {
    const place = Math.floor(this.#random.number() * items.length);
    const [item] = items.slice(place, place + 1);
    return item as Item;
  }

  chance(of: number): boolean {
    return this.#random.number() < of;
  }

  /** With `conditions`, some hold only where `data.flag` is true. */
  settings(conditions: boolean): ChannelSettings | undefined {
    if (this.chance(0.4)) return undefined;
    const settings: Partial<Record<Channel | "all", Choice>> = {};
    for (const channel of [...channels.slice(0, 3), "all"] as const)
      if (this.chance(0.3)) settings[channel] = this.#choice(conditions);
    return settings;
  }

  byKey(keys: readonly string[], conditions: boolean): Record<string, ChannelSettings> | undefined {
    if (this.chance(0.3)) return undefined;
    const record: Record<string, ChannelSettings> = {};
    for (const key of keys) {
      const settings = this.settings(conditions);
      if (settings !== undefined) record[key] = settings;
    }
    return record;
  }

  preferences(conditions: boolean): PreferencesBody {
    return {
      all: this.settings(conditions),
      tenants: this.byKey(["t1", "t2"], conditions),
      categories: this.byKey(["orders", "marketing"], conditions),
      workflows: this.byKey(["w1", "w2"], conditions),
    };
  }

  consents(): ConsentStand[] {
    const stands: ConsentStand[] = [];
    for (const purpose of ["orders", "marketing", "transactional", "everything"]) {
      for (const channel of [null, "email", "sms"] as const) {
        if (this.chance(0.75)) continue;
        const action = this.pick(["granted", "withdrawn", "requested"] as const);
        stands.push({ purpose, channel, action, at: 1000 + Math.floor(this.#random.number() * 4) });
      }
    }
    return stands;
  }

  choices(conditions: boolean): Choices {
    return { preferences: this.preferences(conditions), consents: this.chance(0.5) ? [] : this.consents() };
  }

  subject(): { subject: Subject; class: Lane } {
    const subject = {
      channel: this.pick(channels.slice(0, 3)),
      category: this.pick(["orders", "marketing"]),
      workflow: this.pick(["w1", "w2", ""]),
      tenant: this.pick(["t1", "t2", ""]),
    };
    return { subject, class: this.pick(lanes) };
  }

  #choice(conditions: boolean): Choice {
    const setting: Setting = this.pick(["on", "off", "off", "daily"]);
    if (!conditions || this.chance(0.6)) return setting;
    return { setting, if: { field: "data.flag", op: "eq", value: true } };
  }
}
