import { z } from "zod";
import { sealContext } from "../../domain/event-payload.ts";
import type { Json } from "../../domain/steps/step-kind.ts";
import type { DigestEntry } from "../../ports/store/digests.ts";
import type { OrchestrateKeyring } from "./ports.ts";

interface Content {
  sealed: string;
  bytes: number;
}

const contentSchema = z.object({
  data: z.record(z.string(), z.json()),
  steps: z.record(z.string(), z.json()).optional(),
  /** Where a window gathers events of several. */
  workflow: z.string().optional(),
});

/** A run, as far as a window keeps it. */
export interface GatheredRun {
  environmentId: number;
  data: Record<string, unknown>;
  journal: Readonly<Record<string, Json>>;
}

/** An event of a window, opened. */
export interface Gathered extends z.infer<typeof contentSchema> {
  entry: DigestEntry;
}

/** What windows keep of an event, by its data and the workflow: sealed once for all of its recipients, and gone with it. */
const sealedOf = new WeakMap<object, Map<string, Content>>();

/** What a window keeps of a run's event; `workflow` where it gathers events of several. */
export function digestContent(
  { data, journal, environmentId }: GatheredRun,
  keyring: Pick<OrchestrateKeyring, "sealForEnvironment">,
  workflow?: string,
): Content {
  const isPlain = Object.keys(journal).length === 0;
  const known = isPlain ? sealedOf.get(data)?.get(workflow ?? "") : undefined;
  if (known !== undefined) return known;
  const text = JSON.stringify({ data, steps: isPlain ? undefined : journal, workflow });
  const sealed = keyring.sealForEnvironment(environmentId, sealContext.digestEntry, text);
  const content = { sealed, bytes: Buffer.byteLength(text) };
  if (isPlain) {
    const contents = sealedOf.get(data) ?? new Map<string, Content>();
    sealedOf.set(data, contents.set(workflow ?? "", content));
  }
  return content;
}

/** Throws where it does not open. */
export function openEntry(
  environmentId: number,
  entry: DigestEntry,
  keyring: Pick<OrchestrateKeyring, "unsealForEnvironment">,
): Gathered {
  const text = keyring.unsealForEnvironment(environmentId, sealContext.digestEntry, entry.content);
  return { entry, ...contentSchema.parse(JSON.parse(text)) };
}

/** What templates and later steps read of a window. */
export function digestResult(gathered: readonly Gathered[]): { [key: string]: Json } {
  const events = gathered.map(({ entry, ...content }): Record<string, Json> => {
    const { data, steps, workflow } = content;
    const own = { id: entry.eventId, at: new Date(entry.at).toISOString(), data };
    return { ...own, ...(workflow === undefined ? {} : { workflow }), ...(steps === undefined ? {} : { steps }) };
  });
  const [firstAt, lastAt] = [events[0]?.["at"] ?? null, events.at(-1)?.["at"] ?? null];
  return { events, count: events.length, firstAt, lastAt };
}
