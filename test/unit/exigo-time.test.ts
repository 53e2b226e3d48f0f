import fc from 'fast-check';
import { Settings } from 'luxon';
import { afterEach, describe, expect, it } from 'vitest';
import { fromExigoText, repeatedHourStart, toExigoText } from '../../src/core/time.js';

const realNow = Settings.now;
afterEach(() => {
  Settings.now = realNow;
});

describe.each(['2026-07-01', '2026-12-01'])('Exigo time, read on %s', (today) => {
  it('takes the earlier instant of the repeated hour, whatever the season of today', () => {
    Settings.now = () => Date.parse(today);
    expect(new Date(fromExigoText('2024-11-03 01:30:00.000')).toISOString()).toBe('2024-11-03T06:30:00.000Z');
    expect(new Date(fromExigoText('2024-11-03 00:59:59.999')).toISOString()).toBe('2024-11-03T05:59:59.999Z');
    expect(new Date(fromExigoText('2024-11-03 02:00:00.000')).toISOString()).toBe('2024-11-03T08:00:00.000Z');
  });

  it('moves a time of the spring gap forward', () => {
    Settings.now = () => Date.parse(today);
    expect(toExigoText(fromExigoText('2024-03-10 02:30:00.000'))).toBe('2024-03-10 03:30:00.000');
    expect(toExigoText(fromExigoText('2024-03-10 01:59:59.999'))).toBe('2024-03-10 01:59:59.999');
    expect(toExigoText(fromExigoText('2024-03-10 03:00:00.000'))).toBe('2024-03-10 03:00:00.000');
  });

  it('knows the repeated hour', () => {
    Settings.now = () => Date.parse(today);
    expect(repeatedHourStart('2024-11-03 01:30:00.000')).toBe('2024-11-03 01:00:00.000');
    expect(repeatedHourStart('2024-11-03 00:59:59.999')).toBeNull();
    expect(repeatedHourStart('2024-11-03 02:00:00.000')).toBeNull();
    expect(repeatedHourStart('2024-03-10 03:30:00.000')).toBeNull();
  });

  it('reads back the text of any instant, but for the second pass of the repeated hour', () => {
    Settings.now = () => Date.parse(today);
    const instant = fc.date({
      min: new Date('2010-01-01'),
      max: new Date('2035-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, (date) => {
        const text = toExigoText(date.getTime());
        expect(toExigoText(fromExigoText(text))).toBe(text);
        if (repeatedHourStart(text) === null) expect(fromExigoText(text)).toBe(date.getTime());
      }),
    );
  });
});
