import { DAY, HOUR, MINUTE, SECOND } from '../../core/clock.js';

const UNITS = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY } as const;

/** `0`, or digits and a unit. */
export const DURATION_FORM = /^(?:0|(\d{1,9})(ms|s|m|h|d))$/;

/** What people write instead, by its first letters. */
const HABITS: readonly (readonly [RegExp, keyof typeof UNITS])[] = [
  [/^(ms|msec|milli)/, 'ms'],
  [/^(s|sec)/, 's'],
  [/^(m|min)/, 'm'],
  [/^(h|hr|hour)/, 'h'],
  [/^(d|day)/, 'd'],
];

/** Milliseconds of `500ms`, `30s`, `15m`, `24h`, `30d` or `0`; null for any other text. */
export function parseDuration(text: string): number | null {
  const match = DURATION_FORM.exec(text);
  if (match === null) return null;
  const [, digits = '0', unit = 'ms'] = match;
  return Number(digits) * UNITS[unit as keyof typeof UNITS];
}

/** The end of a message about a wrong duration: `; did you mean "15m"?` for `15 min`, or nothing. */
export function durationHint(text: string): string {
  const match = /^\s*(\d{1,9})\s*([a-z]+)\s*$/i.exec(text);
  const unit = HABITS.find(([form]) => form.test(match?.[2]?.toLowerCase() ?? ''))?.[1];
  return match === null || unit === undefined ? '' : `; did you mean "${match[1]}${unit}"?`;
}

/** Shortest text of whole units, `90s`, `2h`; for messages about limits. */
export function durationText(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's'] as const) {
    if (ms > 0 && ms % UNITS[unit] === 0) return `${ms / UNITS[unit]}${unit}`;
  }
  return ms === 0 ? '0' : `${ms}ms`;
}
