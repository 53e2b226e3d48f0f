/** The lease between real processes: started together, and stopped (SIGSTOP) beyond its end. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../src/core/clock.js';
import type { Child } from '../support/crash-child.js';
import type { RunEnd } from '../support/crash-protocol.js';
import { CrashSite, type CrashTemplate } from '../support/crash-site.js';
import { engines, repetitions, reportMissingEngine } from '../support/engines.js';

const ORDERS = 'exigo-orders-to-3pl';
const LEASE_AND_DEADLINE = MINUTE + 5 * SECOND + 1;
const ONE_RUN = { pipelines: [ORDERS], cycles: 1 };
const stay = async () => {};

reportMissingEngine();

describe.each(engines())('on %s', (engine) => {
  let template: CrashTemplate;
  beforeAll(async () => {
    template = await CrashSite.prepare(engine);
  });
  afterAll(() => CrashSite.remove(template));

  let site: CrashSite;
  let children: Child[];
  beforeEach(async () => {
    site = await CrashSite.open(template);
    children = [];
  });
  afterEach(async () => {
    for (const child of children) child.process.kill('SIGKILL');
    await Promise.all(children.map(({ ended }) => ended));
    await site.close();
  });

  function start(...parameters: Parameters<CrashSite['start']>): Child {
    const child = site.start(...parameters);
    children.push(child);
    return child;
  }

  const state = async () => ({
    items: await site.all('SELECT * FROM "etl.item"'),
    effects: await site.all('SELECT * FROM "etl.effect"'),
    waves: await site.all('SELECT * FROM "etl.wave"'),
    batches: await site.all('SELECT * FROM "etl.batch"'),
    runs: await site.all('SELECT * FROM "etl.run"'),
    leases: await site.all('SELECT * FROM "etl.lease"'),
  });

  it('a second process says who works, leaves with code 0 and has changed nothing', async () => {
    const first = start({ ...ONE_RUN, waitAt: { point: `${ORDERS} send/rendered`, pass: 1 } }, stay);
    await first.waits('at');
    const before = await state();
    const second = await start(ONE_RUN, stay).ended;
    expect(second).toMatchObject({ code: 0, failure: null });
    expect(second.runs).toEqual([
      { pipeline: ORDERS, heldBy: expect.stringContaining(`process ${first.process.pid}`) },
    ]);
    expect(await state()).toEqual(before);
    first.go();
    expect(await first.ended).toMatchObject({ code: 0, runs: [{ pipeline: ORDERS, heldBy: null }] });
  });

  describe('stopped beyond its lease while another one takes over, then woken up', () => {
    it.each([
      ['folder/write-after', 0],
      ['send/after-uploaded', 0],
      ['status/after-claim', 0],
      ['status/before-call', 1],
      ['status/after-call', 0],
    ])('at %s: it writes nothing, and makes at most %i call that it had begun', async (point, calls) => {
      const stopped = start({ ...ONE_RUN, waitAt: { point: `${ORDERS} ${point}`, pass: 1 } }, stay);
      await stopped.waits('at');
      stopped.process.kill('SIGSTOP');
      expect((await start(ONE_RUN, stay).ended).runs).toMatchObject([{ heldBy: expect.any(String) }]);
      site.clock.advance(LEASE_AND_DEADLINE);
      expect(await start(ONE_RUN, stay).ended).toMatchObject({ code: 0, runs: [{ heldBy: null }] });
      const [before, journal] = [await state(), site.standin.journal.length];
      stopped.process.kill('SIGCONT');
      stopped.go();
      expect(await stopped.ended).toMatchObject({ code: 1, failure: { code: 'LEASE_LOST' } });
      expect(await state()).toEqual(before);
      expect(site.standin.journal.length - journal).toBeLessThanOrEqual(calls);
      expect(await site.all(`SELECT * FROM "etl.effect" WHERE state <> 'done'`)).toEqual([]);
    });
  });

  const ROUNDS = repetitions(engine, 20, 8);
  it(`of two that start together ${ROUNDS} times one works, the other leaves`, {
    timeout: 300_000,
  }, async () => {
    const over: { child: number; runs: readonly RunEnd[]; next: () => void }[] = [];
    let tell = () => {};
    const cycleOf = (child: number) => (runs: readonly RunEnd[]) =>
      new Promise<void>((next) => {
        over.push({ child, runs, next });
        tell();
      });
    const spec = {
      pipelines: [ORDERS],
      cycles: ROUNDS,
      gate: true,
      waitAt: { point: `${ORDERS} freeze/after-commit`, pass: 'every' as const },
    };
    const two = [0, 1].map((child) => start(spec, cycleOf(child)));
    await Promise.all(two.map((child) => child.waits('ready')));
    const winners: number[] = [];
    let begin = () => {
      for (const child of two) child.go();
    };
    for (let round = 0; round < ROUNDS; round++) {
      const working = two.map((child, i) => child.waits('at').then(() => i));
      const left = new Promise<void>((resolve) => {
        tell = resolve;
      });
      begin();
      // One waits in the middle of its work until the other has left: were both at work, nobody would leave.
      const winner = await Promise.race(working);
      await left;
      const [loser] = over;
      expect({ winner, loser: loser?.child, held: loser?.runs[0]?.heldBy !== null }).toEqual({
        winner,
        loser: 1 - winner,
        held: true,
      });
      const finished = new Promise<void>((resolve) => {
        tell = resolve;
      });
      two[winner]?.go();
      await finished;
      expect(over[1]).toMatchObject({ child: winner, runs: [{ heldBy: null }] });
      winners.push(winner);
      const nexts = over.splice(0).map(({ next }) => next);
      begin = () => {
        for (const next of nexts) next();
      };
    }
    begin();
    for (const child of two) expect(await child.ended).toMatchObject({ code: 0, failure: null });
    expect(winners).toHaveLength(ROUNDS);
  });
});
