import type { TlsSettings } from "./tls.ts";

/** One of the servers that may have the database now. */
export interface Server {
  url: string;
  tls: TlsSettings;
}

/**
 * The servers that may have the database: a primary and those that may take its place. Each attempt takes them in turn,
 * beginning with the one that was right last.
 */
export class Servers {
  readonly #servers: readonly Server[];
  #right = 0;

  constructor(servers: readonly Server[]) {
    this.#servers = servers;
  }

  /** What the first of them gives with which `attempt` succeeds; where none does, why not, for each. */
  async reach<T>(attempt: (server: Server) => Promise<T>): Promise<T> {
    const first = this.#right;
    const faults: Error[] = [];
    for (const offset of this.#servers.keys()) {
      const index = (first + offset) % this.#servers.length;
      const server = this.#servers[index];
      if (server === undefined) continue;
      try {
        const made = await attempt(server);
        this.#right = index;
        return made;
      } catch (error) {
        faults.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
    const [only] = faults;
    if (only !== undefined && faults.length === 1) throw only;
    throw new AggregateError(
      faults,
      `none of its ${faults.length} servers can be used: ${faults.map(({ message }) => message).join("; ")}`,
    );
  }
}
