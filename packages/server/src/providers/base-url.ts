import { z } from "zod";

/** Where an integration's calls go instead of the vendor's own address: a proxy or a test server. */
export const baseUrlSchema = z
  .string()
  .max(2048)
  .refine(
    (text) => {
      if (!URL.canParse(text)) return false;
      const { protocol, username, password, search, hash } = new URL(text);
      return (protocol === "https:" || protocol === "http:") && username + password + search + hash === "";
    },
    { error: "must be an http or https URL without user name, password, query and fragment" },
  );

/** An address as it is called: by the origin of a base URL where there is one, with its own path and query. Undefined for what is no URL. */
export function throughBase(address: string, baseUrl: string | undefined): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { pathname, search } = new URL(address);
  return baseUrl === undefined ? address : new URL(baseUrl).origin + pathname + search;
}
