import { z } from "zod";

/**
 * Who runs the mailboxes of a mail address's domain. Stored by place: new ones are only appended. `other` is every domain that no
 * table names, also a company's own that one of these hosts: only its MX could tell.
 */
export const mailboxProviders = [
  "other",
  "gmail",
  "outlook",
  "yahoo",
  "yahoo_japan",
  "apple",
  "gmx",
  "telekom",
  "mail_ru",
  "yandex",
  "tencent",
  "netease",
  "naver",
  "comcast",
  "orange",
  "free",
  "libero",
  "proton",
  "fastmail",
  "zoho",
] as const;
export const mailboxProviderSchema = z.enum(mailboxProviders);
export type MailboxProvider = z.infer<typeof mailboxProviderSchema>;
