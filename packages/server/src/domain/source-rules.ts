import type { Fault } from "@tidings/contract/errors";
import { type KafkaSourceBody, type SourceBody, sourceSecrets } from "@tidings/contract/sources";

/** What must hold of a source beyond its shape. `secrets` are those given, or those stored where none were given. */
export function sourceFaults(source: SourceBody, secrets: Readonly<Record<string, string>>): Fault[] {
  const { needed, names } = sourceSecrets[source.type];
  const faults: Fault[] = [];
  for (const name of needed)
    if (!Object.hasOwn(secrets, name))
      faults.push({ path: `secrets.${name}`, message: `is what ${source.type} needs` });
  // Those of another type may be stored from before.
  for (const name of Object.keys(secrets))
    if (!names.includes(name)) faults.push({ path: `secrets.${name}`, message: `is no secret of ${source.type}` });
  return source.type === "kafka" ? [...faults, ...kafkaFaults(source, secrets)] : faults;
}

function kafkaFaults(source: KafkaSourceBody, secrets: Readonly<Record<string, string>>): Fault[] {
  const faults: Fault[] = [];
  const hasPassword = Object.hasOwn(secrets, "password");
  if (source.user !== undefined && !hasPassword)
    faults.push({ path: "secrets.password", message: "is what the user needs" });
  if (source.user === undefined && hasPassword) faults.push({ path: "user", message: "is whose password?" });
  if (source.user !== undefined && source.saslMechanism === "plain" && source.tls === "off")
    faults.push({ path: "tls", message: "plain would send the password in clear" });
  if (source.ca !== undefined && source.tls === "off") faults.push({ path: "ca", message: "needs tls" });
  return faults;
}
