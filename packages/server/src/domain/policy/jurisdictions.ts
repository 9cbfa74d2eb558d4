import type { Jurisdiction } from "@tidings/contract/policies";
import type { Channel, Lane } from "@tidings/contract/words";

/** European Union and European Economic Area, which share the directive on privacy (2002/58/EC, article 13). */
const europe = `AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK`.split(" ");

const written: readonly Channel[] = ["email", "sms", "push", "chat"];

/**
 * Where the law asks for consent before marketing goes out. A starting point that a policy document adds to and overrules,
 * and no legal advice.
 */
export const builtInJurisdictions: readonly Jurisdiction[] = [
  // Directive 2002/58/EC, article 13; PECR (UK); UWG article 3 (CH).
  { countries: [...europe, "GB", "CH"], channels: [...written, "voice"], classes: ["marketing"], rule: "opt_in" },
  // Who sends has to prove it, and a form alone proves nothing: BGH, 10 February 2011, I ZR 164/09.
  { countries: ["DE"], channels: ["email"], classes: ["marketing"], rule: "opt_in", doubleOptIn: true },
  // CASL, section 6: commercial electronic messages.
  { countries: ["CA"], channels: [...written], classes: ["marketing"], rule: "opt_in" },
  // TCPA, 47 CFR 64.1200: written consent for marketing calls and texts; CAN-SPAM lets mail go until it is refused.
  { countries: ["US"], channels: ["sms", "voice"], classes: ["marketing"], rule: "opt_in" },
  { countries: ["US"], channels: ["email", "push", "chat"], classes: ["marketing"], rule: "opt_out" },
  // Spam Act 2003 (AU), Unsolicited Electronic Messages Act 2007 (NZ), LGPD (BR), Anti-Spam regulations (SG).
  { countries: ["AU", "NZ", "BR", "SG"], channels: ["email", "sms", "chat"], classes: ["marketing"], rule: "opt_in" },
];

/** The rule that holds; of several the last. Undefined where no law is known, or the country is not. */
export function jurisdictionFor(
  own: readonly Jurisdiction[],
  subject: { country: string | undefined; channel: Channel; class: Lane },
): Jurisdiction | undefined {
  const { country } = subject;
  if (country === undefined) return undefined;
  const fits = (one: Jurisdiction) =>
    one.countries.includes(country) && one.channels.includes(subject.channel) && one.classes.includes(subject.class);
  return own.findLast(fits) ?? builtInJurisdictions.findLast(fits);
}
