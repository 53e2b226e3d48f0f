/** Seeded sequences of cancel, hand over, answer and ship, run by the engine, killed here and there. */
import { afterEach, describe, expect, it } from 'vitest';
import { setFaultHook } from '../../../src/core/fault-points.js';
import { CANCELS, CancelingHouse, ENDS, ORDERS, REPORTS, SHIPMENTS } from '../../support/canceling.js';
import { shipped } from '../../support/inbox.js';
import { expectPromisesKept } from '../../support/promises.js';

const SEEDS = [1, 2, 3, 4, 5, 6];
const STEPS = 10;
const ORDER = 1;
const RUNS = [ORDERS, SHIPMENTS, CANCELS, ENDS, REPORTS];

/** Where the process dies: at the nth point that a run passes. */
class Killed extends Error {}

describe('seeded runs of the engine', () => {
  let at: CancelingHouse | undefined;
  afterEach(async () => {
    setFaultHook(undefined);
    await at?.close();
    at = undefined;
  });

  it.each(SEEDS)(
    'seed %i: never both shipped and canceled, nothing stuck unseen',
    async (seed) => {
      at = await CancelingHouse.open();
      const random = randomOf(seed);
      const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
      await at.market.sell(ORDER);
      await at.run(ORDERS);
      const told: string[] = [];
      for (let i = 0; i < STEPS; i++) told.push(await act(pick(actionsOf(at)), random));
      setFaultHook(undefined);
      const first = pick(RUNS);
      // Whatever died is taken up, and every pipeline comes to rest.
      for (let round = 0; round < 4; round++) for (const run of [first, ...RUNS]) await at.run(run);
      await expectAtRest(at, told.join(' > '));
      await expectPromisesKept(at.house);
    },
    240_000,
  );
});

type Act = readonly [name: string, act: (killAt: number | null) => Promise<unknown>];

function actionsOf(at: CancelingHouse): readonly Act[] {
  const says = (answer: 'accepted' | 'canceled' | 'not-canceled'): Act => [
    answer,
    () => at.say({ answer, orderId: ORDER }),
  ];
  const run = (name: string): Act => [name, (killAt) => killedRun(at, name, killAt)];
  return [
    ['canceled in Exigo', async () => ((await at.statusOf(ORDER)) === 9 ? null : at.cancelInExigo(ORDER))],
    ['ended', () => at.cancelAtMarketplace(ORDER)],
    ['canceled by a person', () => at.cancelByPerson(ORDER).catch(() => null)],
    says('accepted'),
    says('canceled'),
    says('not-canceled'),
    ['shipped', () => at.say(shipped(ORDER, '1Z1'))],
    ...RUNS.map(run),
    ...RUNS.map(run),
  ];
}

async function act([name, act]: Act, random: () => number): Promise<string> {
  const killAt = random() < 0.4 ? Math.floor(random() * 12) : null;
  await act(killAt);
  return killAt === null ? name : `${name} (killed at ${killAt})`;
}

async function killedRun(at: CancelingHouse, name: string, killAt: number | null): Promise<void> {
  let passed = 0;
  setFaultHook(async () => {
    if (killAt !== null && passed++ === killAt) throw new Killed('killed');
  });
  await at.run(name).catch(() => null);
  setFaultHook(undefined);
}

async function expectAtRest(at: CancelingHouse, told: string): Promise<void> {
  const journal = at.house.standin.journal.filter(({ applied }) => applied);
  const set = (status: string) =>
    journal.some(({ body }) => (body as { orderStatus?: unknown }).orderStatus === status);
  const [rows, waiting, asked] = [
    await saidOf(at),
    await at.waiting(ORDER),
    (await at.asked(ORDER))[0] ?? '',
  ];
  const state = `${told}: ${rows.join(' ')} | ${asked} | ${waiting.join(', ')}`;
  expect(set('Shipped') && set('Canceled'), state).toBe(false);
  if (set('Canceled')) expect(rows.includes('shipped') && waiting.length === 0, state).toBe(false);
  const reported = at.market.updates();
  expect(
    reported.filter((one) => one.includes('SHIPPED')).length > 0 && reported.includes(`G-${ORDER} CANCELED`),
    state,
  ).toBe(false);
  const wanted = / (exigo|marketplace|person)/.test(asked);
  if (wanted && /too-late$/.test(asked)) expect(waiting.length, state).toBeGreaterThan(0);
  if (wanted && !/(canceled|too-late|refused)$/.test(asked)) {
    expect(Object.keys(await at.files()), state).toHaveLength(1);
  }
  if (rows.includes('shipped') && (await at.statusOf(ORDER)) === 4)
    expect(waiting.length, state).toBeGreaterThan(0);
  if (rows.includes('shipped') && rows.includes('canceled')) expect(waiting.length, state).toBeGreaterThan(0);
}

async function saidOf(at: CancelingHouse): Promise<string[]> {
  const rows = await at.house.all<{ answer: string }>(
    'SELECT answer FROM "etl.inbox_row" ORDER BY file_id, line',
  );
  return rows.map(({ answer }) => answer);
}

/** Numbers from 0 to 1, the same for a seed. */
function randomOf(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_507) + 0x9e3779b9) >>> 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}
