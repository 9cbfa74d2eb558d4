import type { Lane } from "@tidings/contract/words";
import { type AudiencePlace, placeOf, placeText } from "../../domain/audience-place.ts";
import type { EventPayload } from "../../domain/event-payload.ts";
import type { Subscriber } from "../../ports/store/topics.ts";
import type { Walked } from "./named-page.ts";
import type { PersonCache } from "./person-cache.ts";
import { type MemberSource, segmentMembers } from "./segment-members.ts";
import type { TurnPage } from "./turn-page.ts";

type Audience = NonNullable<EventPayload["audiences"]>[number];

/** What has been read for a turn. */
interface Part {
  passed: Subscriber[];
  /** Those of them who are meant, and have not had their turn. */
  turn: Subscriber[];
  unreached: { reason: string; detail: string }[];
}

/** Reads the people of an event's topics and segments, from where the event stands among them. */
export class AudiencePages {
  readonly #on: MemberSource;
  readonly #persons: PersonCache;
  readonly #most: (lane: Lane) => number;

  /** `most`: how many people of a lane's event have their turn at once. */
  constructor(on: MemberSource, persons: PersonCache, most: (lane: Lane) => number) {
    this.#on = on;
    this.#persons = persons;
    this.#most = most;
  }

  /** The page of the event's next turn. */
  async next({ record, payload }: Walked, lane: Lane): Promise<TurnPage> {
    const audiences = payload.audiences ?? [];
    const page: Part = { passed: [], turn: [], unreached: [] };
    const most = this.#most(lane);
    let place = placeOf(record.position);
    for (let audience = audiences[place.index]; audience !== undefined; audience = audiences[place.index]) {
      const limit = this.#room(page, audience, most);
      if (limit <= 0) break;
      const passed = await this.#part(page, record.environmentId, audiences, place, limit, lane);
      place = behind(place, passed, limit);
    }
    const named = new Set(payload.recipients);
    const turn = page.turn.filter(({ id }) => !named.has(id));
    return {
      ids: turn.map(({ id }) => id),
      cursor: record.cursor + page.passed.length,
      position: placeText(place),
      isLast: place.index >= audiences.length,
      records: turn.flatMap((subscriber) => subscriber.record ?? []),
      unreached: page.unreached,
    };
  }

  /** How many of an audience may be read next. Of a segment's many are looked at for each who is in it. */
  #room({ passed, turn }: Part, audience: Audience, most: number): number {
    if ("topic" in audience) return most - passed.length;
    return Math.min(most - turn.length, this.#on.limits.segmentLookedMax - passed.length);
  }

  /** Reads on in one audience; gives whom it passed. */
  async #part(
    page: Part,
    environmentId: number,
    audiences: readonly Audience[],
    { index, after }: AudiencePlace,
    limit: number,
    lane: Lane,
  ): Promise<readonly Subscriber[]> {
    const audience = audiences[index];
    if (audience === undefined) return [];
    const before = audiences.slice(0, index);
    const topicsBefore = before.flatMap((each) => ("topic" in each ? each.topic : []));
    if ("topic" in audience) {
      const { topic } = audience;
      const asked = { environmentId, topic, after, limit, before: topicsBefore, lane };
      const passed = await this.#on.store.readSubscribers(asked);
      if (passed === undefined) page.unreached.push({ reason: "topic_unknown", detail: topic });
      else page.turn.push(...passed.filter(({ isRepeated }) => !isRepeated));
      page.passed.push(...(passed ?? []));
      return passed ?? [];
    }
    const { segment } = audience;
    const segmentsBefore = before.flatMap((each) => ("segment" in each ? each.segment : []));
    const search = { environmentId, segment, topicsBefore, segmentsBefore, after, limit, lane };
    const found = await segmentMembers(this.#on, this.#persons, search);
    if (found === undefined) page.unreached.push({ reason: "segment_unknown", detail: segment });
    else page.turn.push(...found.members);
    for (const detail of found?.unreadable ?? []) page.unreached.push({ reason: "recipient_unreadable", detail });
    page.passed.push(...(found?.passed ?? []));
    return found?.passed ?? [];
  }
}

function behind({ index, after }: AudiencePlace, found: readonly Subscriber[], limit: number): AudiencePlace {
  if (found.length < limit) return { index: index + 1, after: "" };
  return { index, after: found.at(-1)?.id ?? after };
}
