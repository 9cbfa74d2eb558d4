import type { CategoryBody } from "@tidings/contract/categories";
import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { LayoutBody } from "@tidings/contract/layouts";
import type { PartialBody } from "@tidings/contract/partials";
import type { PolicyBody } from "@tidings/contract/policies";
import type { SegmentBody } from "@tidings/contract/segments";
import { type TemplateBody, templateBodySchema } from "@tidings/contract/templates";
import type { Lane } from "@tidings/contract/words";
import { type WorkflowBody, workflowBodySchema } from "@tidings/contract/workflows";
import type { AwaitedPattern } from "../domain/awaited-events.ts";
import { sealContext } from "../domain/event-payload.ts";
import type { Pauses } from "../domain/pause.ts";
import type { Keyring } from "../lib/keyring.ts";
import type { Broadcast } from "../ports/broadcast.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type {
  AwaitedEvents,
  Configuration,
  IntegrationConfiguration,
  TemplateParts,
  Versioned,
} from "../ports/configuration.ts";
import type { SourceConfiguration } from "../ports/event-source.ts";
import type { PausesInForce } from "../ports/pauses.ts";
import type { ConfigurationRow, ConfigurationStore } from "../ports/store/configuration.ts";
import type { PauseRow, PauseStore } from "../ports/store/pauses.ts";
import { ConfigurationIndex, versioned } from "./configuration-index.ts";
import { OldVersions } from "./old-versions.ts";
import { PauseIndex } from "./pause-index.ts";

export interface ConfigurationChange {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
  version: number;
  deleted: boolean;
}

/** What could not be done, and with which document; undefined where the store was not reached at all. */
export type ConfigurationFault = (error: unknown, change: ConfigurationChange | undefined) => void;

interface Parts {
  store: Pick<ConfigurationStore, "configurationSince" | "getConfiguration" | "supersededWaits"> &
    Pick<PauseStore, "pausesSince">;
  broadcast: Broadcast;
  clock: Clock;
  keyring: Keyring;
  onFault: ConfigurationFault;
}

interface Limits {
  pollIntervalMs: number;
  pageMax: number;
  oldVersionsMax: number;
}

/**
 * Configuration in force, and what is paused, in memory. It follows the store's sequences of changes: a hint makes it look at once, a
 * poll makes up for lost hints.
 *
 *   new ── start ──▶ following ── stop ──▶ stopped
 *
 * Invariants: changes are applied in sequence order, one catch-up at a time; a `refresh` never joins a catch-up that was
 * already reading when it was called, as that one may have missed the caller's own change; a document that cannot be
 * read is reported and passed over (what was in force under its key stays), and the others go on.
 */
