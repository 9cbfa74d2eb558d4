import { expect, test } from "vitest";
import { smsKeywordOf } from "./sms-keyword.ts";

test.each([
  ["STOP", "stop", ""],
  [" stop. ", "stop", ""],
  ["Stop all!", "stop", ""],
  ["opt out", "stop", ""],
  ["“Arrêt”", "stop", ""],
  ["STOPP", "stop", ""],
  ["baja\n", "stop", ""],
  ["stop  News", "stop", "NEWS"],
  ["start", "start", ""],
  ["Alta ofertas", "start", "OFERTAS"],
  ["opt in", "start", ""],
  ["Hilfe?", "help", ""],
  ["stop by at six", "stop", "BY AT SIX"],
])("%j asks for %s of %j", (text, word, rest) => {
  expect(smsKeywordOf(text)).toEqual({ word, rest });
});

test.each(["", "   ", "please stop", "stopped", "yes", "🛑", "s t o p"])("%j is free text", (text) => {
  expect(smsKeywordOf(text)).toBeUndefined();
});
