import type { ConfigurationKind } from "@tidings/contract/configuration";
import type { ConfigurationRow, ConfigurationStore, DocumentKey } from "../ports/store/configuration.ts";

type Reads = Pick<ConfigurationStore, "getConfiguration" | "listConfiguration">;

const pageLength = 200;

/**
 * What is stored, as it would be once a set is written: what rules look at before anything is written. Each kind is read
 * once, and lives as long as one check.
 */
export class ConfigurationOverlay implements Reads {
  readonly #store: Reads;
  readonly #environmentId: number;
  readonly #written: readonly ConfigurationRow[];
  readonly #deleted: readonly DocumentKey[];
  readonly #kinds = new Map<ConfigurationKind, Promise<ConfigurationRow[]>>();

  constructor(
    store: Reads,
    environmentId: number,
    written: readonly ConfigurationRow[],
    deleted: readonly DocumentKey[],
  ) {
    this.#store = store;
    this.#environmentId = environmentId;
    this.#written = written;
    this.#deleted = deleted;
  }

  async getConfiguration({ kind, key }: { kind: ConfigurationKind; key: string }) {
    return (await this.#kind(kind)).find((row) => row.key === key);
  }

  async listConfiguration({ kind, after, limit }: { kind: ConfigurationKind; after: string; limit: number }) {
    return (await this.#kind(kind)).filter(({ key }) => key > after).slice(0, limit);
  }

  #kind(kind: ConfigurationKind): Promise<ConfigurationRow[]> {
    const known = this.#kinds.get(kind);
    if (known !== undefined) return known;
    const reading = this.#read(kind);
    this.#kinds.set(kind, reading);
    return reading;
  }

  async #read(kind: ConfigurationKind): Promise<ConfigurationRow[]> {
    const rows = new Map<string, ConfigurationRow>();
    for (let after = ""; ; ) {
      const page = await this.#store.listConfiguration({
        environmentId: this.#environmentId,
        kind,
        after,
        limit: pageLength,
      });
      for (const row of page) rows.set(row.key, row);
      const last = page.at(-1);
      if (last === undefined || page.length < pageLength) break;
      after = last.key;
    }
    for (const deleted of this.#deleted) if (deleted.kind === kind) rows.delete(deleted.key);
    for (const row of this.#written) if (row.kind === kind) rows.set(row.key, row);
    return [...rows.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  }
}
