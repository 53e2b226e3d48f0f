import { DateTime } from 'luxon';

/** How dates are written beside ISO 8601, as GoDataFeed's own platform writes them. */
const OTHER_FORMS = ['yyyy-MM-dd HH:mm:ss', 'M/d/yyyy h:mm:ss a', 'M/d/yyyy h:mm a', 'M/d/yyyy HH:mm:ss'];

/**
 * An instant (ms) as GoDataFeed writes it: UTC, with or without saying so, with up to seven digits of a second. Null for
 * none, and for text that is no date.
 */
export function instantOf(text: string | null): number | null {
  if (text === null) return null;
  const utc = { zone: 'utc', locale: 'en-US' } as const;
  const found = [
    DateTime.fromISO(text, utc),
    ...OTHER_FORMS.map((form) => DateTime.fromFormat(text, form, utc)),
    DateTime.fromRFC2822(text, utc),
  ].find(({ isValid }) => isValid);
  return found?.toMillis() ?? null;
}
