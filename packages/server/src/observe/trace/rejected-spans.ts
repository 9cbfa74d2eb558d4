/**
 * How many spans an ExportTraceServiceResponse says were not taken: field 1 (`partial_success`), in it field 1
 * (`rejected_spans`). What is no such message says nothing, and is 0.
 */
export function rejectedSpans(body: Uint8Array): number {
  const partial = fieldOne(body);
  if (!(partial instanceof Uint8Array)) return 0;
  const rejected = fieldOne(partial);
  return typeof rejected === "number" ? rejected : 0;
}

/** Field 1 of a message, where it is a whole number or delimited; other fields are passed. */
function fieldOne(body: Uint8Array): number | Uint8Array | undefined {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; at < body.length; scale *= 128) {
      const byte = body[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
    return Number.NaN;
  };
  while (at < body.length) {
    const tag = varint();
    const type = tag % 8;
    const isFirst = Math.floor(tag / 8) === 1;
    if (type === 0) {
      const value = varint();
      if (isFirst) return Number.isSafeInteger(value) ? value : undefined;
    } else if (type === 2) {
      const length = varint();
      if (!(length <= body.length - at)) return undefined;
      if (isFirst) return body.subarray(at, at + length);
      at += length;
    } else if (type === 1 || type === 5) at += type === 1 ? 8 : 4;
    else return undefined;
  }
  return undefined;
}
