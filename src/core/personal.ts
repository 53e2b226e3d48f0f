/** What stands where personal data were. */
export const HIDDEN = '[hidden]';

/** Fields of orders, customers and payments, of every system, that say who somebody is or where he lives. */
const PERSONAL_FIELD =
  /name$|^(first|last|middle|company|care|attention|recipient|buyer|contact)|addr|street|city$|county$|^(main|mail|other|ship|bill|ship_?to|bill_?to)_?(state|region|zip)|zip|postal|postcode|phone|fax|mobile|e?mail|notes?$|memo|comment|birth|gift|signature|^(lat|lng|latitude|longitude)$|tax_?id|credit_?card|card_?number|account_?(number|no)|routing|iban|swift|licen[cs]e|ssn/i;
/** Names of things, not of people. */
const IMPERSONAL_FIELD =
  /^(type|file|item|table|column|host|step|pipeline|target|store|carrier|marketplace|warehouse|(ship|shipping)?_?method|product|title|sku|field|currency|status|kind|parameter)_?name$/i;

export function isPersonalField(name: string): boolean {
  return PERSONAL_FIELD.test(name) && !IMPERSONAL_FIELD.test(name);
}

/** The value with everything hidden that stands under a personal field; empty values stay. */
export function maskFields(value: unknown, personal = false): unknown {
  if (value === null || value === undefined || value === '') return value;
  if (Array.isArray(value)) return value.map((part) => maskFields(part, personal));
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [
        name,
        maskFields(part, personal || isPersonalField(name)),
      ]),
    );
  }
  if (personal) return HIDDEN;
  return typeof value === 'string' ? maskText(value) : value;
}

/** Texts under personal fields, to be taken out of what somebody answers to them. */
export function personalValues(value: unknown, personal = false): string[] {
  if (Array.isArray(value)) return value.flatMap((part) => personalValues(part, personal));
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, part]) =>
      personalValues(part, personal || isPersonalField(name)),
    );
  }
  if (!personal || typeof value !== 'string') return [];
  const text = value.trim();
  // Replacing every "US" or "12" of a message would hide nothing and garble it.
  return text.length >= 3 ? [text] : [];
}

const PART_OF_WORD = /[\p{L}\d]/u;

/**
 * The text, on one line, without these values where they stand as words of their own. Searched, not matched: a pattern that
 * knows letters of all scripts without case takes milliseconds to make, and there is one per value.
 */
export function hideValues(text: string, values: readonly string[], ignoreCase: boolean): string {
  if (values.length === 0) return text;
  const longestFirst = [...new Set(values.map(onOneLine))].sort((a, b) => b.length - a.length);
  return longestFirst.reduce((left, value) => hideValue(left, value, ignoreCase), onOneLine(text));
}

function hideValue(text: string, value: string, ignoreCase: boolean): string {
  if (value === '') return text;
  // A few letters have more characters in lower case: then places would not agree.
  const lower = text.toLowerCase();
  const loose = ignoreCase && lower.length === text.length;
  const [searched, wanted] = loose ? [lower, value.toLowerCase()] : [text, value];
  let hidden = '';
  let from = 0;
  for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    const apart = !PART_OF_WORD.test(text[at - 1] ?? '') && !PART_OF_WORD.test(text[end] ?? '');
    if (!apart || at < from) continue;
    hidden += text.slice(from, at) + HIDDEN;
    from = end;
  }
  return hidden + text.slice(from);
}

function onOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

const CAPITAL_WORD = String.raw`(?:\p{Lu}[\p{L}\d.'\u2019-]*|\d+(?:st|nd|rd|th|ST|ND|RD|TH))`;
const STREET_WORD =
  '(?:Street|STREET|St|ST|Avenue|AVENUE|Ave|AVE|Road|ROAD|Rd|RD|Boulevard|BOULEVARD|Blvd|BLVD|Lane|LANE|Ln|LN|Drive|DRIVE|Dr|DR|Court|COURT|Ct|CT|Place|PLACE|Pl|PL|Way|WAY|Highway|HIGHWAY|Hwy|HWY|Parkway|PARKWAY|Pkwy|PKWY|Terrace|TERRACE|Ter|TER|Circle|CIRCLE|Cir|CIR|Square|SQUARE|Sq|SQ|Trail|TRAIL|Trl|TRL)';

