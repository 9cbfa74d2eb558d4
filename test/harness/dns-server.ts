import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { isIPv4 } from "node:net";

/** Records by name and type: texts of TXT (several strings as a list), `[priority, host]` of MX, hosts of CNAME and PTR, addresses of A and AAAA. */
export type Zone = Record<string, readonly (string | readonly (string | number)[])[] | Trouble>;
/** SERVFAIL, REFUSED, no answer at all, or what is no answer. */
export type Trouble = "servfail" | "refused" | "silent" | "garbage";

export interface DnsServer {
  /** `127.0.0.1:port`. */
  address: string;
  /** What was asked, such as `example.com TXT`. */
  asked: string[];
  close(): Promise<void>;
}

const typeCodes = { A: 1, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const;
type Type = keyof typeof typeCodes;
const rcodes = { servfail: 2, nxdomain: 3, refused: 5, none: 0 };

/** A DNS server (RFC 1035) of one zone over UDP on loopback: what stands in it, and NXDOMAIN for every other name. */
export async function startDns(zone: Zone): Promise<DnsServer> {
  const socket = createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (query, from) => {
    const question = readQuestion(query);
    asked.push(`${question.name} ${question.type}`);
    const reply = answer(zone, question, query);
    if (reply !== undefined) send(reply, from);
  });
  const send = (reply: Buffer, { port, address }: RemoteInfo): void => socket.send(reply, port, address);
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

interface Question {
  name: string;
  type: string;
  /** Where the question ends in the query. */
  end: number;
}

function readQuestion(query: Buffer): Question {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const code = query.readUInt16BE(at + 1);
  const type = Object.entries(typeCodes).find(([, each]) => each === code)?.[0] ?? String(code);
  return { name: labels.join(".").toLowerCase(), type, end: at + 5 };
}

function answer(zone: Zone, { name, type, end }: Question, query: Buffer): Buffer | undefined {
  const records: Buffer[] = [];
  let at = name;
  let isThere = false;
  for (let hops = 0; hops < 8; hops += 1) {
    const trouble = [zone[`${at} ${type}`], zone[`${at} *`]].find((each) => typeof each === "string");
    if (trouble === "silent") return undefined;
    if (trouble === "garbage") return Buffer.from("no answer");
    if (trouble === "servfail" || trouble === "refused") return message(query, end, rcodes[trouble], []);
    const alias = zone[`${at} CNAME`];
    const found = zone[`${at} ${type}`];
    isThere ||= Object.keys(zone).some((key) => key.startsWith(`${at} `) || key.split(" ")[0]?.endsWith(`.${at}`));
    if (Array.isArray(found)) {
      for (const value of found) records.push(record(at, type as Type, value));
      break;
    }
    if (!Array.isArray(alias)) break;
    records.push(record(at, "CNAME", alias[0]));
    at = String(alias[0]);
  }
  return message(query, end, isThere ? rcodes.none : rcodes.nxdomain, records);
}

function message(query: Buffer, end: number, rcode: number, records: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  // an answer, authoritative, recursion wanted and available
  header.writeUInt16BE(0x8580 | rcode, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(12, end), ...records]);
}

function record(name: string, type: Type, value: string | readonly (string | number)[]): Buffer {
  const data = dataOf(type, value);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(typeCodes[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(60, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodedName(name), fixed, data]);
}

function dataOf(type: Type, value: string | readonly (string | number)[]): Buffer {
  const [first = "", second = ""] = typeof value === "string" ? [value] : value;
  if (type === "TXT") {
    const strings = typeof value === "string" ? [value] : value.map(String);
    return Buffer.concat(
      strings.map((text) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text, "latin1")])),
    );
  }
  if (type === "MX") {
    const priority = Buffer.alloc(2);
    priority.writeUInt16BE(Number(first));
    return Buffer.concat([priority, encodedName(String(second))]);
  }
  if (type === "A" || type === "AAAA") return encodedAddress(String(first));
  return encodedName(String(first));
}

function encodedName(name: string): Buffer {
  const labels = name.split(".").filter((label) => label !== "");
  const parts = labels.flatMap((label) => [Buffer.from([label.length]), Buffer.from(label, "latin1")]);
  return Buffer.concat([...parts, Buffer.from([0])]);
}

function encodedAddress(address: string): Buffer {
  if (isIPv4(address)) return Buffer.from(address.split(".").map(Number));
  const [front = "", back] = address.split("::");
  const groups = (text: string | undefined): string[] => (text ?? "").split(":").filter((group) => group !== "");
  const zeros = back === undefined ? 0 : 8 - groups(front).length - groups(back).length;
  const all = [...groups(front), ...Array.from({ length: zeros }, () => "0"), ...groups(back)];
  return Buffer.from(all.map((group) => group.padStart(4, "0")).join(""), "hex");
}
