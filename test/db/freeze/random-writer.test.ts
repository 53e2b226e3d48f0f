import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../../src/core/clock.js';
import type { SourceConfig } from '../../../src/core/config.js';
import { fromExigoText, shiftLocalText, toExigoText } from '../../../src/core/time.js';
import type { Engine } from '../../../src/db/database.js';
import { refreshQueue } from '../../../src/db/queue-refresh.js';
import { engines, repetitions, reportMissingEngine } from '../../support/engines.js';
import { FreezeWitness } from '../../support/freeze-witness.js';
import { type Action, actions, DAYS, type Delivery, HOURS } from '../../support/random-writer.js';
import { WriterSite } from '../../support/writer-site.js';

const SEED = 20_261_101;

const evenings = fc.constantFrom(
  '2026-06-10 09:00:00.000',
  '2026-03-07 22:30:00.000',
  '2026-10-31 22:30:00.000',
);
const nights = fc.constantFrom(
  '2026-03-08 01:35:00.000',
  '2026-11-01 00:20:00.000',
  '2026-11-01 01:10:00.000',
);

reportMissingEngine();

describe.each(engines())('the freeze, against a writer that keeps no promise, on %s', (engine) => {
  const runs = repetitions(engine, 50, 6);

  it(`freezes every state that lasts, sends nothing twice and nothing incomplete, loses nothing (${runs} lives)`, async () => {
    await hold(engine, evenings, actions(DAYS), {}, runs);
  }, 600_000);

  it(`misses nothing that comes within the overlap while the clocks change (${runs} lives)`, async () => {
    // Without waiting for idle tables, which would make every start two hours earlier than the overlap asks for.
    await hold(engine, nights, actions(HOURS), { tableLagMs: 0 }, runs);
  }, 600_000);
});

async function hold(
  engine: Engine,
  begins: fc.Arbitrary<string>,
  scripts: fc.Arbitrary<Action[]>,
  source: Partial<SourceConfig>,
  numRuns: number,
): Promise<void> {
  const property = fc.asyncProperty(begins, scripts, async (begin, script) => {
    const site = await WriterSite.open(engine, fromExigoText(begin), { source });
    try {
      await play(site, script);
    } finally {
      await site.close();
    }
  });
  await fc.assert(property, { numRuns, seed: SEED });
}

async function play(site: WriterSite, script: readonly Action[]): Promise<void> {
  const witness = new FreezeWitness(site);
  let arrived: Delivery[] = [];
  await witness.cycle(arrived);
  for (const action of script) {
    site.clock.advance(action.after * MINUTE);
    arrived.push(...(await site.writer.deliver()));
    if (action.do === 'foreign') {
      await site.database.transaction((session) => refreshQueue(session));
    } else if (action.do === 'cycle' || action.do === 'backfill') {
      await witness.cycle(arrived, action.do === 'backfill' ? slicesOf(site, action.hours) : []);
      arrived = [];
    } else {
      site.writer.write(action);
    }
  }
  await settle(site, witness, arrived);
}

function slicesOf(site: WriterSite, hours: number) {
  const endAt = toExigoText(site.clock.now() + HOUR);
  const middle = shiftLocalText(endAt, (-hours * HOUR) / 2);
  return [
    { startAt: shiftLocalText(endAt, -hours * HOUR), endAt: middle },
    { startAt: middle, endAt },
  ];
}

/** Everything arrives, nothing is written any more: what can go has gone after two nights. */
async function settle(site: WriterSite, witness: FreezeWitness, arrived: Delivery[]): Promise<void> {
  site.writer.catchUp();
  let left = arrived;
  for (const wait of [MINUTE, 11 * MINUTE, DAY, 11 * MINUTE, DAY, 11 * MINUTE]) {
    site.clock.advance(wait);
    left.push(...(await site.writer.deliver()));
    await witness.cycle(left);
    left = [];
  }
  const waiting = [...(await site.visible()).values()].filter(
    ({ id, status, stamp }) => status === 7 && stamp >= witness.first && !witness.handedOver.has(id),
  );
  expect(waiting).toEqual([]);
}
