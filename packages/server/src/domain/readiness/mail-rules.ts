import type { Finding } from "@tidings/contract/readiness";
import type { Lane } from "@tidings/contract/words";
import { candidates } from "../route.ts";
import { type IntegrationFacts, inUse, type ReadinessFacts, type Rule } from "./facts.ts";

/** Integrations in use that carry mail of a lane. */
const carriersOf = (facts: ReadinessFacts, lane: Lane): IntegrationFacts[] => candidates(inUse(facts), "email", lane);

const sendsMarketingMail = ({ uses }: ReadinessFacts): boolean =>
  uses.some(({ channel, lane }) => channel === "email" && lane === "marketing");

/** Who reports a newsletter as spam lowers what receivers think of its domain, and so of the password resets from there. */
export const sharedDomain: Rule = (facts) => {
  if (!sendsMarketingMail(facts)) return [];
  const others = (["critical", "transactional"] as const).flatMap((lane) =>
    carriersOf(facts, lane).flatMap(({ domainOf }) => {
      const domain = domainOf(lane);
      return domain === undefined ? [] : { lane, domain };
    }),
  );
  return carriersOf(facts, "marketing").flatMap(({ key, domainOf }): Finding[] => {
    const domain = domainOf("marketing");
    const lanes = [...new Set(others.filter((other) => other.domain === domain).map(({ lane }) => lane))];
    if (domain === undefined || lanes.length === 0) return [];
    const text = `${key} sends marketing mail from ${domain}, as ${lanes.join(" and ")} mail is: complaints about the one hold back the other. Give marketing a domain of its own (from.marketing), such as news.${domain}`;
    return [{ severity: "warning", code: "marketing_shares_domain", integration: key, channel: "email", text }];
  });
};

/** Without it nobody can unsubscribe: neither by the link in the text nor by the mail client's button (RFC 8058 §3.1). */
export const publicUrlMissing: Rule = (facts) => {
  const { publicUrl } = facts;
  if (!sendsMarketingMail(facts) || carriersOf(facts, "marketing").length === 0) return [];
  if (publicUrl?.startsWith("https://")) return [];
  const why = publicUrl === undefined ? "is not set" : "is not https";
  const text = `marketing mail goes out, and TIDINGS_PUBLIC_URL ${why}: its recipients cannot unsubscribe with one click, which mailbox providers ask for`;
  return [{ severity: "error", code: "public_url_missing", channel: "email", text }];
};
