import { expect, test } from "vitest";
import { isMachineVisit } from "./machine-visit.ts";

const chrome =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

test.each([
  ["a browser", { "user-agent": chrome }],
  ["a browser that says what it is about", { "user-agent": chrome, "sec-purpose": "", purpose: "navigation" }],
  [
    "Gmail's proxy",
    { "user-agent": "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)" },
  ],
  ["Yahoo's proxy", { "user-agent": "YahooMailProxy; https://help.yahoo.com/kb/yahoo-mail-proxy-SLN28749.html" }],
  ["Outlook", { "user-agent": "Mozilla/4.0 (compatible; ms-office; MSOffice 16)" }],
  [
    "a telephone with a name like a program's",
    { "user-agent": "Mozilla/5.0 (Linux; Android 9; CUBOT_X18) AppleWebKit/537.36" },
  ],
])("%s is a person's", (_, headers) => {
  expect(isMachineVisit(headers)).toBe(false);
});

test.each([
  ["a prefetch", { "user-agent": chrome, "sec-purpose": "prefetch" }],
  ["a prerender", { "user-agent": chrome, "sec-purpose": "prefetch;prerender" }],
  ["an older prefetch", { "user-agent": chrome, purpose: "prefetch" }],
  ["a preview", { "user-agent": chrome, "x-purpose": "preview" }],
  ["a prefetch of Firefox", { "user-agent": chrome, "x-moz": "prefetch" }],
  ["Apple's proxy", { "user-agent": "Mozilla/5.0" }],
  ["nobody by name", {}],
  ["a scanner", { "user-agent": "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))" }],
  ["a crawler", { "user-agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)" }],
  ["a chat's preview", { "user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)" }],
  ["a program", { "user-agent": "curl/8.5.0" }],
])("%s is no person's", (_, headers) => {
  expect(isMachineVisit(headers)).toBe(true);
});
