import type { Clock } from '../../core/clock.js';
import { toExigoText, toUtcText } from '../../core/time.js';
import type { Parameters } from '../database.js';

/**
 * `utc_now()` and `exigo_now()` are functions of the embedded engine; here they stand for the server's own
 * clock, or for one that is passed in, so that no test waits.
 */
export function withClock(text: string, clock: Clock | null): string {
  return text
    .replaceAll(
      'utc_now()',
      clock === null ? 'CAST(SYSUTCDATETIME() AS DATETIME2(3))' : 'CAST(@utc_now AS DATETIME2(3))',
    )
    .replaceAll(
      'exigo_now()',
      clock === null
        ? "CAST(SYSUTCDATETIME() AT TIME ZONE 'UTC' AT TIME ZONE 'Central Standard Time' AS DATETIME2(3))"
        : 'CAST(@exigo_now AS DATETIME2(3))',
    );
}

/** The values of the two. */
export function times(clock: Clock): Parameters {
  return { utc_now: toUtcText(clock.now()), exigo_now: toExigoText(clock.now()) };
}
