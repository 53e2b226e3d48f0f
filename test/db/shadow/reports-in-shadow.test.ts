/** In shadow marketplaces are told by the earlier script alone; live again, each of them is told once, by one of the two. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY, MINUTE } from '../../../src/core/clock.js';
import type { Config } from '../../../src/core/config.js';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { explain } from '../../../src/engine/explain/explain.js';
import { compareCalls } from '../../../src/engine/shadow/compare-calls.js';
import { forgetRows } from '../../../src/queue/forget.js';
import { prune } from '../../../src/queue/retention.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { MarketplaceHouse, REPORTS } from '../../support/marketplace-house.js';
import { expectPromisesKept } from '../../support/promises.js';

reportMissingEngine();

describe.each(engines())('reports to marketplaces in shadow, on %s', (engine) => {
  let at: MarketplaceHouse;
  let shadow: Config;
  beforeEach(async () => {
    at = await MarketplaceHouse.open({ engine });
    shadow = { ...at.house.config, modes: { [REPORTS]: 'shadow' } };
  });
  afterEach(async () => {
    setFaultHook(undefined);
    await expectPromisesKept(at.house);
    await at.close();
  });

  async function cycle(config: Config = at.house.config): Promise<void> {
    at.house.clock.advance(15 * MINUTE);
    expect((await at.run({ config })).error).toBeNull();
  }
  /** The earlier script tells a marketplace. */
  const script = (id: number, tracking: string) => {
    const order = at.feed.order(`G-${id}`);
    if (order === undefined) throw new TypeError(`no order G-${id}`);
    Object.assign(order, { status: 'Shipped', tracking, carrier: 'UPS', sync: 'Sync Complete', due: false });
  };
  async function compared() {
    const told: string[] = [];
    const all = { from: '2000-01-01 00:00:00.000', to: '2100-01-01 00:00:00.000' };
    const result = await compareCalls(at.house.context(), { pipeline: REPORTS, ...all }, (call) => {
      told.push(`${'order' in call ? call.order : call.item_key} ${call.outcome}`);
    });
    return { result, told };
  }

  it('makes no call, and shows what it would have told and what was told', async () => {
    for (const id of [1, 2, 3]) await at.sell(id);
    for (const id of [1, 2, 3]) await at.ship(id);
    await cycle(shadow);
    expect(at.calls()).toBe(0);
    expect(await at.effects(1)).toEqual(['main/G-1 1 pending']);
    script(1, '1Z0001');
    script(2, '1Z9999');
    await cycle(shadow);
    expect(at.calls()).toBe(0);
    expect([await at.outcome(1), await at.outcome(2), await at.outcome(3)]).toEqual([
      'delivered',
      'delivered',
      'loading',
    ]);
    const { result, told } = await compared();
    expect(result).toMatchObject({ calls: 3, same: 1, differing: 1, onlyOurs: 1 });
    expect(told).toEqual(['main/G-1 same', 'main/G-2 differs', 'main/G-3 only ours']);
    const { where } = await explain(at.house.context({ config: shadow }), 1);
    expect(where.join('\n')).toContain('done by somebody else, as seen in shadow');
  });

  it('live again, tells what nobody has told, once, and nothing else', async () => {
    for (const id of [1, 2, 3]) await at.sell(id);
    for (const id of [1, 2, 3]) await at.ship(id);
    await cycle(shadow);
    script(1, '1Z0001');
    await cycle(shadow);
    script(2, '1Z0002'); // its last one, after the last run in shadow
    await cycle();
    await cycle();
    expect(at.updates()).toEqual(['G-3 SHIPPED 1Z0003']);
    expect(at.calls()).toBe(1);
    const { told } = await compared();
    expect(told).toEqual(['main/G-1 same', 'main/G-2 same', 'main/G-3 live']);
  });

  it('a process that dies before it has written down what it saw leaves everything as it was', async () => {
    await at.sell(1);
    await at.ship(1);
    await cycle(shadow);
    script(1, '1Z0001');
    setFaultHook((point) => {
      if (point === 'shadow/before-receipt') throw new TypeError('killed');
    });
    at.house.clock.advance(15 * MINUTE);
    expect((await at.run({ config: shadow })).error).not.toBeNull();
    expect(await at.effects(1)).toEqual(['main/G-1 1 pending']);
    setFaultHook(undefined);
    await cycle();
    expect([await at.outcome(1), at.calls()]).toEqual(['delivered', 0]);
  });

  it('keeps what it would have told as long as the ledger, and without what a person is known by', async () => {
    await at.sell(1);
    await at.ship(1);
    await cycle(shadow);
    script(1, '1Z0001');
    await cycle(shadow);
    const kept = () => at.house.all<{ fields: string }>('SELECT fields FROM "etl.shadow_call"');
    const whom = { customerId: null, orderIds: [1], itemKeys: ['main/G-1'] };
    await at.house.database.transaction((session) => forgetRows(session, whom));
    expect(await kept()).toEqual([{ fields: '{}' }]);
    const { retention, clock } = { ...at.house.config, clock: at.house.clock };
    const years = clock.now() + 2 * 400 * DAY;
    await at.house.database.transaction((session) => prune(session, retention, years));
    expect(await kept()).toEqual([]);
  });

  it('an order that its store does not show holds up no other, in shadow and live', async () => {
    for (const id of [1, 2]) await at.sell(id);
    for (const id of [1, 2]) await at.ship(id);
    await cycle(shadow);
    at.feed.remove('G-1');
    script(2, '1Z0002');
    await cycle(shadow);
    expect([await at.outcome(1), await at.outcome(2)]).toEqual(['loading', 'delivered']);
    at.house.clock.advance(15 * MINUTE);
    await at.run();
    expect([await at.outcome(1), at.updates()]).toEqual(['failed NOT_IN_GODATAFEED', []]);
  });

  it('live again, tells nothing of an order that it could not look at before, while the others are told', async () => {
    for (const id of [1, 2]) await at.sell(id);
    for (const id of [1, 2]) await at.ship(id);
    await cycle(shadow);
    script(1, '1Z0001'); // after the last run in shadow
    at.feed.fail({ kind: 'status-500-before', operation: 'List', orderNumber: 'G-1', times: 1000 });
    at.house.clock.advance(15 * MINUTE);
    expect((await at.run()).error).not.toBeNull();
    expect(at.updates()).toEqual(['G-2 SHIPPED 1Z0002']);
    at.feed.clearFaults();
    at.house.clock.advance(15 * MINUTE);
    await cycle();
    expect([await at.outcome(1), at.updates()]).toEqual(['delivered', ['G-2 SHIPPED 1Z0002']]);
  });

  it('a number of ours that is corrected in shadow is told when it is live again: what is shown is our own word', async () => {
    await at.sell(1);
    await at.ship(1);
    await cycle();
    await at.ship(1, { TrackingNumber1: '1ZNEWER' });
    await cycle(shadow);
    expect(at.updates()).toEqual(['G-1 SHIPPED 1Z0001']);
    await cycle();
    expect(at.updates()).toEqual(['G-1 SHIPPED 1Z0001', 'G-1 SHIPPED 1ZNEWER']);
  });

  it('leaves what a live run has sent alone until it is live again', async () => {
    await at.sell(1);
    await at.ship(1);
    await cycle();
    expect(at.updates()).toEqual(['G-1 SHIPPED 1Z0001']);
    const before = at.feed.journal.length;
    await cycle(shadow);
    expect(at.feed.journal.length).toBe(before);
    expect(await at.effects(1)).toEqual(['main/G-1 1 accepted']);
  });
});
