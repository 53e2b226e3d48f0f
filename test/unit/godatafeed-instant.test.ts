import { afterEach, describe, expect, it } from 'vitest';
import { instantOf } from '../../src/godatafeed/instant.js';

const FIVE = Date.parse('2026-11-21T05:00:00Z');
const zone = process.env.TZ;
afterEach(() => {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

describe.each(['UTC', 'Europe/Berlin', 'America/Chicago', 'Pacific/Kiritimati'])(
  'dates of GoDataFeed, the process in %s',
  (tz) => {
    it.each([
      '2026-11-21T05:00:00Z',
      '2026-11-21T05:00:00',
      '2026-11-21T05:00:00.0000000',
      '2026-11-21T00:00:00-05:00',
      '2026-11-21 05:00:00',
      '11/21/2026 5:00:00 AM',
      '11/21/2026 05:00:00',
      'Sat, 21 Nov 2026 05:00:00 GMT',
    ])('%s is UTC', (text) => {
      process.env.TZ = tz;
      expect(instantOf(text)).toBe(FIVE);
    });
  },
);

it.each([null, '', 'soon', '2026-02-30T00:00:00', '21/11/2026 05:00:00'])('%s is none', (text) => {
  expect(instantOf(text)).toBeNull();
});
