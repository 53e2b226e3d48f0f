import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CliSite } from '../support/cli.js';
import { forEngine } from '../support/engines.js';

const SHIPMENTS = '3pl-shipments-to-exigo';
const RETURNS = '3pl-returns-to-exigo';

/** The commands around pipelines that call APIs and run in shadow. */
describe('in shadow', () => {
  let site: CliSite;
  beforeEach(async () => {
    site = await CliSite.open();
  });
  afterEach(() => site.close());

  const inShadow = (...names: string[]) =>
    appendFile(
      join(site.folder, 'config', 'orderferry.yaml'),
      `\nmodes:\n${names.map((name) => `  ${name}: shadow\n`).join('')}`,
    );

  /** A call as a run in shadow keeps it. */
  async function call(id: number, state: string, tracking: string, shown: string | null): Promise<void> {
    const text = `INSERT INTO "etl.shadow_call" (effect_id, pipeline, step, item_key, order_id, operation, fields, state,
        shown, planned_utc, looked_utc, settled_utc)
      VALUES (@id, @pipeline, 'tracking', @key, @id, 'UpdateOrder', @fields, @state, @shown, @at, @at, @settled)`;
    const at = '2026-03-11 17:00:00.000';
    await site.database.transaction((session) =>
      session.run(
        { name: 'test', text: forEngine('sqlite', text) },
        {
          id,
          pipeline: SHIPMENTS,
          key: String(id),
          fields: JSON.stringify({ status: 'shipped', tracking }),
          state,
          shown: shown === null ? null : JSON.stringify({ status: 'shipped', tracking: shown }),
          at,
          settled: state === 'open' ? null : at,
        },
      ),
    );
  }

  it('status says so, and calls are compared with what was shown, or with a list', async () => {
    await inShadow(SHIPMENTS, RETURNS);
    await call(1, 'same', '1Z1', '1Z1');
    await call(2, 'differs', '1Z2', '1ZX');
    const status = await site.run(['status']);
    expect(status.stdout).toContain(
      'in shadow: nothing is called that changes anything; "orderferry shadow compare" shows',
    );
    const seen = await site.run(['shadow', 'compare', SHIPMENTS]);
    expect(seen.code).toBe(1);
    expect(seen.stdout).toContain('differs: order 2, UpdateOrder: tracking: theirs "1ZX", ours "1Z2"');
    expect(seen.stdout).toContain('2 calls in shadow: 1 same, 1 differ, 0 only ours');
    expect(seen.stdout).toContain('until 2026-03-11 17:00:00 UTC');
    const list = join(site.folder, 'calls.csv');
    await writeFile(list, 'OrderNo,tracking,by\n1,1z1,script\n9,1Z9,script\n');
    const options = ['--column', 'OrderNo=order', '--json'];
    const listed = await site.run(['shadow', 'compare', SHIPMENTS, list, ...options]);
    expect(listed.json()).toMatchObject({
      calls: 2,
      same: 1,
      differing: 0,
      onlyOurs: 1,
      onlyTheirs: 1,
      listed: [
        { outcome: 'only ours', order_id: 2, fields: { status: 'shipped', tracking: '1Z2' } },
        { outcome: 'only theirs', order: '9', where: 'calls.csv line 3', reason: 'not frozen here' },
      ],
    });
    const nameless = await site.run(['shadow', 'compare', SHIPMENTS, list]);
    expect([nameless.code, nameless.stderr]).toEqual([2, expect.stringContaining('has no column "order"')]);
  });

  it('a pipeline that reads the same files as one in shadow is named when it is not', async () => {
    await inShadow(SHIPMENTS);
    const refused = await site.run(['status']);
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toMatch(/modes\.3pl-returns-to-exigo: it reads the same files as 3pl-shipments/);
  });
});
