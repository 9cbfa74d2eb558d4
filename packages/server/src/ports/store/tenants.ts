export interface TenantRow {
  environmentId: number;
  key: string;
  /** Counts the writes that changed something, from 1. */
  version: number;
  /** JSON as the contract's schema parsed it. */
  document: string;
  updatedAt: number;
}

export interface TenantKey {
  environmentId: number;
  key: string;
}

/** Customers of the application. There may be very many, so that they are read one by one and never followed whole. */
export interface TenantStore {
  /** A new version where the document differs; else the row as it is. */
  putTenant(input: TenantKey & { document: string; now: number }): Promise<TenantRow>;
  getTenant(input: TenantKey): Promise<TenantRow | undefined>;
  /** By key, those behind `after`. */
  listTenants(input: { environmentId: number; after: string; limit: number }): Promise<TenantRow[]>;
  /** False where there was none. */
  deleteTenant(input: TenantKey): Promise<boolean>;
}
