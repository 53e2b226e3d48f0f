import { isPersonalField } from '../../../core/personal.js';

/** Whether a text names a person: by something that is his alone, or by first and last name together. */
export type Names = (text: string) => boolean;

const OWN = /mail|phone|mobile|fax|addr|street/i;
const FIRST = /^(first_?name|attention)$/i;
const LAST = /^last_?name$/i;
const WHOLE = /^(name|full_?name|billing_?name|recipient|ship_?to_?name)$/i;

/** What a person is known by, from all rows and documents of his. A city or a short word is nobody's own. */
export function namesOf(rows: readonly object[]): Names {
  const own = new Set<string>();
  const pairs = new Set<string>();
  for (const row of rows) collect(row, own, pairs);
  const texts = [...own].filter((text) => text.length >= 6);
  const both = [...pairs].map((pair) => pair.split('\n'));
  return (text) => {
    const said = plain(text);
    return (
      texts.some((one) => said.includes(one)) || both.some((pair) => pair.every((one) => hasWord(said, one)))
    );
  };
}

function collect(value: object, own: Set<string>, pairs: Set<string>): void {
  let first = '';
  let last = '';
  for (const [name, part] of Object.entries(value)) {
    if (typeof part === 'object' && part !== null && !(part instanceof Uint8Array)) collect(part, own, pairs);
    if (typeof part !== 'string' || part.trim() === '' || !isPersonalField(name)) continue;
    if (FIRST.test(name)) first = plain(part);
    else if (LAST.test(name)) last = plain(part);
    else if (OWN.test(name) || (WHOLE.test(name) && part.trim().includes(' '))) own.add(plain(part));
  }
  if (first.length > 1 && last.length > 1) pairs.add(`${first}\n${last}`);
}

function plain(text: string): string {
  return text.toLowerCase().replace(/\s+/g, ' ').trim();
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    if (!LETTER.test(text[at - 1] ?? '') && !LETTER.test(text[at + word.length] ?? '')) return true;
  }
  return false;
}

const LETTER = /[\p{L}\d]/u;