export class ConfigurationCache implements Configuration, TemplateParts, AwaitedEvents, PausesInForce {
  readonly #parts: Parts;
  readonly #limits: Limits;
  readonly #indexes = new Map<number, ConfigurationIndex>();
  readonly #oldWorkflows: OldVersions<WorkflowBody>;
  readonly #oldTemplates: OldVersions<TemplateBody>;
  readonly #listeners = new Set<(change: ConfigurationChange) => void>();
  readonly #pauses = new PauseIndex();
  readonly #pauseListeners = new Set<(environmentId: number) => void>();
  #sequence = 0;
  #pauseSequence = 0;
  #started: Promise<void> | undefined;
  #stopped = false;
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;
  #timer: Timer | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(parts: Parts, limits: Limits) {
    this.#parts = parts;
    this.#limits = limits;
    this.#oldWorkflows = new OldVersions(limits.oldVersionsMax, (key) =>
      this.#load("workflow", key, workflowBodySchema),
    );
    this.#oldTemplates = new OldVersions(limits.oldVersionsMax, (key) =>
      this.#load("template", key, templateBodySchema),
    );
  }

  /** Resolves when all is loaded; rejects where the store cannot be read. */
  start(): Promise<void> {
    this.#started ??= this.#begin();
    return this.#started;
  }

  /** Resolves when no catch-up is under way any more. What is in force stays readable. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#unsubscribe();
    await Promise.allSettled([this.#running, this.#following]);
  }

  /** Resolves when all that was committed before this call is in force here. */
  refresh(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    if (this.#running === undefined) {
      this.#running = this.#catchUp().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#following ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#following = undefined;
        return this.refresh();
      });
    return this.#following;
  }

  /** Tells of every change, once it is in force. Returns the function that ends it. */
  onChange(listener: (change: ConfigurationChange) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  pauses(environmentId: number): Pauses {
    return this.#pauses.of(environmentId);
  }

  nextRelease(): number | undefined {
    return this.#pauses.nextRelease();
  }

  onPauses(listener: (environmentId: number) => void): () => void {
    this.#pauseListeners.add(listener);
    return () => {
      this.#pauseListeners.delete(listener);
    };
  }

  workflowsFor(environmentId: number, eventName: string): readonly Versioned<WorkflowBody>[] {
    return this.#indexes.get(environmentId)?.workflowsFor(eventName) ?? [];
  }

  /** Current ones, by key. */
  workflows(environmentId: number): readonly Versioned<WorkflowBody>[] {
    return this.#indexes.get(environmentId)?.allWorkflows() ?? [];
  }

  category(environmentId: number, key: string): Versioned<CategoryBody> | undefined {
    return this.#indexes.get(environmentId)?.categories.get(key);
  }

  policy(environmentId: number): Versioned<PolicyBody> | undefined {
    return this.#indexes.get(environmentId)?.policy;
  }

  segment(environmentId: number, key: string): Versioned<SegmentBody> | undefined {
    return this.#indexes.get(environmentId)?.segments.get(key);
  }

  looksBack(environmentId: number): boolean {
    return this.#indexes.get(environmentId)?.looksBack === true;
  }

  awaitedAs(environmentId: number, eventName: string, now: number): readonly AwaitedPattern[] {
    return this.#indexes.get(environmentId)?.awaited.of(eventName, now) ?? [];
  }

  laneOf(environmentId: number, category: string): Lane {
    return this.category(environmentId, category)?.document.class ?? "marketing";
  }

  currentTemplate(environmentId: number, key: string): Versioned<TemplateBody> | undefined {
    return this.#indexes.get(environmentId)?.templates.get(key);
  }

  layout(environmentId: number, key: string): Versioned<LayoutBody> | undefined {
    return this.#indexes.get(environmentId)?.layouts.get(key);
  }

  partial(environmentId: number, key: string): Versioned<PartialBody> | undefined {
    return this.#indexes.get(environmentId)?.partials.get(key);
  }

  partsRevision(environmentId: number): number {
    return this.#indexes.get(environmentId)?.partsRevision ?? 0;
  }

  integrations(environmentId: number): readonly IntegrationConfiguration[] {
    return this.#indexes.get(environmentId)?.integrations() ?? [];
  }

  /** Of all environments; disabled ones too. */
  sources(): SourceConfiguration[] {
    return [...this.#indexes.values()].flatMap(({ sources }) => [...sources.values()]);
  }

  async workflowVersion(
    environmentId: number,
    key: string,
    version: number,
  ): Promise<Versioned<WorkflowBody> | undefined> {
    const current = this.#indexes.get(environmentId)?.workflows.get(key);
    return current?.version === version ? current : this.#oldWorkflows.get({ environmentId, key, version });
  }

  async templateVersion(
    environmentId: number,
    key: string,
    version: number,
  ): Promise<Versioned<TemplateBody> | undefined> {
    const current = this.currentTemplate(environmentId, key);
    return current?.version === version ? current : this.#oldTemplates.get({ environmentId, key, version });
  }

  async #begin(): Promise<void> {
    // Before the first read, so that a change between the two is not missed until the poll.
    this.#unsubscribe = this.#parts.broadcast.subscribe("configuration", () => this.#refreshSoon());
    await this.refresh();
    this.#arm();
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = this.#parts.clock.after(this.#limits.pollIntervalMs, () => {
      void this.#refreshSoon().then(() => this.#arm());
    });
  }

  async #refreshSoon(): Promise<void> {
    try {
      await this.refresh();
    } catch (error) {
      this.#parts.onFault(error, undefined);
    }
  }

  async #catchUp(): Promise<void> {
    const ends = await Promise.allSettled([this.#catchUpDocuments(), this.#catchUpPauses()]);
    for (const end of ends) if (end.status === "rejected") throw end.reason;
  }

  async #catchUpPauses(): Promise<void> {
    const limit = this.#limits.pageMax;
    const changed = new Set<number>();
    let rows: readonly PauseRow[];
    do {
      rows = await this.#parts.store.pausesSince({ sequence: this.#pauseSequence, limit });
      for (const row of rows) {
        this.#pauses.apply(row);
        this.#pauseSequence = row.sequence;
        changed.add(row.environmentId);
      }
    } while (rows.length >= limit && !this.#stopped);
    for (const environmentId of changed) this.#tellOfPauses(environmentId);
  }

  #tellOfPauses(environmentId: number): void {
    for (const listener of this.#pauseListeners) {
      try {
        listener(environmentId);
      } catch (error) {
        this.#parts.onFault(error, undefined);
      }
    }
  }

  async #catchUpDocuments(): Promise<void> {
    const limit = this.#limits.pageMax;
    for (;;) {
      const rows = await this.#parts.store.configurationSince({ sequence: this.#sequence, limit });
      // In front of what takes their place: between the two nobody would know what their runs wait for.
      if (rows.some(({ kind }) => kind === "workflow")) await this.#readSuperseded();
      for (const row of rows) {
        this.#apply(row);
        this.#sequence = row.sequence;
      }
      if (rows.length < limit || this.#stopped) return;
    }
  }

  async #readSuperseded(): Promise<void> {
    const versions = await this.#parts.store.supersededWaits({ limit: this.#limits.oldVersionsMax });
    const read = versions.flatMap(({ document: json, ...version }) => {
      const parsed = workflowBodySchema.safeParse(JSON.parse(json));
      return parsed.success ? { ...version, document: parsed.data } : [];
    });
    const environments = new Set([...this.#indexes.keys(), ...read.map(({ environmentId }) => environmentId)]);
    for (const id of environments)
      this.#index(id).awaited.setSuperseded(read.filter(({ environmentId }) => environmentId === id));
  }

  #apply(row: ConfigurationRow): void {
    const { environmentId, kind, key, version, deleted } = row;
    const change = { environmentId, kind, key, version, deleted };
    try {
      this.#index(environmentId).apply(row, (sealed) =>
        this.#parts.keyring.unsealForEnvironment(environmentId, sealContext.secrets, sealed),
      );
    } catch (error) {
      this.#parts.onFault(error, change);
      return;
    }
    for (const listener of this.#listeners) {
      try {
        listener(change);
      } catch (error) {
        this.#parts.onFault(error, change);
      }
    }
  }

  #index(environmentId: number): ConfigurationIndex {
    const known = this.#indexes.get(environmentId);
    if (known !== undefined) return known;
    const index = new ConfigurationIndex();
    this.#indexes.set(environmentId, index);
    return index;
  }

  async #load<Document>(
    kind: ConfigurationKind,
    wanted: { environmentId: number; key: string; version: number },
    schema: Parameters<typeof versioned<Document>>[1],
  ): Promise<Versioned<Document> | undefined> {
    const row = await this.#parts.store.getConfiguration({ ...wanted, kind });
    return row === undefined ? undefined : versioned(row, schema);
  }
}
