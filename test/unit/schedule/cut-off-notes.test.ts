import { expect, it } from 'vitest';
import { PIPELINES } from '../../../src/app/pipelines.js';
import { parseCron } from '../../../src/core/cron.js';
import type { AnyPipeline } from '../../../src/core/pipeline.js';
import { cutOffNotes } from '../../../src/engine/schedule/plan.js';

const NOON = Date.parse('2026-11-21T12:00:00Z');
const OWN = {
  ...PIPELINES.find(({ name }) => name === 'exigo-orders-to-3pl'),
  name: 'my-orders-to-3pl',
} as AnyPipeline;

const wave = { cutOffs: ['16:30'], zone: 'UTC', coolingOffMs: 0, maxOrders: 1 };
const notes = (pipeline: string, here: readonly AnyPipeline[]) =>
  cutOffNotes(
    {
      threePls: [{ name: 'north', wave }],
      schedule: {
        entries: [{ name: 'own', cron: parseCron('35 * * * *', 'UTC'), pipelines: [pipeline] }],
        drainMs: 0,
        webhook: null,
      },
    },
    here,
    NOON,
  ).map(({ line }) => line);

it("a wave is made by an entry with the hand-over, ours or the project's", () => {
  const made = '3PL north: the wave of 2026-11-21 16:30 UTC is made by own, 5 min after its cut-off';
  expect(notes('exigo-orders-to-3pl', PIPELINES)).toEqual([made]);
  expect(notes('my-orders-to-3pl', [...PIPELINES, OWN])).toEqual([made]);
  expect(notes('exigo-snapshot-to-csv', [...PIPELINES, OWN])[0]).toContain('has no cycle that makes it');
});
