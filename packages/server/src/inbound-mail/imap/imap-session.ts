import { ImapFlow } from "imapflow";
import type { ReturnMailbox } from "../../ports/provider.ts";
import { recipientsIn } from "./recipients-in.ts";

export interface WaitingMail {
  uid: number;
  bytes: number;
}

export interface FetchedMail {
  raw: Buffer;
  recipients: readonly string[];
  /** When the server got it, ms. */
  receivedAt: number;
}

/** One connection to a mailbox, with its folder open. Each call rejects where the connection is gone. */
export interface MailboxSession {
  /** Up to `limit` mails that lie in the folder, oldest first. */
  waiting(limit: number): Promise<WaitingMail[]>;
  /** Undefined where it is there no more. */
  fetch(uid: number): Promise<FetchedMail | undefined>;
  move(uids: readonly number[], to: "processed" | "unreadable"): Promise<void>;
  /** Calls back when the server says that something came, or the connection is gone. */
  onNews(tell: () => void): void;
  close(): Promise<void>;
}

export interface SessionOptions {
  mailbox: ReturnMailbox;
  /** Connected to, and nothing else: the host was looked up by the guard. */
  address: string;
  timeoutMs: number;
  mailBytesMax: number;
}

/** Connects, logs in, makes the folders that are missing and opens the one that mails come to. */
export async function openSession({
  mailbox,
  address,
  timeoutMs,
  mailBytesMax,
}: SessionOptions): Promise<MailboxSession> {
  const client = new ImapFlow({
    host: address,
    port: mailbox.port,
    servername: mailbox.host,
    secure: mailbox.secure === "tls",
    ...(mailbox.secure === "tls" ? {} : { doSTARTTLS: mailbox.secure === "starttls" }),
    auth: { user: mailbox.username, pass: mailbox.password },
    tls: { minVersion: "TLSv1.2", ...(mailbox.ca === undefined ? {} : { ca: mailbox.ca }) },
    // its lines have addresses in them
    logger: false,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    maxLiteralSize: mailBytesMax + 64 * 1024,
    disableCompression: true,
    // as soon as nothing is asked: what comes is told at once
    autoIdleDelay: 50,
  });
  // what a call in hand is not told of: it shows in the next one
  client.on("error", () => undefined);
  try {
    await client.connect();
    await makeFolders(client, [mailbox.processedFolder, mailbox.unreadableFolder]);
    await client.mailboxOpen(mailbox.folder);
  } catch (error) {
    client.close();
    throw error;
  }
  return sessionOf(client, mailbox);
}

function sessionOf(client: ImapFlow, mailbox: ReturnMailbox): MailboxSession {
  const folders = { processed: mailbox.processedFolder, unreadable: mailbox.unreadableFolder };
  return {
    async waiting(limit) {
      // makes the server tell of what came since
      await client.noop();
      const found = await client.search({ all: true }, { uid: true });
      const uids = (Array.isArray(found) ? found : []).sort((a, b) => a - b).slice(0, limit);
      if (uids.length === 0) return [];
      const mails = await client.fetchAll(uids, { uid: true, size: true }, { uid: true });
      return mails.map(({ uid, size = 0 }) => ({ uid, bytes: size })).sort((a, b) => a.uid - b.uid);
    },
    async fetch(uid) {
      const mail = await client.fetchOne(String(uid), { source: true, internalDate: true }, { uid: true });
      if (mail === false || mail?.source === undefined) return undefined;
      const receivedAt = new Date(mail.internalDate ?? Date.now()).getTime();
      return { raw: mail.source, recipients: recipientsIn(mail.source, mailbox.recipientHeaders), receivedAt };
    },
    async move(uids, to) {
      if (uids.length === 0) return;
      const moved = await client.messageMove([...uids], folders[to], { uid: true });
      if (moved === false) throw new Error(`mails could not be moved to the folder for what is ${to}`);
    },
    onNews(tell) {
      client.on("exists", tell);
      client.on("close", tell);
    },
    close: async () => {
      await client.logout().catch(() => client.close());
    },
  };
}

async function makeFolders(client: ImapFlow, names: readonly string[]): Promise<void> {
  const there = new Set((await client.list()).map(({ path }) => path));
  for (const name of names) if (!there.has(name)) await client.mailboxCreate(name);
}
