import type { FrozenRow } from '../../queue/reads/payloads.js';

/** Fields that hold a person's name, street, mail or phone, by what they are called. */
const PERSONAL =
  /name|company|address|addr|adr|street|strasse|line_?[1-4]$|ship.?to|bill.?to|consignee|recipient|contact|attn|attention|mail|phone|mobile|fax|notes?$|birth|gift|message/i;
/** Names of things and places, not of persons. */
const IMPERSONAL =
  /^(file|item|product|marketplace|carrier|method|ship_?method|warehouse|status|order_?status|type|store|sku|user|state|city|country|region|province|service|currency)_?name$|^gift_?(quantity|amount)/i;
/** Groups whose every field belongs to a person, but for those of {@link REGIONAL}. */
const PERSONAL_GROUP = /address|buyer|customer|recipient|ship_?to|bill_?to|shipping_?info|billing/i;
const REGIONAL =
  /country|state|region|province|city|currency|type|method|service|carrier|tracking|date|id$|number$/i;

const MAIL = /[^\s<>"'(),;:]+@[^\s<>"'(),;:]+\.[^\s<>"'(),;:]+/g;
/** What stands in quotes behind one of these words is the name of a thing of ours. */
const QUOTED =
  /(\b(?:column|columns|template|3PL|store|file|step|pipeline|field|key|code|status|with|then)\s+)?"((?:[^"\\]|\\.)*)"/g;

/** What is shown in the place of something personal: whether it is there, and how long. */
export function masked(text: string): string {
  return text === '' ? '' : `••• (${text.length} ${text.length === 1 ? 'character' : 'characters'})`;
}

export function isPersonal(field: string): boolean {
  return PERSONAL.test(field) && !IMPERSONAL.test(field);
}

/** A sentence of the ledger without what it quotes of an order, and without mail addresses. */
export function maskSentence(text: string): string {
  return text
    .replace(QUOTED, (whole, before: string | undefined, value: string) =>
      before !== undefined || value === '' ? whole : `"${masked(value)}"`,
    )
    .replace(MAIL, (mail) => masked(mail));
}

/** Masks everything about the persons whose rows it was given. */
export class Masker {
  /** Longest first, so that a street is taken before a name in it. */
  private readonly values: readonly string[];

  constructor(rows: readonly FrozenRow[]) {
    const found = new Set<string>();
    for (const row of rows) {
      for (const [field, value] of Object.entries(row)) {
        const text = typeof value === 'string' ? folded(value) : '';
        if (text.length >= 3 && isPersonal(field)) found.add(text);
      }
      const full = folded(`${row.FirstName ?? ''} ${row.LastName ?? ''}`);
      if (full.length >= 3) found.add(full);
    }
    this.values = [...found].sort((a, b) => b.length - a.length);
  }

  /** A cell or column by its name. */
  field(name: string, value: unknown): string {
    const text =
      value === null || value === undefined ? '' : value instanceof Uint8Array ? '(bytes)' : String(value);
    return isPersonal(name) || this.tells(text) ? masked(text) : maskSentence(text);
  }

  /** A sentence, with what it quotes and what it says of these persons masked. */
  sentence(text: string): string {
    const clean = maskSentence(text);
    return this.tells(clean) ? this.without(clean) : clean;
  }

  /** JSON of a document, field by field; text that is no JSON is masked as a whole. */
  json(text: string): string {
    try {
      return JSON.stringify(this.part('', JSON.parse(text) as unknown, false), null, 2);
    } catch (error) {
      if (error instanceof SyntaxError) return masked(text);
      throw error;
    }
  }

  private part(name: string, value: unknown, ofPerson: boolean): unknown {
    const within = ofPerson || PERSONAL_GROUP.test(name);
    if (Array.isArray(value)) return value.map((one) => this.part(name, one, ofPerson));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([key, one]) => [key, this.part(key, one, within)]),
      );
    }
    if (value === null || value === undefined || typeof value === 'boolean') return value;
    const text = String(value);
    const personal = (ofPerson && !REGIONAL.test(name)) || isPersonal(name) || this.tells(text);
    if (personal) return masked(text);
    return typeof value === 'string' ? maskSentence(value) : value;
  }

  /** Whether a text holds, or is the beginning of, something about these persons. */
  private tells(text: string): boolean {
    const own = folded(text);
    if (own.length < 3) return false;
    return this.values.some((value) => own.includes(value) || (own.length >= 5 && value.startsWith(own)));
  }

  private without(text: string): string {
    let clean = text;
    for (const value of this.values) {
      const words = value.split(' ').map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
      clean = clean.replace(new RegExp(words.join('\\s+'), 'gi'), (found) => masked(found));
    }
    // Spelled otherwise than it can be cut out: then none of it is shown.
    return this.tells(clean) ? masked(text) : clean;
  }
}

/** As it would be compared: without case, marks above letters, and double spaces. */
function folded(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/\s+/g, ' ')
    .trim();
}
