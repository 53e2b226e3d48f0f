import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIPELINES } from '../../src/app/pipelines.js';
import { advanceSampleTenant } from '../../src/app/sample-tenant.js';
import { SAMPLE_ORDER } from '../../src/app/sample-tenant-orders.js';
import { MINUTE } from '../../src/core/clock.js';
import type { AnyPipeline } from '../../src/core/pipeline.js';
import type { ReplayedFile } from '../../src/engine/replay.js';
import { runPipeline } from '../../src/engine/run.js';
import { CliSite } from '../support/cli.js';
import { TestClock } from '../support/clock.js';
import { engines, reportMissingEngine } from '../support/engines.js';

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let site: CliSite;
  /** Two cycles of the sample tenant, in a winter that is long over. */
  beforeEach(async () => {
    const clock = new TestClock(Date.parse('2026-01-11T17:00:00Z'));
    site = await CliSite.open({ engine, clock });
    const pipeline = PIPELINES[0] as AnyPipeline;
    const run = () => runPipeline(site.context(clock), { pipeline, slices: [] });
    await run();
    clock.advance(15 * MINUTE);
    await advanceSampleTenant(site.database, clock);
    await run();
  });
  afterEach(async () => {
    await site.close();
  });

  it('lists what waits, shows what to do, takes a decision, and tells it afterwards', async () => {
    const list = await site.run(['errors', 'list', '--json']);
    const { total, items } = list.json<{ total: number; items: { code: string; next: string }[] }>();
    expect(total).toBe(3);
    expect(items.filter(({ next }) => !next.includes('orderferry '))).toEqual([]);

    const order = String(SAMPLE_ORDER.addressChanges);
    const shown = await site.run(['errors', 'show', order]);
    expect(shown.stdout).toContain(`next: a person decides: orderferry release ${order} --as`);

    const decided = await site.run(['release', order, '--as', 'ignore', '--reason', 'picked up']);
    expect([decided.code, decided.stdout]).toEqual([0, `order ${order}: left as borealis has it\n`]);
    const twice = await site.run(['release', order, '--as', 'ignore', '--json']);
    expect(twice.code).toBe(2);
    expect(twice.json<{ error: { message: string } }>().error.message).toContain('does not wait');

    const told = await site.run(['explain', order]);
    expect(told.code).toBe(0);
    expect(told.stdout).toMatch(new RegExp(`^order ${order}\n {2}Exigo {3}Accepted|Printed`));
    expect(told.stdout).toContain('a person released it as ignore (picked up)');

    const retried = await site.run(['errors', 'retry', '--code', 'NO_ROUT', '--json']);
    expect(retried.code).toBe(2);
    expect(retried.json<{ error: { message: string } }>().error.message).toContain(
      'did you mean "NO_ROUTE"?',
    );
  });

  it('exports what waits, drops some of it for a reason, and tells who, when and why', async () => {
    const csv = await site.run(['errors', 'export', '--older-than', '1h']);
    const [head, ...rows] = csv.stdout.trimEnd().split('\r\n');
    expect(head).toBe(
      'order,state,code,reason,pipeline,target,first_seen_utc,last_seen_utc,times,batch,next',
    );
    expect(rows).toHaveLength(3);
    const file = join(site.folder, 'errors.jsonl');
    const lines = await site.run(['errors', 'export', '--format', 'jsonl', '--out', file]);
    expect([lines.code, lines.stdout]).toEqual([0, `3 entries in ${file}\n`]);
    const entries = (await readFile(file, 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries.map(({ order }) => order).sort()).toEqual(
      rows.map((row) => row.split(',')[0] ?? '').sort(),
    );
    expect((await site.run(['errors', 'export', '--out', file])).code).toBe(2);

    const page = await site.run(['errors', 'list', '--limit', '2']);
    const after = /add --after (\d+)/.exec(page.stdout)?.[1] ?? '';
    const rest = await site.run(['errors', 'list', '--after', after, '--json']);
    expect(rest.json()).toMatchObject({ total: 3, next: null, items: [{ times: 1 }] });

    const order = String(SAMPLE_ORDER.addressChanges);
    const shown = await site.run(['errors', 'show', order]);
    expect(shown.stdout).toContain('[hidden] -> [hidden]');
    expect(shown.stdout).toMatch(/step hand-over: done in BOR/i);
    const told = await site.run(['errors', 'show', order, '--values']);
    expect(told.stdout).toMatch(/" -> "/);

    expect((await site.run(['errors', 'drop', '--order', order])).code).toBe(2);
    expect((await site.run(['errors', 'drop', '--reason', 'all of it'])).stderr).toContain('say which');
    const dropped = await site.run([
      'errors',
      'drop',
      '--order',
      order,
      '--reason',
      'picked up',
      '--by',
      'kim',
      '--json',
    ]);
    expect(dropped.json()).toEqual({ dropped: 1, left: [], leftInAll: 0 });
    const explained = await site.run(['explain', order]);
    expect(explained.stdout).toMatch(
      /\d\d:\d\d:\d\d\.\d{3} {2}dropped +kim dropped CHANGED_AFTER_HAND_OVER \(picked up\)/,
    );
    expect(explained.stdout).not.toMatch(/" -> "/);
  });

  it('replays the same bytes in another zone and locale, on another day', async () => {
    const out = join(site.folder, 'again');
    const environment = { TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' };
    const result = await site.run(['replay', '1', '--out', out, '--json'], environment);
    expect(result.code).toBe(0);
    const { files } = result.json<{ files: ReplayedFile[] }>();
    expect(files.map(({ identical }) => identical)).toEqual([true, true]);
    for (const name of await readdir(out)) {
      const folder = site.config.threePls.find(({ name: own }) =>
        name.toLowerCase().startsWith(own.slice(0, 3)),
      );
      const sent = await readFile(join(folder?.delivery.path ?? '', name));
      expect(sent.equals(await readFile(join(out, name)))).toBe(true);
    }
    await mkdir(join(site.folder, 'empty'));
    const unknown = await site.run(['replay', '99', '--out', join(site.folder, 'empty'), '--json']);
    expect([unknown.code, unknown.json()]).toEqual([
      2,
      { error: { code: 'USAGE', message: expect.any(String) } },
    ]);
  });
});
