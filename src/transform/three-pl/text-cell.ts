import iconv from 'iconv-lite';

export type Encoding = 'utf-8' | 'windows-1252';
export type Newlines = 'space' | 'keep';

/** Controls (C0, C1, DEL), lone surrogates, line and paragraph separators, byte order marks. */
const UNTIDY = /[\p{Cc}\p{Cs}\u2028\u2029\ufeff]/u;
const NEWLINES = /[\t\n\v\f\r\u0085\u2028\u2029]+/g;
const CONTROLS = /[\p{Cc}\ufeff]/gu;
const CONTROLS_BUT_NEWLINES = /(?![\t\n\r])[\p{Cc}\ufeff]/gu;
const LONE_SURROGATES = /\p{Cs}/gu;

/**
 * Text as a file can carry it: no NUL or other control characters, no lone surrogates (they become
 * U+FFFD), no byte order mark (a reader would eat it at the beginning of a file), no space around it.
 * Newlines and tabs become one space, or stay with `keep`.
 */
export function cleanText(text: string, newlines: Newlines): string {
  if (!UNTIDY.test(text)) return text.trim();
  const flat =
    newlines === 'space'
      ? text.replace(NEWLINES, ' ').replace(CONTROLS, '')
      : text.replace(CONTROLS_BUT_NEWLINES, '');
  return flat.replace(LONE_SURROGATES, '\ufffd').trim();
}

/** Spaces that hide the first character from the eye but not from every spreadsheet. */
const FORMULA = /^[^\S\t\r]*[\u200b-\u200d\u2060]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** Puts an apostrophe before text that a spreadsheet would take for a formula. */
export function guardFormula(text: string): string {
  return FORMULA.test(text) ? `'${text}` : text;
}

/** Characters windows-1252 has, from the encoder's own table; its five unused codes are controls. */
const WINDOWS_1252 = new Set(
  Array.from(
    iconv.decode(Buffer.from(Array.from({ length: 256 }, (_, code) => code)), 'windows-1252'),
  ).filter((character) => character !== '\ufffd' && !/[\u0080-\u009f]/.test(character)),
);

const PLAIN = /^[\t\n\r\x20-\x7e\xa0-\xff]*$/;

/**
 * The text with characters the encoding has, and the first one it lacks (null when it has all). Letters
 * with separate accents are composed first; each lacking character becomes one `?`.
 */
export function fitEncoding(
  text: string,
  encoding: Encoding,
): { readonly text: string; readonly lacking: string | null } {
  if (encoding === 'utf-8' || PLAIN.test(text)) return { text, lacking: null };
  let lacking: string | null = null;
  let fitted = '';
  for (const character of text.normalize('NFC')) {
    if (WINDOWS_1252.has(character)) fitted += character;
    else {
      lacking ??= character;
      fitted += '?';
    }
  }
  return { text: fitted, lacking };
}

/** Characters (code points), as a person or another database counts them. */
export function lengthOf(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xfc00) === 0xdc00) length--;
  return length;
}

/** The first `max` characters; never half of one. */
export function truncateText(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count++) {
    end += (text.charCodeAt(end) & 0xfc00) === 0xd800 ? 2 : 1;
  }
  return text.slice(0, end).trimEnd();
}

export function encodeText(text: string, encoding: Encoding): Uint8Array {
  return encoding === 'utf-8' ? Buffer.from(text, 'utf8') : iconv.encode(text, encoding);
}
