import { DateTime, IANAZone } from 'luxon';
import { instantOfWall } from '../../../core/time.js';
import { dateFormatFault } from '../date-format.js';

/** The earliest and latest years that a warehouse can mean. */
const YEARS = [2000, 2099] as const;
const MOST_KNOWN = 10_000;

/** Why dates of this format cannot be read, or null. */
export function readFormatFault(format: string): string | null {
  const fault = dateFormatFault(format);
  if (fault !== null) return fault;
  const written = /[Xx]|kkkk|WW/.exec(format.replace(/'[^']*'/g, ''))?.[0];
  return written === undefined ? null : `"${written}" in "${format}" can be written, not read`;
}

export interface Moment {
  readonly at: number;
  readonly bare: boolean;
}

/**
 * Reads dates of a format and zone; `text` is the date and, after a space, the time where that has a column of its own.
 * Null: no date, or one that there is not. A local time that autumn repeats means the earlier instant, one that spring
 * skips moves forward. A date without a time means the beginning of its day.
 */
export function dateReader(format: string, zoneName: string): (text: string) => Moment | null {
  const zone = IANAZone.create(zoneName);
  const parser = DateTime.buildFormatParser(format, { locale: 'en-US' });
  // A format with an offset says which instant it is, whatever the zone.
  const own = /Z/.test(format.replace(/'[^']*'/g, ''));
  const bare = !own && !/[Hh]/.test(format.replace(/'[^']*'/g, ''));
  const read = (text: string): Moment | null => {
    const parsed = DateTime.fromFormatParser(text, parser, { zone: 'utc', locale: 'en-US' });
    if (!parsed.isValid || parsed.year < YEARS[0] || parsed.year > YEARS[1]) return null;
    return { at: own ? parsed.toMillis() : instantOfWall(parsed.toMillis(), zone), bare };
  };
  // A file has few dates and many rows: 25 microseconds each without.
  const known = new Map<string, Moment | null>();
  return (text) => {
    let moment = known.get(text);
    if (moment === undefined) {
      if (known.size >= MOST_KNOWN) known.clear();
      moment = read(text);
      known.set(text, moment);
    }
    return moment;
  };
}
