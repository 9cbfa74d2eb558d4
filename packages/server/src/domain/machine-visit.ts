/** Headers by which a program says that nobody asked for it yet (https://wicg.github.io/nav-speculation/prefetch.html). */
const purposeHeaders = ["sec-purpose", "purpose", "x-purpose", "x-moz"] as const;
const ahead = /prefetch|prerender|preview/i;

/**
 * What is in the names of programs that look through mail, show what a link leads to, or are written by hand, in lower case. That of
 * Gmail's and Yahoo's picture proxies is not among them: they load when somebody opens the mail.
 */
const programs: readonly string[] = [
  "adsbot",
  "aiohttp",
  "apache-httpclient",
  "barracuda",
  "bingpreview",
  "bot/",
  "bot;",
  "checkpoint",
  "ciscosecureemail",
  "cloudmark",
  "crawler",
  "curl/",
  "facebookexternalhit",
  "forcepoint",
  "fortinet",
  "go-http-client",
  "google-safety",
  "headlesschrome",
  "ironport",
  "java/",
  "libwww-perl",
  "messagelabs",
  "mimecast",
  "node-fetch",
  "phantomjs",
  "proofpoint",
  "python-",
  "skypeuripreview",
  "slackbot",
  "sophos",
  "spider",
  "symantec",
  "telegrambot",
  "tmes",
  "trendmicro",
  "url preview",
  "urlscan",
  "virustotal",
  "wget/",
  "whatsapp/",
];

/**
 * Names that no browser has. That of Apple's proxies is the bare second one: they load all pictures of all mail on arrival,
 * whether or not anybody opens it, and keep nobody awake by that.
 */
const nameless: ReadonlySet<string> = new Set(["", "mozilla/5.0", "node"]);

/** By names in lower case. */
type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Whether a link was followed, or a picture loaded, by no person, as far as it can be told by what the request says of itself. */
export function isMachineVisit(headers: RequestHeaders): boolean {
  if (purposeHeaders.some((name) => ahead.test(String(headers[name] ?? "")))) return true;
  const agent = String(headers["user-agent"] ?? "")
    .trim()
    .toLowerCase();
  return nameless.has(agent) || programs.some((name) => agent.includes(name));
}
