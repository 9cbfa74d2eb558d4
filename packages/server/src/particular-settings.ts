import { z } from "zod";
import { type DatabaseServers, databaseServers, replicaServers } from "./lib/database-url.ts";
import { kafkaAddress } from "./lib/kafka-address.ts";
import { infos } from "./setting-kinds.ts";

/* Settings whose value is more than a number, a flag or a text. */

export const roles = ["api", "orchestrate", "deliver", "feedback"] as const;

function split(list: string): string[] {
  return list.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()]));
}

/** Base64 of exactly 32 bytes. */
export const masterKeySchema = z.string().refine((key) => /^[A-Za-z0-9+/]{43}=$/.test(key), {
  error: "must be 32 bytes in base64, as `openssl rand -base64 32` makes them",
});

export const apiKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{32,255}$/, { error: "must consist of 32 to 255 visible ASCII characters" });

const namesServers = (read: (url: string) => DatabaseServers) =>
  z.string().superRefine((url, context) => {
    const servers = read(url);
    if ("fault" in servers) context.addIssue({ code: "custom", message: servers.fault });
  });

export const databaseUrlSchema = namesServers(databaseServers);
export const replicaUrlSchema = namesServers(replicaServers);

export const queueUrlSchema = z.string().superRefine((url, context) => {
  const scheme = /^([a-z]+):/.exec(url)?.[1] ?? "";
  const message = (): string | undefined => {
    if (scheme !== "kafka")
      return "must be a URL such as kafka://user:password@host:9092; this version knows no other broker";
    if (/[?#]/.test(url))
      return "takes no options: those of a client that could lose what was acknowledged are not for choice";
    return kafkaAddress(url) === undefined
      ? "must be a URL such as kafka://user:password@host:9092,host2:9092/prefix"
      : undefined;
  };
  const fault = message();
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

export const rolesSetting = z
  .string()
  .transform(split)
  .pipe(
    z
      .array(z.enum(roles, { error: `must be some of ${roles.join(", ")}, with commas between them` }))
      .min(1, { error: `must be some of ${roles.join(", ")}, with commas between them` }),
  )
  .default([...roles])
  .register(infos, {
    name: "TIDINGS_ROLES",
    unit: "",
    default: roles.join(","),
    limit: "a list of roles",
    secret: false,
    description: "What this process does; the embedded store allows one process only",
  });

const originsLimit = "origins such as https://shop.example, with commas between them, or *";
export const originsSetting = z
  .string()
  .transform((list) => split(list).map((origin) => origin.toLowerCase()))
  .refine(
    (list) => list.every((origin) => origin === "*" || (URL.canParse(origin) && new URL(origin).origin === origin)),
    {
      error: `must be ${originsLimit}`,
    },
  )
  .default([])
  .register(infos, {
    name: "TIDINGS_INBOX_ORIGINS",
    unit: "",
    default: "",
    limit: originsLimit,
    secret: false,
    description: "Origins of pages that may use the inbox from elsewhere; none where left out",
  });

export const publicUrlSchema = z.string().max(300).refine(isBaseUrl, {
  error:
    "must be an http or https URL without user name, password, query and fragment, such as https://mail.shop.example",
});

export const otlpUrlSchema = z.string().refine(isBaseUrl, {
  error: "must be an http or https URL without user name, password, query and fragment, such as http://127.0.0.1:4318",
});

function isBaseUrl(text: string): boolean {
  if (!URL.canParse(text) || /[?#]/.test(text)) return false;
  const { protocol, username, password } = new URL(text);
  return (protocol === "https:" || protocol === "http:") && username === "" && password === "";
}

const headersLimit = "pairs such as authorization=Bearer%20abc, with commas between them";
const headerForm = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}=[\x21-\x2b\x2d-\x7e]{1,4000}$/;

/** Headers as OpenTelemetry's own variables have them: values are percent-encoded. */
export const otlpHeadersSetting = z
  .string()
  .transform(split)
  .refine((pairs) => pairs.every((pair) => headerForm.test(pair) && decoded(pair) !== undefined), {
    error: `must be ${headersLimit}`,
  })
  .transform((pairs) => Object.fromEntries(pairs.flatMap((pair) => [decoded(pair) ?? []])))
  .pipe(z.record(z.string(), z.string()))
  .default({})
  .register(infos, {
    name: "TIDINGS_OTLP_HEADERS",
    unit: "",
    default: "",
    limit: headersLimit,
    secret: true,
    description: "Headers of requests to the OTLP receiver, as for its API key",
  });

/** Undefined where the value is not percent-encoded, or holds what no header may. */
function decoded(pair: string): [name: string, value: string] | undefined {
  const at = pair.indexOf("=");
  try {
    const value = decodeURIComponent(pair.slice(at + 1));
    return /^[\x20-\x7e]+$/.test(value) ? [pair.slice(0, at).toLowerCase(), value] : undefined;
  } catch {
    return undefined;
  }
}
