import { DateTime } from 'luxon';
import { SECOND } from '../core/clock.js';

/**
 * `Retry-After` in milliseconds from now: seconds (`120`, also `1.5` as some servers write) or an HTTP
 * date; a date that is past means at once (0). Undefined when the header is missing or neither of these.
 */
export function retryAfterMs(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * SECOND);
  const date = DateTime.fromHTTP(text, { locale: 'en-US' });
  return date.isValid ? Math.max(0, date.toMillis() - now) : undefined;
}
