import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

export interface Certificates {
  caPath: string;
  certificatePath: string;
  keyPath: string;
}

const days = "3650";

/** A certificate for localhost and 127.0.0.1, signed by a CA of its own that no machine trusts by itself. */
export function makeCertificates(folder: string): Certificates {
  const caPath = join(folder, "ca.pem");
  const caKeyPath = join(folder, "ca.key");
  const certificatePath = join(folder, "server.pem");
  const keyPath = join(folder, "server.key");
  if (!existsSync(certificatePath)) {
    request("/CN=Tidings test CA", caPath, caKeyPath, ["-addext", "keyUsage=critical,keyCertSign,cRLSign"]);
    const names = ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-addext", "basicConstraints=CA:FALSE"];
    request("/CN=localhost", certificatePath, keyPath, [...names, "-CA", caPath, "-CAkey", caKeyPath]);
  }
  return { caPath, certificatePath, keyPath };
}

function request(subject: string, certificate: string, key: string, more: readonly string[]): void {
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc"];
  const args = ["req", "-x509", ...curve, "-days", days, "-subj", subject, "-keyout", key, "-out", certificate];
  execFileSync("openssl", [...args, ...more], { stdio: "pipe" });
}
