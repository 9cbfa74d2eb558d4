import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";

export interface TlsSettings {
  /** `verify` checks the server's certificate and name; `off` sends in clear. */
  mode: "verify" | "off";
  /** File of the certificates to trust in place of the system's; empty for those. */
  caFile: string;
}

/** Encrypted without a check of who answers is not offered: it keeps nobody out who can answer in the server's place. */
export function tlsOptions({ mode, caFile }: TlsSettings): ConnectionOptions | false {
  if (mode === "off") return false;
  return { rejectUnauthorized: true, ...(caFile === "" ? {} : { ca: readFileSync(caFile, "utf8") }) };
}
