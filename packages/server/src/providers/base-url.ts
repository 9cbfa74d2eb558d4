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
