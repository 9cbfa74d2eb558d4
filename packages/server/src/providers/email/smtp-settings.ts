import { z } from "zod";

const forbidden = /[\u0000-\u001f\u007f\u2028\u2029]/;
const line = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => !forbidden.test(text), { error: "must not contain control characters" });

/** An address as an envelope may carry it: one `@`, nothing that ends or splits a header or a command. */
const addressPattern = /^[^\s@<>(),;:\\"[\]\p{Cc}]{1,64}@[^\s@<>(),;:\\"[\]\p{Cc}]{1,253}$/u;

export const isMailAddress = (text: string): boolean => text.length <= 254 && addressPattern.test(text);

export interface Mailbox {
  name: string;
  address: string;
}

/** Reads `name@host` or `Display Name <name@host>`; undefined where it is neither. */
export function parseMailbox(text: string): Mailbox | undefined {
  const [, quoted = "", bracketed = ""] = /^([^<>]*?)\s*<([^<>]*)>$/.exec(text) ?? [];
  const address = bracketed === "" ? text : bracketed;
  if (forbidden.test(text) || !isMailAddress(address)) return undefined;
  return { name: quoted.replace(/^"(.*)"$/, "$1"), address };
}

const mailbox = line(500).refine((text) => parseMailbox(text) !== undefined, {
  error: "must be name@host or Display Name <name@host>",
});

export const smtpSchema = z
  .strictObject({
    host: line(253),
    port: z.int().min(1).max(65_535).default(587),
    /** `tls` from the first byte (465), `starttls` demanded before anything else is said, `none` for a relay on the same host. */
    secure: z.enum(["tls", "starttls", "none"]).default("starttls"),
    username: line(500).optional(),
    password: line(1000).optional(),
    from: mailbox,
    replyTo: mailbox.optional(),
    /** Certificates (PEM) trusted instead of the system's; certificates are always verified. */
    ca: z.string().max(20_000).startsWith("-----BEGIN CERTIFICATE-----").optional(),
    maxConnections: z.int().min(1).max(100).default(5),
    /** Messages over one connection before it is renewed. */
    maxMessages: z.int().min(1).max(10_000).default(100),
    connectTimeoutMs: z.int().min(10).max(120_000).default(30_000),
    greetingTimeoutMs: z.int().min(10).max(300_000).default(30_000),
    /** Silence that ends a connection, above all after the final dot: shorter than RFC 5321 §4.5.3.2.6 asks for makes duplicates. */
    finalDotTimeoutMs: z.int().min(10).max(1_200_000).default(600_000),
  })
  .refine((settings) => (settings.username === undefined) === (settings.password === undefined), {
    error: "username and password go together",
    path: ["password"],
  });
export type SmtpSettings = z.infer<typeof smtpSchema>;
