import type { ConfigurationKind } from "@tidings/contract/configuration";

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
  /** Position in the sequence of all changes; receivers of hints catch up from it. */
  sequence: number;
  updatedAt: number;
}

export interface ConfigurationWrite {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
  document: string;
  secrets: string | null;
  secretNames: readonly string[];
  now: number;
}

export interface ConfigurationKey {
  environmentId: number;
  kind: ConfigurationKind;
  key: string;
}

/** Versioned documents: workflows, templates, categories, integrations. */
export interface ConfigurationStore {
  /** A new version where the document differs from the newest; else the newest as it is. */
  putConfiguration(input: ConfigurationWrite): Promise<ConfigurationRow>;
  /** The newest version, or the one that is asked for. Undefined where there is none or, without `version`, it is deleted. */
  getConfiguration(input: ConfigurationKey & { version?: number }): Promise<ConfigurationRow | undefined>;
  listConfiguration(
    input: Omit<ConfigurationKey, "key"> & { after: string; limit: number },
  ): Promise<ConfigurationRow[]>;
  /** False where there was none. */
  deleteConfiguration(input: ConfigurationKey & { now: number }): Promise<boolean>;
  /** Newest versions, deletions included, that changed after `sequence`, oldest change first. */
  configurationSince(input: { sequence: number; limit: number }): Promise<ConfigurationRow[]>;
}
