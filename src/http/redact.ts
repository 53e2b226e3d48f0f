import { hideValues, maskText, personalValues } from '../core/personal.js';

/** Replaces every occurrence of a secret; the longest first, so that none is left over from a longer one. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((one) => one !== '').sort((a, b) => b.length - a.length);
  return (text) => known.reduce((left, one) => left.replaceAll(one, '***'), text);
}

/** Answers that are about the request alone, before any order is read: what they say names nobody. */
const OF_REQUEST: readonly number[] = [400, 401, 403, 404, 405, 406, 410, 429];

/**
 * What a server says of a list, whose orders are of people whom nobody here knows by name yet: nothing, but where `status`
 * tells that it is about the request itself. `status` null: of an answer that says no with 200.
 */
export function wordsOfMany(
  redact: (text: string) => string,
  status: number | null,
): (text: string) => string {
  if (status !== null && OF_REQUEST.includes(status)) return redact;
  return (text) => (text.trim() === '' ? '' : 'its words are left out, as they may name customers');
}

/**
 * What a server says, as a message may have it: without secrets, without the names, addresses and notes that were sent to
 * it, and without what is personal by its form.
 */
export function wordsRedactor(secrets: readonly string[], sent: unknown): (text: string) => string {
  const withoutSecrets = redactor(secrets);
  const values = personalValues(sent);
  return (text) => maskText(hideValues(withoutSecrets(text), values, true));
}
