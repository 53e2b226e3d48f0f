/** What 3PLs sent goes by age: all rows of an order together, never while something waits, and the copies with them. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, HOUR } from '../../../src/core/clock.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { releaseFault } from '../../../src/engine/shipments/release-fault.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { SHIPMENTS } from '../../support/inbox.js';
import { csv, InboxHouse, inboxTemplate } from '../../support/inbox-house.js';
import { placeOrder } from '../../support/small-orders.js';

reportMissingEngine();

describe.each(engines())('retention of inboxes on %s', (engine) => {
  let inbox: InboxHouse;
  beforeEach(async () => {
    const retention = { frozenMs: 30 * DAY, handedOverMs: 400 * DAY, inboxMs: 60 * DAY };
    inbox = await InboxHouse.open({ engine, templates: [inboxTemplate()], api: true, config: { retention } });
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await inbox.house.close();
  });

  /** `aside`: the code of a file that cannot be read. */
  const run = async (days = 0, aside: string | null = null) => {
    inbox.house.clock.advance(days * DAY + HOUR);
    const { error } = await inbox.house.run(SHIPMENTS);
    expect((error as { readonly code?: string } | null)?.code ?? error).toBe(aside);
  };
  const handOver = async (...ids: number[]) => {
    const lines = [
      ['TEA', '6.00'],
      ['CUP', '4.00'],
    ] as const;
    for (const id of ids) await placeOrder(inbox.house, id, { lines });
    expect((await inbox.house.run()).error).toBeNull();
  };
  const lines = async () => (await inbox.rows()).map((row) => row.split(' ').slice(0, 3).join(' '));
  const copies = async () => [...(await inbox.archive()).keys()].sort();

  it('keeps what waits, and all of an order that a later file speaks of', async () => {
    await handOver(1, 2, 3);
    await inbox.put(
      'A.csv',
      csv('1,TEA,1,1Z1', '1,CUP,1,1Z1', '2,TEA,1,1Z2', 'nonsense,TEA,1,1Z3', '3,TEA,1,1Z4'),
    );
    await inbox.put('none.csv', 'see mail');
    await run(0, 'MISSING_COLUMN');
    await inbox.put('B.csv', csv('3,CUP,1,1Z5'));
    await run(40);
    expect(await lines()).toHaveLength(6);

    await run(30); // A is 70 days old: of 1 all is said; 2 waits for its cup, line 5 for a person, 3 had news 30 days ago
    expect(await lines()).toEqual(['A.csv 4 2', 'A.csv 5 1Z3', 'A.csv 6 3', 'B.csv 2 3']);
    expect(await copies()).toEqual(['1-A.csv', '3-B.csv']);
    expect((await inbox.files()).map((file) => file.split(' ')[0])).toEqual(['A.csv', 'B.csv']);

    await inbox.put('C.csv', csv('2,CUP,1,1Z6'));
    await run();
    await releaseFault(inbox.house.context(), 'inbox/1/5', 'ignore', null);
    await run(40);
    expect(await lines()).toEqual(['A.csv 4 2', 'C.csv 2 2']);
    expect(await copies()).toEqual(['1-A.csv', '4-C.csv']);

    await run(40);
    expect(await lines()).toEqual([]);
    expect(await copies()).toEqual([]);
    const months = await stat(join(inbox.house.config.stateDirectory, 'inbox', 'plain', '2026-03')).catch(
      () => null,
    );
    expect(months).toBeNull();
  });

  it('knows a file again whose rows are gone', async () => {
    await handOver(1);
    const text = csv('1,,,1Z1');
    await inbox.put('A.csv', text);
    await run();
    await run(100);
    expect([await lines(), await copies()]).toEqual([[], []]);
    const applied = () => inbox.house.standin.journal.filter((call) => call.applied).length;
    const calls = applied();
    await inbox.put('again.csv', text);
    await run();
    expect((await inbox.files()).map((file) => file.split(' ').slice(0, 2).join(' '))).toEqual([
      'A.csv frozen',
      'again.csv repeated',
    ]);
    expect(applied()).toBe(calls);
  });
});
