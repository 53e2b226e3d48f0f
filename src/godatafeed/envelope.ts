import { TerminalError } from '../core/errors.js';
import type { Candidates, GoDataFeedStore } from '../core/godatafeed.js';
import { noAnswer, type RequestFacts, texts } from '../http/failures.js';
import { type Json, member } from '../http/json.js';

/**
 * Reads what every answer carries: `Success` and `Message`. HTTP 200 is no success: `Success: false` is a refusal
 * (TerminalError `GODATAFEED_REFUSED`). A missing `Success` is tolerated; one that nobody can read leaves a change
 * with an unknown outcome.
 */
export function checkEnvelope(
  request: RequestFacts,
  body: Json,
  envelope: GoDataFeedStore['envelope'],
  redact: (text: string) => string,
): void {
  const success = member(body, envelope.success) ?? null;
  const verdict = String(success).toLowerCase();
  if (success === null || verdict === 'true' || verdict === '1') return;
  const words = redact(texts(member(body, envelope.message)).join('; '))
    .replace(/\s+/g, ' ')
    .slice(0, 500);
  if (verdict !== 'false' && verdict !== '0') {
    throw noAnswer(request, 'GODATAFEED_ANSWER', `answered with an unreadable ${envelope.success}`);
  }
  throw new TerminalError(
    'GODATAFEED_REFUSED',
    `${request.label}: refused by GoDataFeed: ${words || 'without a reason'}; the same request would be refused again`,
  );
}

/** The value of the first candidate that has one; empty text and null count as none. */
export function firstOf(value: Json, candidates: Candidates): Json | undefined {
  return candidates
    .map((path) => valueAt(value, path))
    .find((one) => one !== undefined && one !== null && one !== '');
}

/** Path of the first candidate that is there, also when its value is null. */
export function firstPathOf(value: Json, candidates: Candidates): string | undefined {
  return candidates.find((path) => valueAt(value, path) !== undefined);
}

/** A value by a path of member names, `Data.Token`; names are compared without case. */
export function valueAt(value: Json | undefined, path: string): Json | undefined {
  return path.split('.').reduce<Json | undefined>((part, name) => member(part, name), value);
}

/** A value as text: ids and amounts keep their digits. Null for none and for objects and lists. */
export function textOf(value: Json | undefined): string | null {
  if (value === undefined || value === null || typeof value === 'object') return null;
  const text = String(value).trim();
  return text === '' ? null : text;
}
