import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../../core/clock.js';
import type { WaveRule } from '../../core/hand-over.js';
import { zoneFault } from './date-format.js';
import { checkedText, type Faults, type Path } from './faults.js';

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const DURATION = /^(\d{1,6}) *([smhd])$/;

export const DURATION_WORDS = 'a duration such as 30s, 30m, 1h, 1d or 0';

/** Milliseconds of `30s`, `15m`, `1h`, `1d` or `0`; null for any other text. */
export function durationMs(text: string): number | null {
  if (text === '0') return 0;
  const [, count, unit = 's'] = DURATION.exec(text) ?? [];
  return count === undefined ? null : Number(count) * (UNITS[unit] ?? SECOND);
}

const WAVE = z.strictObject({
  cutOffs: z
    .array(z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a cut-off is a local time such as "11:30"'))
    .default([]),
  zone: checkedText(zoneFault).optional(),
  coolingOff: z
    .preprocess(
      (value) => (value === 0 ? '0' : value),
      z.string('a duration such as 30m, 1h or 0').refine((text) => durationMs(text) !== null, {
        error: DURATION_WORDS,
      }),
    )
    .default('0'),
  maxOrders: z.int().min(1, 'a file has at least 1 order').max(1_000_000).default(10_000),
});

/** The `wave` section; `zone` is the file's, for cut-offs that name none. */
export function readWave(
  raw: unknown,
  zone: string,
  faults: Faults,
  at: Path = ['wave'],
): WaveRule | undefined {
  const wave = faults.read(WAVE, raw ?? {}, at);
  if (wave === undefined) return undefined;
  if (new Set(wave.cutOffs).size < wave.cutOffs.length) faults.add([...at, 'cutOffs'], 'names a time twice');
  return {
    cutOffs: [...wave.cutOffs].sort(),
    zone: wave.zone ?? zone,
    coolingOffMs: durationMs(wave.coolingOff) ?? 0,
    maxOrders: wave.maxOrders,
  };
}
