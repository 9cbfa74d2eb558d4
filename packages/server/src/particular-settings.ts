import { z } from "zod";
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

export const databaseUrlSchema = z
  .string()
  .refine((url) => URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol), {
    error: "must be a URL such as postgres://user:password@host:5432/tidings",
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
