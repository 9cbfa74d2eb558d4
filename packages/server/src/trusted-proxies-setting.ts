import { isIP } from "node:net";
import { z } from "zod";
import { infos } from "./setting-kinds.ts";

/** An IP address, or a network of such in CIDR form. */
function isNetwork(text: string): boolean {
  const [address = "", bits, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

export const trustedProxiesSetting = z
  .string()
  .transform((list) => list.split(",").flatMap((part) => (part.trim() === "" ? [] : [part.trim()])))
  .pipe(
    z.array(z.string().refine(isNetwork, { error: "must be IP addresses or networks, such as 10.0.0.0/8" })).max(100),
  )
  .default([])
  .register(infos, {
    name: "TIDINGS_TRUSTED_PROXIES",
    unit: "",
    default: "",
    limit: "IP addresses or networks, such as 10.0.0.0/8, with commas between them",
    secret: false,
    description:
      "What stands in front of the server and says in X-Forwarded-For where a request came from; the ledger of consent keeps that",
  });
