import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dateReader } from '../../../../src/transform/three-pl/confirmations/when.js';

const at = (format: string, zone: string, text: string): string | null => {
  const moment = dateReader(format, zone)(text);
  return moment === null ? null : new Date(moment.at).toISOString() + (moment.bare ? ' bare' : '');
};
const berlin = (text: string) => at('dd.MM.yyyy HH:mm', 'Europe/Berlin', text);
const chicago = (text: string) => at('MM/dd/yyyy HH:mm', 'America/Chicago', text);

describe('a date of a confirmation', () => {
  it('is an instant of the zone of its file, over both clock changes', () => {
    expect(berlin('28.03.2026 12:00')).toBe('2026-03-28T11:00:00.000Z');
    expect(berlin('29.03.2026 02:30')).toBe('2026-03-29T01:30:00.000Z'); // skipped: 03:30 in summer
    expect(berlin('29.03.2026 03:00')).toBe('2026-03-29T01:00:00.000Z');
    expect(berlin('25.10.2026 02:30')).toBe('2026-10-25T00:30:00.000Z'); // repeated: the earlier one
    expect(berlin('25.10.2026 03:00')).toBe('2026-10-25T02:00:00.000Z');
    expect(chicago('03/08/2026 02:30')).toBe('2026-03-08T08:30:00.000Z');
    expect(chicago('11/01/2026 01:30')).toBe('2026-11-01T06:30:00.000Z');
    expect(chicago('11/01/2026 02:00')).toBe('2026-11-01T08:00:00.000Z');
  });

  it('means the beginning of its day when it has no time', () => {
    expect(at('dd.MM.yyyy', 'Europe/Berlin', '29.03.2026')).toBe('2026-03-28T23:00:00.000Z bare');
    expect(at('dd.MM.yyyy', 'Europe/Berlin', '26.10.2026')).toBe('2026-10-25T23:00:00.000Z bare');
    expect(at('yyyyMMdd', 'UTC', '20261121')).toBe('2026-11-21T00:00:00.000Z bare');
    expect(at("d MMM yyyy 'Hh'", 'UTC', '1 Nov 2026 Hh')).toBe('2026-11-01T00:00:00.000Z bare');
  });

  it('is the instant it says when it has an offset', () => {
    expect(at("yyyy-MM-dd'T'HH:mm:ssZZ", 'Europe/Berlin', '2026-11-21T10:00:00-06:00')).toBe(
      '2026-11-21T16:00:00.000Z',
    );
  });

  it('is none when there is no such day, or it has another form', () => {
    for (const text of ['31.02.2026 10:00', '29.02.2026 10:00', '32.01.2026 10:00', '01.13.2026 10:00']) {
      expect(berlin(text)).toBeNull();
    }
    for (const text of [
      '',
      '1.1.2026 10:00',
      '2026-01-01 10:00',
      '01.01.26 10:00',
      '01.01.2026',
      '01.01.2026 25:00',
    ]) {
      expect(berlin(text)).toBeNull();
    }
    expect(berlin('29.02.2028 10:00')).toBe('2028-02-29T09:00:00.000Z');
    expect(berlin('01.01.1926 10:00')).toBeNull();
  });

  it.each(['UTC', 'America/Chicago', 'Pacific/Kiritimati', 'Asia/Kolkata'])(
    'is the same on a machine in %s',
    (zone) => {
      const module = new URL('../../../../src/transform/three-pl/confirmations/when.ts', import.meta.url);
      const script = `
        import { dateReader } from ${JSON.stringify(fileURLToPath(module))};
        const read = dateReader('dd.MM.yyyy HH:mm', 'Europe/Berlin');
        process.stdout.write(['29.03.2026 02:30', '25.10.2026 02:30', '21.11.2026 00:00'].map((text) => read(text).at).join());
      `;
      const output = execFileSync(
        process.execPath,
        ['--import', 'tsx', '--input-type=module', '-e', script],
        {
          env: { ...process.env, TZ: zone },
          encoding: 'utf8',
        },
      );
      expect(output).toBe(
        ['2026-03-29T01:30:00Z', '2026-10-25T00:30:00Z', '2026-11-20T23:00:00Z'].map(Date.parse).join(),
      );
    },
  );
});
