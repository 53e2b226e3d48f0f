import { HIDDEN, maskText, personalValues } from '../core/personal.js';

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
  const values = [...new Set(personalValues(sent))].sort((a, b) => b.length - a.length);
  const forms = values.map((value) => new RegExp(`(?<![\\p{L}\\d])${escaped(value)}(?![\\p{L}\\d])`, 'giu'));
  return (text) => maskText(forms.reduce((left, form) => left.replace(form, HIDDEN), withoutSecrets(text)));
}

/** For a pattern; any run of spaces is as good as another. */
function escaped(value: string): string {
  return value.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&').replace(/\s+/g, '\\s+');
}
