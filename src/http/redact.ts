import { hideValues, maskText, personalValues } from '../core/personal.js';

/** Replaces every occurrence of a secret; the longest first, so that none is left over from a longer one. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((one) => one !== '').sort((a, b) => b.length - a.length);
  return (text) => known.reduce((left, one) => left.replaceAll(one, '***'), text);
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
