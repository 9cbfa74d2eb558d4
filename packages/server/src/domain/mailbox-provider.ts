import type { MailboxProvider } from "@tidings/contract/mailbox-providers";
import type { Channel } from "@tidings/contract/words";
import { addressGroup } from "./address-group.ts";

/*
 * Domains of consumers' mailboxes. A name with endings, as `hotmail: com fr`, is those domains alone: under other endings it may
 * be somebody else's. AOL's and Verizon's are Yahoo's; Yahoo Japan is another company.
 */
const listed: Readonly<Record<Exclude<MailboxProvider, "other">, Readonly<Record<string, string>>>> = {
  gmail: { gmail: "com", googlemail: "com" },
  outlook: {
    outlook:
      "com at be cl cz de dk es fr hu ie in it jp kr lv my ph pt sa sg sk co.id co.il co.th com.ar com.au com.br com.gr com.tr com.vn",
    hotmail:
      "com be ca ch cl cz de dk es fi fr gr hu it nl no se sg co.il co.jp co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.hk com.tr com.tw",
    live: "com at be ca cl cn de dk fi fr hk ie in it jp nl no ru se co.kr co.uk co.za com.ar com.au com.mx com.my com.ph com.pt com.sg",
    msn: "com",
    passport: "com",
    windowslive: "com",
  },
  yahoo: {
    yahoo:
      "com at be ca cz de dk es fi fr gr hu ie in it nl no pl pt ro se co.id co.il co.in co.kr co.nz co.th co.uk co.za com.ar com.au com.br com.co com.hk com.mx com.my com.pe com.ph com.sg com.tr com.tw com.vn",
    ymail: "com",
    rocketmail: "com",
    myyahoo: "com",
    aol: "com co.uk de fr it es",
    aim: "com",
    verizon: "net",
  },
  yahoo_japan: { yahoo: "co.jp", ymail: "ne.jp" },
  apple: { icloud: "com", me: "com", mac: "com", "privaterelay.appleid": "com" },
  gmx: { gmx: "com net de at ch fr es co.uk", web: "de", mail: "com" },
  telekom: { "t-online": "de", magenta: "de" },
  mail_ru: { mail: "ru", bk: "ru", inbox: "ru", list: "ru", internet: "ru" },
  yandex: { yandex: "ru com by kz com.tr", ya: "ru" },
  tencent: { qq: "com", foxmail: "com" },
  netease: { "163": "com", "126": "com", yeah: "net" },
  naver: { naver: "com" },
  comcast: { comcast: "net" },
  orange: { orange: "fr", wanadoo: "fr" },
  free: { free: "fr" },
  libero: { libero: "it" },
  proton: { proton: "me", protonmail: "com ch", pm: "me" },
  fastmail: { fastmail: "com fm" },
  zoho: { zoho: "com", zohomail: "com" },
};

const byDomain: ReadonlyMap<string, MailboxProvider> = new Map(
  (Object.keys(listed) as (keyof typeof listed)[]).flatMap((provider) =>
    Object.entries(listed[provider]).flatMap(([name, endings]) =>
      endings.split(" ").map((ending) => [`${name}.${ending}`, provider] as const),
    ),
  ),
);

/** Of a mail address; undefined for addresses of other channels. */
export function mailboxProviderOf(channel: Channel, to: string): MailboxProvider | undefined {
  return channel === "email" ? (byDomain.get(addressGroup(channel, to)) ?? "other") : undefined;
}
