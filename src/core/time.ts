import { DateTime, IANAZone } from 'luxon';
import { DAY, HOUR, MINUTE } from './clock.js';
import { UsageError } from './errors.js';

/** Exigo stores and returns US Central time without offset (reference: exigo.md section 4.4). */
export const EXIGO_ZONE = 'America/Chicago';

const TEXT = 'yyyy-MM-dd HH:mm:ss.SSS';

/** Instant (ms) to the text all our tables keep: `2026-11-21 03:07:00.000`, UTC. */
export function toUtcText(ms: number): string {
  return new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
}

/** `2026-11-21 03:07:00.000` (UTC, as kept in `_utc` columns) to an instant. */
export function fromUtcText(text: string): number {
  return Date.parse(`${text.replace(' ', 'T').replace(/Z$/, '')}Z`);
}

/** Instant to Exigo's local text, `2026-11-20 21:07:00.000`. */
export function toExigoText(ms: number): string {
  return DateTime.fromMillis(ms, { zone: EXIGO_ZONE, locale: 'en-US' }).toFormat(TEXT);
}

/**
 * Exigo's local text to an instant. In the repeated autumn hour the earlier of the two is meant;
 * a time inside the spring gap moves forward by the gap.
 */
export function fromExigoText(text: string): number {
  return instantOfWall(DateTime.fromISO(text.trim().replace(' ', 'T'), { zone: 'utc' }).toMillis(), zone);
}

/** What the clocks of a zone show (ms, as if it were UTC) to an instant; repeated and skipped times as above. */
export function instantOfWall(wall: number, there: IANAZone): number {
  // Luxon resolves a repeated time by the offset of today, so the two offsets are tried here, old one first.
  const before = wall - offsetAt(wall - DAY, there);
  const after = wall - offsetAt(wall + DAY, there);
  return before + offsetAt(before, there) !== wall && after + offsetAt(after, there) === wall
    ? after
    : before;
}

/** The later of the two instants of a local time that autumn repeats; null for every other time. */
export function laterOfRepeated(text: string): number | null {
  return repeatedHourStart(text) === null ? null : fromExigoText(text) + HOUR;
}

const zone = IANAZone.create(EXIGO_ZONE);

function offsetAt(instant: number, there: IANAZone): number {
  return there.offset(instant) * MINUTE;
}

/** Adds milliseconds to a local text as clocks on the wall would show it, without any zone. */
export function shiftLocalText(text: string, ms: number): string {
  return toUtcText(fromUtcText(text) + ms);
}

/**
 * Beginning (local text) of the repeated autumn hour that contains the local time, else null.
 * America/Chicago repeats 01:00-02:00 on the first Sunday of November.
 */
export function repeatedHourStart(text: string): string | null {
  const local = `${text.slice(0, 13)}:00:00.000`;
  const instant = fromExigoText(local);
  const later = DateTime.fromMillis(instant + HOUR, { zone: EXIGO_ZONE });
  return later.toFormat(TEXT) === local ? local : null;
}

/**
 * `--start-date` and `--end-date`: ISO (`2017-01-31`) or the vendor's `1/31/2017`; midnight US Central.
 * Returns local text. Throws {@link UsageError} for anything else.
 */
export function parseDateOption(option: string, value: string): string {
  const parsed = [
    DateTime.fromISO(value, { zone: 'utc' }),
    DateTime.fromFormat(value, 'M/d/yyyy', { zone: 'utc' }),
  ];
  const date = parsed.find((one) => one.isValid);
  if (date === undefined || !/^(\d{4}-\d{2}-\d{2}|\d{1,2}\/\d{1,2}\/\d{4})$/.test(value)) {
    throw new UsageError(
      `${option} ${value}: not a date; write it as 2017-01-31 or 1/31/2017 (midnight US Central)`,
    );
  }
  return date.toFormat("yyyy-MM-dd '00:00:00.000'");
}

/** Milliseconds as people say them: `850 ms`, `12.3 s`, `4 min`, `6.5 h`, `3 days`. */
export function describeDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / 60_000)} min`;
  if (ms < 48 * HOUR) return `${(ms / HOUR).toFixed(1)} h`;
  return `${Math.round(ms / (24 * HOUR))} days`;
}
