import { z } from "zod";
import { returnPathLocalMax } from "../../domain/return-path.ts";
import { parseAddress } from "./address.ts";
import { readDkimKey } from "./dkim/key.ts";
import { line, mailFields, oneClickFault, oneClickIsThere, sound } from "./mail-settings.ts";
import { returnMailboxSchema } from "./return-mailbox.ts";

/** Labels as DNS has them; of a domain that is not ASCII, its A-labels. */
const dnsName = z
  .string()
  .max(200)
  .regex(/^(?!-)[A-Za-z0-9_-]{1,63}(?:\.(?!-)[A-Za-z0-9_-]{1,63})*$/, {
    error: "must be labels of letters, digits and '-', with dots between",
  });

const privateKey = sound(z.string().max(20_000), (pem) => {
  const read = readDkimKey(pem);
  return "fault" in read ? read.fault : undefined;
});

function returnPathFault(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined || address.needsSmtpUtf8) return "must be name@host, in ASCII before the @";
  if (address.text.lastIndexOf("@") > returnPathLocalMax) {
    return `must have at most ${returnPathLocalMax} characters before the @, as a token of 48 is put behind them`;
  }
  return undefined;
}

const connection = {
  host: line(253),
  port: z.int().min(1).max(65_535).default(587),
  /** `tls` from the first byte (465), `starttls` demanded before anything else is said, `none` for a relay on the same host. */
  secure: z.enum(["tls", "starttls", "none"]).default("starttls"),
  username: line(500).optional(),
  password: line(1000).optional(),
  /** Certificates (PEM) trusted instead of the system's; certificates are always verified. */
  ca: z.string().max(20_000).startsWith("-----BEGIN CERTIFICATE-----").optional(),
  /** What EHLO says of us; the machine's name, or its address, where left out. */
  clientName: dnsName.optional(),
  maxConnections: z.int().min(1).max(100).default(5),
  /** Messages over one connection before it is renewed. */
  maxMessages: z.int().min(1).max(10_000).default(100),
  /** Mails that wait for a connection; further ones are put off. */
  maxQueued: z.int().min(1).max(10_000).default(10_000),
  /** How long a mail waits for a connection before it is put off: nothing of it was sent. */
  queueTimeoutMs: z.int().min(10).max(600_000).default(30_000),
  connectTimeoutMs: z.int().min(10).max(120_000).default(30_000),
  greetingTimeoutMs: z.int().min(10).max(300_000).default(30_000),
  /** For the reply to any other command (RFC 5321 §4.5.3.2.2 to 4). */
  commandTimeoutMs: z.int().min(10).max(600_000).default(300_000),
  /** For the reply to the final dot: shorter than RFC 5321 §4.5.3.2.6 asks for makes duplicates. */
  finalDotTimeoutMs: z.int().min(10).max(1_200_000).default(600_000),
  /** How long a connection without work is kept. */
  idleTimeoutMs: z.int().min(10).max(300_000).default(10_000),
};

const mail = {
  ...mailFields,
  /** Bounces of each message come to an address of its own, made of this one; the sender's address where left out. */
  returnPath: sound(line(254), returnPathFault).optional(),
  /** Where bounces are fetched from, where they do not come by SMTP. */
  returnMailbox: returnMailboxSchema.optional(),
  /** Where DMARC reports about its domains come, and complaints; read by the same ways as bounces. */
  reportAddress: sound(line(254), (text) =>
    parseAddress(text) === undefined ? "must be name@host" : undefined,
  ).optional(),
  mailboxPassword: line(1000).optional(),
  /** Who signs; the private keys are `dkimPrivateKey` and, for the second, `dkimPrivateKey2`. */
  dkim: z
    .array(z.strictObject({ domain: dnsName, selector: dnsName }))
    .min(1)
    .max(2)
    .optional(),
  dkimPrivateKey: privateKey.optional(),
  dkimPrivateKey2: privateKey.optional(),
};

export const smtpSecrets = ["password", "dkimPrivateKey", "dkimPrivateKey2", "mailboxPassword"] as const;

export const smtpSchema = z
  .strictObject({ ...connection, ...mail })
  .refine((settings) => (settings.username === undefined) === (settings.password === undefined), {
    error: "username and password go together",
    path: ["password"],
  })
  .refine(({ dkim = [], dkimPrivateKey }) => dkim.length > 0 === (dkimPrivateKey !== undefined), {
    error: "dkim and its private key go together",
    path: ["dkimPrivateKey"],
  })
  .refine(({ dkim = [], dkimPrivateKey2 }) => dkim.length > 1 === (dkimPrivateKey2 !== undefined), {
    error: "a second entry of dkim and its private key go together",
    path: ["dkimPrivateKey2"],
  })
  .refine(({ returnMailbox, mailboxPassword }) => (returnMailbox === undefined) === (mailboxPassword === undefined), {
    error: "returnMailbox and its password go together",
    path: ["mailboxPassword"],
  })
  .refine(oneClickIsThere, oneClickFault);
export type SmtpSettings = z.infer<typeof smtpSchema>;
