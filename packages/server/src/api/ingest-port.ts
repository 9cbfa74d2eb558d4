import type { CampaignBody } from "@tidings/contract/campaigns";
import type { EventBody } from "@tidings/contract/events";
import type { MessageBody } from "@tidings/contract/messages";
import type { ReplayBody } from "@tidings/contract/replays";
import type { KeywordAnswer } from "../domain/keyword-answer.ts";
import type { Selection } from "../domain/replay-selection.ts";
import type { TidingsError } from "../errors.ts";
import type { AcceptResult, NewEvent } from "../ports/store/ingest.ts";
import type { RecipientWebhook } from "../ports/store/recipient-webhooks.ts";

/** What the API asks of ingest. */
export interface IngestPort {
  /**
   * `trace`: text of the trace (domain/trace-context) that what follows belongs to. `webhooks`: what endpoints are told with it, unless
   * the key was used before.
   */
  accept(
    environmentId: number,
    body: EventBody,
    idempotencyKey?: string,
    trace?: string,
    webhooks?: readonly RecipientWebhook[],
  ): Promise<{ id: string }>;
  /** `writerOf` looks at an item that is a change, and makes it durable in its turn. */
  acceptBatch(
    environmentId: number,
    items: readonly unknown[],
    writerOf: (body: EventBody) => (event: NewEvent) => Promise<AcceptResult>,
    trace?: string,
  ): Promise<({ id: string } | { error: TidingsError })[]>;
  acceptMessage(
    environmentId: number,
    body: MessageBody,
    idempotencyKey?: string,
    trace?: string,
  ): Promise<{ id: string }>;
  /** An event that is a change: `write` makes both durable, or says why it does not. */
  acceptChange(
    environmentId: number,
    body: EventBody,
    idempotencyKey: string | undefined,
    trace: string | undefined,
    write: (event: NewEvent) => Promise<AcceptResult>,
  ): Promise<{ id: string }>;
  /** An event to be written with the change that it tells of, and `committed` then; undefined where nothing awaits it. */
  changeEvent(
    environmentId: number,
    name: string,
    bodyOf: () => EventBody,
  ): { event: NewEvent; committed(): void } | undefined;
  /** What answers the message that came in as `id`: told again, it is the same. */
  acceptAnswer(environmentId: number, answer: KeywordAnswer, id: string): Promise<{ id: string }>;
  acceptCampaign(
    environmentId: number,
    body: CampaignBody,
    idempotencyKey?: string,
    trace?: string,
  ): Promise<{ id: string }>;
  acceptReplay(
    environmentId: number,
    body: ReplayBody,
    idempotencyKey?: string,
    trace?: string,
  ): Promise<{ id: string }>;
  /** What a replay would select. Throws `validation_failed`. */
  selectionOf(environmentId: number, body: ReplayBody): Selection;
  cancel(environmentId: number, cancellationKey: string): Promise<{ events: number; runs: number; messages: number }>;
}
