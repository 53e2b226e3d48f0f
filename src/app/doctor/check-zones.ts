import { DateTime, IANAZone } from 'luxon';
import { EXIT } from '../process.js';
import { type Check, failed, passed } from './check.js';

/** Offsets in minutes of US Central in winter and summer, as Exigo's dates need them. */
const CENTRAL = [
  ['2025-01-15T12:00:00', -360],
  ['2025-07-15T12:00:00', -300],
] as const;

/** Whether this Node has the zones that dates, cut-offs and file names need. */
export function checkZones(zones: readonly string[]): Check {
  const missing = [...new Set(zones)].filter((zone) => !IANAZone.isValidZone(zone));
  const wrong = CENTRAL.filter(
    ([local, offset]) => DateTime.fromISO(local, { zone: 'America/Chicago' }).offset !== offset,
  );
  const remedy = 'use a Node with full time zone data (the official builds have it)';
  if (missing.length > 0) {
    return failed('time zones', `no data for ${missing.join(', ')}`, remedy, EXIT.usage);
  }
  if (wrong.length > 0) return failed('time zones', 'America/Chicago is wrong', remedy, EXIT.usage);
  return passed('time zones', [...new Set(zones)].join(', '));
}
