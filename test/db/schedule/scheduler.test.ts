import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../../src/core/clock.js';
import { ConfigurationError, StoppedError } from '../../../src/core/errors.js';
import { engines, reportMissingEngine } from '../../support/engines.js';
import { House } from '../../support/house.js';
import { entryOf, ORDERS, Scheduled, TABLES } from '../../support/scheduling.js';

const START = Date.parse('2026-03-11T17:01:00Z');

reportMissingEngine();

describe.each(engines())('the schedule on %s', (engine) => {
  let house: House;
  beforeEach(async () => {
    house = await House.open({ engine, now: START, templates: [] });
  });
  afterEach(() => house.close());

  const cycles = () =>
    house.all<{ due_utc: string; state: string; cause: string; stands_for: number; begun: number }>(
      'SELECT due_utc, state, cause, stands_for, begun FROM "etl.cycle" ORDER BY due_utc',
    );
  const entry = async () =>
    (
      await house.all<{ skipped: number; asked_utc: string | null }>(
        'SELECT skipped, asked_utc FROM "etl.schedule"',
      )
    )[0];
  const runs = async () => (await house.all<{ n: number }>('SELECT COUNT(*) AS n FROM "etl.run"'))[0]?.n ?? 0;

  it('begins nothing when it is started for the first time, and a cycle whenever one is due', async () => {
    const here = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')]);
    await here.scheduler.start();
    await here.scheduler.idle();
    expect(await cycles()).toEqual([]);
    await here.pass(30 * MINUTE, 5 * MINUTE);
    expect((await cycles()).map(({ due_utc, state }) => [due_utc.slice(11, 16), state])).toEqual([
      ['17:15', 'done'],
      ['17:30', 'done'],
    ]);
    expect(await runs()).toBe(2);
  });

  it('after downtime runs one cycle, and says which ones it stands for', async () => {
    const before = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')]);
    await before.beat();
    house.clock.advance(3 * HOUR);
    const after = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')]);
    await after.beat();
    await after.beat();
    expect(await cycles()).toMatchObject([{ cause: 'catch-up', state: 'done', stands_for: 12 }]);
    expect(await runs()).toBe(1);
    const line =
      'schedule orders: cycle of 2026-03-11 20:00 UTC stands for 12, the ones due from 2026-03-11 17:15 UTC to 2026-03-11 20:00 UTC';
    expect(after.lines).toContain(line);
    expect(await house.all('SELECT message FROM "etl.event" WHERE kind = \'cycle\'')).toEqual([
      { message: line },
    ]);
  });

  it('skips and counts what is due while a cycle runs, once for all processes', async () => {
    const gate = deferred();
    const slow = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')], {
      before: () => gate.promise,
    });
    const other = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')]);
    await slow.beat();
    house.clock.advance(14 * MINUTE);
    await slow.scheduler.beat();
    for (let i = 0; i < 3; i++) {
      for (let passed = 0; passed < 15 * MINUTE; passed += 20 * SECOND) {
        house.clock.advance(20 * SECOND);
        await slow.scheduler.beat();
      }
      await other.beat();
    }
    expect(await cycles()).toMatchObject([{ state: 'running' }]);
    expect(await entry()).toMatchObject({ skipped: 3 });
    expect(slow.lines.join('\n')).toMatch(/1 cycle skipped, 2026-03-11 17:30 UTC was due while the cycle of/);
    gate.resolve();
    await slow.scheduler.idle();
    await slow.pass(15 * MINUTE, 5 * MINUTE);
    expect((await cycles()).map(({ due_utc, state }) => [due_utc.slice(11, 16), state])).toEqual([
      ['17:15', 'done'],
      ['18:15', 'done'],
    ]);
  });

  // On the embedded engine a process waits for its own second connection; test/cli/schedule.test.ts has real processes.
  it.runIf(engine === 'sqlserver')('two connections at once run each cycle once', async () => {
    const both = [
      await Scheduled.open(house, [entryOf('orders', '*/5 * * * *')]),
      await Scheduled.open(house, [entryOf('orders', '*/5 * * * *')]),
    ];
    await Promise.all(both.map((one) => one.beat()));
    for (let i = 0; i < 8; i++) {
      house.clock.advance(5 * MINUTE);
      await Promise.all(both.map((one) => one.scheduler.beat()));
      await Promise.all(both.map((one) => one.scheduler.idle()));
    }
    const made = await cycles();
    expect(made.map(({ state, begun, stands_for }) => [state, begun, stands_for])).toEqual(
      Array.from({ length: 8 }, () => ['done', 1, 1]),
    );
    expect(await runs()).toBe(8);
    expect(both.flatMap(({ reports }) => reports)).toHaveLength(8);
  });

  it('a pipeline that fails does not stop the others of its cycle, and a fault of the configuration is an incident', async () => {
    const here = await Scheduled.open(house, [entryOf('all', '*/15 * * * *', [ORDERS, TABLES])], {
      change: () => ({
        delivery: () => {
          throw new ConfigurationError('the folder does not exist');
        },
      }),
    });
    await here.beat();
    await house.exec(
      "INSERT INTO \"dbo.Customers\" (CustomerID, FirstName, LastName, ModifiedDate) VALUES (7, 'Ada', 'L', '2026-03-11 11:00:00.000')",
    );
    house.clock.advance(15 * MINUTE);
    await here.beat();
    expect(here.reports.map(({ report }) => report.pipelines.map(({ outcome }) => outcome))).toEqual([
      ['done', 'failed'],
    ]);
    expect(await cycles()).toMatchObject([{ state: 'failed' }]);
    const incidents = () =>
      house.all('SELECT kind, system, times, closed_utc FROM "etl.incident" ORDER BY incident_id');
    expect(await incidents()).toMatchObject([
      { kind: 'configuration', system: `pipeline/${TABLES}`, times: 1, closed_utc: null },
    ]);
    const mended = await Scheduled.open(house, [entryOf('all', '*/15 * * * *', [ORDERS, TABLES])]);
    house.clock.advance(HOUR);
    await mended.beat();
    expect(await incidents()).toMatchObject([{ closed_utc: expect.any(String) }]);
  });

  it('a cycle that was stopped is taken up by whoever lives', async () => {
    const gate = deferred();
    const first = await Scheduled.open(house, [entryOf('orders', '0 * * * *')], {
      before: () => gate.promise,
    });
    await first.beat();
    house.clock.advance(HOUR);
    await first.scheduler.beat();
    first.stop.abort(new StoppedError());
    gate.resolve();
    await first.scheduler.idle();
    expect(await cycles()).toMatchObject([{ state: 'stopped' }]);
    const second = await Scheduled.open(house, [entryOf('orders', '0 * * * *')]);
    await second.beat();
    expect(await cycles()).toMatchObject([{ state: 'done', begun: 2 }]);
    expect(second.lines.join('\n')).toContain('is taken up from');
  });

  it('keeps a long cycle also when it ends after it', async () => {
    const gate = deferred();
    const here = await Scheduled.open(house, [entryOf('orders', '0 * * * *')], {
      before: () => gate.promise,
    });
    const other = await Scheduled.open(house, [entryOf('orders', '0 * * * *')]);
    await here.beat();
    house.clock.advance(HOUR);
    await here.scheduler.once();
    for (let i = 0; i < 12; i++) {
      house.clock.advance(20 * SECOND);
      here.alarm.bells.get('beat')?.();
      for (let turn = 0; turn < 20; turn++) await setImmediate();
      await other.beat();
    }
    expect(other.reports).toEqual([]);
    gate.resolve();
    await here.scheduler.idle();
    expect(await cycles()).toMatchObject([{ state: 'done', begun: 1 }]);
  });

  it('a webhook and a tick together make one cycle', async () => {
    const here = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')]);
    await here.beat();
    await house.exec('UPDATE "etl.schedule" SET asked_utc = \'2026-03-11 17:14:59.000\'');
    house.clock.advance(14 * MINUTE);
    await here.beat();
    await here.beat();
    expect(await cycles()).toMatchObject([{ cause: 'tick', state: 'done' }]);
    expect(await entry()).toMatchObject({ asked_utc: null });
  });

  it('a clock that was ahead does not silence the schedule', async () => {
    const here = await Scheduled.open(house, [entryOf('orders', '*/15 * * * *')]);
    house.clock.advance(30 * 24 * HOUR);
    await here.beat();
    house.clock.set(START);
    await here.pass(15 * MINUTE, 5 * MINUTE);
    expect(await cycles()).toMatchObject([{ state: 'done' }]);
    expect(here.lines.join('\n')).toContain('Check the clocks');
  });
});

describe('both clock changes, America/Chicago', () => {
  it.each([
    ['spring', '2026-03-08T05:59:00Z', 23, 92],
    ['autumn', '2026-11-01T04:59:00Z', 25, 100],
  ])(
    'in %s a day has the runs of its hours',
    async (_name, from, hours, quarters) => {
      const house = await House.open({ now: Date.parse(from), templates: [] });
      try {
        const here = await Scheduled.open(house, [
          entryOf('quarter', '*/15 * * * *'),
          entryOf('night', '30 1,2 * * *', [TABLES]),
        ]);
        await here.beat();
        await here.pass(hours * HOUR, 5 * MINUTE);
        const counted = await house.all<{ entry: string; n: number }>(
          'SELECT entry, COUNT(*) AS n FROM "etl.cycle" GROUP BY entry ORDER BY entry',
        );
        expect(counted).toEqual([
          { entry: 'night', n: 2 },
          { entry: 'quarter', n: quarters },
        ]);
      } finally {
        await house.close();
      }
    },
    60_000,
  );
});

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
