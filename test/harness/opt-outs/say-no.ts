import { request } from "undici";
import {
  signatureHeader,
  signFeedback,
  timestampHeader,
} from "../../../packages/server/src/providers/simulator/feedback.ts";
import { feedbackSecret } from "../configure-fake.ts";
import { phoneOf, phones } from "./audience.ts";

const together = 8;

/** Somebody has said no, and was answered: the commit lies before that. */
export interface OptOut {
  recipient: string;
  committedAt: number;
}

/** RFC 8058, as mail clients do it. */
export async function unsubscribe(url: string, recipient: string, path: string): Promise<OptOut> {
  const { statusCode, body } = await request(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "List-Unsubscribe=One-Click",
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`a click was answered with ${statusCode}`);
  return { recipient, committedAt: Date.now() };
}

/** The vendor tells of a STOP. */
export async function stopBySms(url: string, recipient: string): Promise<OptOut> {
  await tellInbound(url, { id: `stop-${recipient}`, from: phoneOf(recipient), text: "STOP" });
  return { recipient, committedAt: Date.now() };
}

/** The vendor tells what came in. */
export async function tellInbound(
  url: string,
  said: { id: string; from: string; text: string; at?: number },
): Promise<void> {
  const raw = JSON.stringify({ inbound: [{ at: Date.now(), ...said }] });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const { statusCode, body } = await request(`${url}/v1/feedback/${phones}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      [timestampHeader]: timestamp,
      [signatureHeader]: signFeedback(feedbackSecret, timestamp, raw),
    },
    body: raw,
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`what came in was answered with ${statusCode}`);
}

/** Some of them together, in their order. */
export async function allOf(saying: readonly (() => Promise<OptOut>)[]): Promise<OptOut[]> {
  const said: OptOut[] = [];
  let next = 0;
  const say = async (): Promise<void> => {
    for (let one = saying[next++]; one !== undefined; one = saying[next++]) said.push(await one());
  };
  await Promise.all(Array.from({ length: together }, say));
  return said;
}
