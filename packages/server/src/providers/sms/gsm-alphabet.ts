/** GSM 03.38 (3GPP TS 23.038 §6.2.1): the basic table without its escape, and the extension table. */
const basic =
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
const extension = "\f^{}\\[~]|€";

const alphabet: ReadonlySet<string> = new Set(basic + extension);

/** Whether a text can go out in the seven bits of an SMS; all else needs UCS-2. */
export function isGsm(text: string): boolean {
  for (const letter of text) if (!alphabet.has(letter)) return false;
  return true;
}
