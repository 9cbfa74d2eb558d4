import type { ConfigurationKind, DocumentKind } from "@tidings/contract/configuration";

export interface ConfigurationRow {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
  version: number;
  /** JSON as the contract's schema parsed it, without secrets. */
  document: string;
  /** Sealed JSON of secrets; null where none. */
  secrets: string | null;
  secretNames: readonly string[];
  deleted: boolean;
  /** Whether it is the newest. */
  current: boolean;
  /** Position in the sequence of all changes; receivers of hints catch up from it. */
  sequence: number;
  updatedAt: number;
  /** Where the document came from, when it was not written by hand; empty where it was. */
  origin: string;
}

/** An earlier version of a workflow, of which runs may still be under way. */
export interface SupersededVersion {
  environmentId: number;
  key: string;
  version: number;
  document: string;
  /** When the next version took its place. */
  supersededAt: number;
}

export interface ConfigurationKey {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
}

export interface DocumentKey {
  kind: DocumentKind;
  key: string;
}

/** A tenant has no secrets and no origin. */
export interface DocumentWrite extends DocumentKey {
  document: string;
  secrets: string | null;
  secretNames: readonly string[];
  origin: string;
}

/** Documents that are written and deleted together. */
export interface DocumentSet {
  environmentId: number;
  writes: readonly DocumentWrite[];
  deletes: readonly DocumentKey[];
  /** What must be current; 0 where there must be nothing. */
  expected: readonly (DocumentKey & { version: number })[];
  /** Whether all is undone again: what would have been done is given. */
  dryRun?: boolean;
  now: number;
}

export interface DocumentChange extends DocumentKey {
  version: number;
  change: "created" | "changed" | "unchanged" | "deleted";
}

export type DocumentSetResult =
  /** Along the writes, then along the deletes: of these only what was there. */
  | { status: "written"; changes: DocumentChange[] }
  /** Something else is current; nothing was written. */
  | { status: "conflict"; found: DocumentKey & { version: number } };

/** Versioned documents: workflows, templates, categories, integrations. */
export interface ConfigurationStore {
  /** Writes a whole set in one transaction: a new version of each document that differs from its newest. */
  writeDocuments(input: DocumentSet): Promise<DocumentSetResult>;
  /** The newest version, or the one that is asked for. Undefined where there is none or, without `version`, it is deleted. */
  getConfiguration(input: ConfigurationKey & { version?: number }): Promise<ConfigurationRow | undefined>;
  listConfiguration(
    input: Omit<ConfigurationKey, "key"> & { after: string; limit: number },
  ): Promise<ConfigurationRow[]>;
  /** Versions before `before`, deletions included, newest first. */
  listConfigurationVersions(input: ConfigurationKey & { before: number; limit: number }): Promise<ConfigurationRow[]>;
  /** Newest versions, deletions included, that changed after `sequence`, oldest change first. */
  configurationSince(input: { sequence: number; limit: number }): Promise<ConfigurationRow[]>;
  /** Earlier versions of workflows that wait for an event, those that were replaced last first. */
  supersededWaits(input: { limit: number }): Promise<SupersededVersion[]>;
}
