export interface EnvironmentRow {
  id: number;
  key: string;
  /** Data key and address key, wrapped by the master key. */
  wrappedDataKey: string;
  wrappedAddressKey: string;
  createdAt: number;
}

export interface ApiKeyRow {
  id: string;
  environmentId: number;
  name: string;
  prefix: string;
  /** SHA-256 of the key, hex. Keys carry 256 bits of randomness, so no slow hash is needed. */
  hash: string;
  createdAt: number;
  revokedAt: number | null;
}

export interface KeyStore {
  listEnvironments(input: Record<never, never>): Promise<EnvironmentRow[]>;
  /** Makes the environment unless one of that key is there. */
  createEnvironment(input: Omit<EnvironmentRow, "id">): Promise<EnvironmentRow>;
  createApiKey(input: Omit<ApiKeyRow, "revokedAt">): Promise<void>;
  findApiKey(input: { hash: string }): Promise<ApiKeyRow | undefined>;
  listApiKeys(input: { environmentId: number; after: string; limit: number }): Promise<ApiKeyRow[]>;
  /** False where there was none. */
  revokeApiKey(input: { environmentId: number; id: string; now: number }): Promise<boolean>;
}
