/** An IPv6 address in its one shortest way of writing, in brackets; one of IPv4 as it is. */
export function expanded(address: string): string {
  if (!address.includes(":")) return address;
  return new URL(`http://[${address}]/`).hostname;
}

/** `4.3.2.1.in-addr.arpa` of 1.2.3.4 (RFC 1035 §3.5), nibbles of an IPv6 address (RFC 3596 §2.5). */
export function reverseName(address: string): string {
  if (!address.includes(":")) return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  const [front = "", back] = expanded(address).slice(1, -1).split("::");
  const groups = (text: string): string[] => text.split(":").filter((group) => group !== "");
  const [left, right] = [groups(front), groups(back ?? "")];
  const zeros = back === undefined ? 0 : 8 - left.length - right.length;
  const digits = [...left, ...Array.from({ length: zeros }, () => "0"), ...right]
    .map((group) => group.padStart(4, "0"))
    .join("");
  return `${[...digits].reverse().join(".")}.ip6.arpa`;
}