const FORMS: readonly RegExp[] = [
  /(?<![\p{L}\d._%+-])[\p{L}\d._%+-]+@[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}{2,}/gu,
  // 12 Main St., 1450 N 3rd Avenue: capital letters, so that "1 order is on its way" is none.
  new RegExp(
    String.raw`(?<![\p{L}\d])\d{1,6}[A-Za-z]?\s+(?:${CAPITAL_WORD}\s+){1,4}${STREET_WORD}(?![\p{L}\d])\.?`,
    'gu',
  ),
  /(?<![p{L}])P\.?\s?O\.?\s+Box\s+\d+/gi,
  /(?<![\p{L}])\p{Lu}[\p{L}-]*(?:stra\u00dfe|strasse|str\.|weg|gasse|allee|platz)\s+\d{1,4}[a-z]?(?![\p{L}\d])/gu,
  /(?<![\d-])\+\d{1,3}[ .-]?(?:\(\d{1,4}\)[ .-]?)?\d{2,4}(?:[ .-]?\d{2,4}){1,4}(?![\d-])/g,
  /(?<![\d-])(?:\(\d{3}\)\s?|\d{3}[-. ])\d{3}[-. ]\d{4}(?![\d-])/g,
];
const CARD =
  /(?<![\p{L}\d]|\d[.-])(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|3[47]\d{2}|6011|65\d{2})(?:[ -]?\d){9,12}(?![\p{L}\d]|[.-]\d)/gu;

/** Values of rows that databases put into their messages: SQL Server, and what stands in for it. */
const ROW_VALUES: readonly RegExp[] = [
  /(duplicate key value is \()[^\n]*?(\)(?=\.?(?:\s|$|;)))/gi,
  /(Truncated value: ')[^\n]*?('(?=\.?(?:\s|$|;)))/gi,
  /((?:converting|conversion of) the \w+ value ')[^\n]*?('(?= (?:to|overflowed)))/gi,
  /(Key \([^)\n]*\)=\()[^\n]*?(\)(?= (?:already|is not|is still)))/g,
  /(invalid input (?:syntax|value) for [\w ]+: ")[^\n]*?("(?=\s|$|;))/gi,
];

/**
 * The text without what is personal by its form: e-mail addresses, streets with a number, phone numbers as people write
 * them, card numbers. A name has no form; whoever sends one takes it out of the answer ({@link personalValues}).
 */
export function maskText(text: string): string {
  let masked = text;
  for (const form of ROW_VALUES) masked = masked.replace(form, `$1${HIDDEN}$2`);
  for (const form of FORMS) masked = masked.replace(form, HIDDEN);
  return masked.replace(CARD, (number) => (isCardNumber(number) ? HIDDEN : number));
}

/** `street (row 1): "..." -> "..."`: what a cell said before and after may be an address. */
const CHANGE = /("(?:[^"\\]|\\.)*"|nothing) -> ("(?:[^"\\]|\\.)*"|nothing)/g;

/** A reason as it is shown: which cells changed, not what they say. */
export function maskReason(reason: string): string {
  return maskText(reason.replace(CHANGE, `${HIDDEN} -> ${HIDDEN}`));
}

/** Lengths of the brands and the check digit; a tracking number of as many digits passes once in ten times at most. */
function isCardNumber(text: string): boolean {
  const digits = text.replace(/\D/g, '');
  const length = /^3[47]/.test(digits) ? 15 : 16;
  if (digits.length !== length) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
