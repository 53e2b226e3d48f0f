/** SIGTERM in the middle of a run: it stops cleanly, and the next run brings everything to its end. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/db/database.js';
import { outcomeOf } from '../support/crash-outcome.js';
import { CrashSite } from '../support/crash-site.js';
import { engines, reportMissingEngine } from '../support/engines.js';

reportMissingEngine();

const ORDERS = 'exigo-orders-to-3pl';

const suites: Awaited<ReturnType<typeof suiteOf>>[] = [];
for (const engine of engines()) suites.push(await suiteOf(engine));

async function suiteOf(engine: Engine) {
  const template = await CrashSite.prepare(engine);
  const undisturbed = await CrashSite.open(template);
  await undisturbed.live();
  const outcome = await outcomeOf(undisturbed);
  await undisturbed.close();
  return { engine, template, outcome };
}

afterAll(async () => {
  for (const { template } of suites) await CrashSite.remove(template);
});

describe.each(suites)('SIGTERM on $engine', ({ template, outcome }) => {
  it.each([
    'freeze/after-commit',
    'folder/write-before',
    'send/after-uploaded',
    'status/after-claim',
    'status/before-call',
  ])('at %s', async (point) => {
    const site = await CrashSite.open(template);
    try {
      const child = site.start({ log: true, waitAt: { point: `${ORDERS} ${point}`, pass: 1 } });
      await child.waits('at');
      child.process.kill('SIGTERM');
      await child.stopping();
      child.go();
      const end = await child.ended;
      expect(end).toMatchObject({ code: 0, signal: null, failure: { code: 'STOPPED' } });
      const runs = await site.all('SELECT outcome FROM "etl.run"');
      expect(runs).toEqual([{ outcome: 'stopped' }]);
      expect(await site.all('SELECT * FROM "etl.lease" WHERE released = 0')).toEqual([]);
      const logs = join(site.folder, 'logs');
      const lines = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
      expect(lines.join('')).toContain(`run of ${ORDERS} ended`);

      await site.live();
      expect(await outcomeOf(site)).toEqual(outcome);
    } finally {
      await site.close();
    }
  });
});
