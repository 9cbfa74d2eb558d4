import { z } from "zod";
import { line } from "./mail-settings.ts";

/** Of a header by which a server says whom a mail was for. */
const headerName = z.string().regex(/^[A-Za-z][A-Za-z-]{0,60}$/, { error: "must be the name of a header" });

/** The mailbox that bounces of an integration come to, read by IMAP; its password is the secret `mailboxPassword`. */
export const returnMailboxSchema = z.strictObject({
  host: line(253),
  port: z.int().min(1).max(65_535).default(993),
  /** `tls` from the first byte, `starttls` demanded before anything else is said, `none` for a server on the same host. */
  secure: z.enum(["tls", "starttls", "none"]).default("tls"),
  username: line(500),
  /** Certificates (PEM) trusted instead of the system's; certificates are always verified. */
  ca: z.string().max(20_000).startsWith("-----BEGIN CERTIFICATE-----").optional(),
  /** All that lies in it is taken up: it is for this alone. */
  folder: line(200).default("INBOX"),
  /** Where a mail is moved once what it tells is durable. */
  processedFolder: line(200).default("Tidings-processed"),
  /** Where one is moved that could not be read. */
  unreadableFolder: line(200).default("Tidings-unreadable"),
  /** Headers by which the server says whom a mail was for. */
  recipientHeaders: z.array(headerName).min(1).max(10).default(["Delivered-To", "X-Original-To", "To"]),
});
