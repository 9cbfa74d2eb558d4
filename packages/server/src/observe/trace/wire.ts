/*
 * Protocol Buffers as far as OTLP needs them (https://protobuf.dev/programming-guides/encoding/): a message is a run of
 * fields, each with a tag, `number << 3 | wire type`. One growing buffer is written from its end to its beginning, so that
 * the length of a nested message is known when it is to be written, and nothing is written twice.
 */

const varint = 0;
const fixed64 = 1;
const delimited = 2;
const fixed32 = 5;

const twoTo32 = 4_294_967_296;
const tagBytesMax = 10;
const asciiLengthMax = 64;

export class WireWriter {
  #buffer: Buffer;
  /** Where what is written so far begins. */
  #at: number;

  constructor(bytes: number) {
    this.#buffer = Buffer.allocUnsafe(bytes);
    this.#at = bytes;
  }

  /** For `message`: what is written after it, and so stands before it, up to then is not part of it. */
  get mark(): number {
    return this.#buffer.length - this.#at;
  }

  /** Makes all that was written since `mark` one field. */
  message(number: number, mark: number): void {
    this.#length(number, this.mark - mark);
  }

  text(number: number, value: string): void {
    const bytes = this.#ascii(value) ? value.length : this.#utf8(value);
    this.#length(number, bytes);
  }

  /** Bytes that are given in lower-case hex. */
  hex(number: number, value: string): void {
    const bytes = value.length / 2;
    this.#make(bytes);
    this.#at -= bytes;
    for (let index = 0; index < bytes; index += 1)
      this.#buffer[this.#at + index] = (digit(value, 2 * index) << 4) | digit(value, 2 * index + 1);
    this.#length(number, bytes);
  }

  /** A whole number from 0 on. */
  whole(number: number, value: number): void {
    this.#varint(value);
    this.#tag(number, varint);
  }

  double(number: number, value: number): void {
    this.#make(8);
    this.#at -= 8;
    this.#buffer.writeDoubleLE(value, this.#at);
    this.#tag(number, fixed64);
  }

  flags(number: number, value: number): void {
    this.#make(4);
    this.#at -= 4;
    this.#buffer.writeUInt32LE(value, this.#at);
    this.#tag(number, fixed32);
  }

  /** A time in ms since 1970, to the microsecond, as nanoseconds: more than a double holds, so in two halves. */
  time(number: number, ms: number): void {
    const us = Math.round(ms * 1000);
    const high = Math.floor(us / twoTo32);
    const low = (us - high * twoTo32) * 1000;
    const carry = Math.floor(low / twoTo32);
    this.#make(8);
    this.#at -= 8;
    this.#buffer.writeUInt32LE(low - carry * twoTo32, this.#at);
    this.#buffer.writeUInt32LE(high * 1000 + carry, this.#at + 4);
    this.#tag(number, fixed64);
  }

  /** What was written; the writer begins anew. */
  take(): Buffer {
    const bytes = Buffer.from(this.#buffer.subarray(this.#at));
    this.#at = this.#buffer.length;
    return bytes;
  }

  /** Nearly all texts are ASCII and short, for which `Buffer.write` takes thrice as long. False where this one is not. */
  #ascii(value: string): boolean {
    const { length } = value;
    if (length > asciiLengthMax) return false;
    this.#make(length);
    const at = this.#at - length;
    for (let index = 0; index < length; index += 1) {
      const code = value.charCodeAt(index);
      if (code > 127) return false;
      this.#buffer[at + index] = code;
    }
    this.#at = at;
    return true;
  }

  #utf8(value: string): number {
    const bytes = Buffer.byteLength(value);
    this.#make(bytes);
    this.#at -= bytes;
    this.#buffer.write(value, this.#at, bytes, "utf8");
    return bytes;
  }

  #length(number: number, bytes: number): void {
    this.#varint(bytes);
    this.#tag(number, delimited);
  }

  #tag(number: number, type: number): void {
    this.#varint((number << 3) | type);
  }

  /** Seven bits a byte, the lowest first, all but the last with the high bit. */
  #varint(value: number): void {
    this.#make(tagBytesMax);
    let bytes = 1;
    for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
    this.#at -= bytes;
    let rest = value;
    for (let index = 0; index < bytes; index += 1) {
      const last = index === bytes - 1;
      this.#buffer[this.#at + index] = (rest % 128) + (last ? 0 : 128);
      rest = Math.floor(rest / 128);
    }
  }

  #make(bytes: number): void {
    if (this.#at >= bytes) return;
    const used = this.mark;
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, used + bytes));
    this.#buffer.copy(larger, larger.length - used, this.#at);
    this.#buffer = larger;
    this.#at = larger.length - used;
  }
}

function digit(hex: string, at: number): number {
  const code = hex.charCodeAt(at);
  return code < 58 ? code - 48 : code - 87;
}
