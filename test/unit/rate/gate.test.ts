import { describe, expect, it } from 'vitest';
import { StoppedError, TerminalError, TransientError } from '../../../src/core/errors.js';
import type { RateGate } from '../../../src/core/rate.js';
import { rateGate } from '../../../src/rate/gate.js';
import { type BucketStore, memoryBucket } from '../../../src/rate/store.js';
import { EventClock } from '../../support/event-clock.js';
import { bound, type Latency, LIMITS, SimulatedVendor } from '../../support/rate-simulation.js';

interface Scene {
  readonly clock: EventClock;
  readonly vendor: SimulatedVendor;
  readonly store: BucketStore;
  gate(): RateGate;
}

function scene(latency?: Latency, retryAfter = true): Scene {
  const clock = new EventClock();
  const store = memoryBucket(clock);
  const vendor = new SimulatedVendor(clock, latency, retryAfter);
  return { clock, vendor, store, gate: () => rateGate({ store, limits: LIMITS, clock }) };
}

async function timed(clock: EventClock, work: Promise<unknown>): Promise<number> {
  const start = clock.now();
  await clock.run(work);
  return clock.now() - start;
}

describe('N calls alone take (N - 50) / 2 seconds, at most 1 % and 2 seconds more, with no 429', () => {
  const cases = [1, 50, 51, 100, 1_000].flatMap((calls) =>
    [
      { from: 0, to: 0 },
      { from: 20, to: 20 },
      { from: 20, to: 80 },
    ].map((latency) => ({ calls, latency })),
  );
  it.each(cases)('$calls calls, latency $latency', async ({ calls, latency }) => {
    const { clock, vendor, gate } = scene(latency);
    const took = await timed(clock, vendor.calls(gate(), 'acknowledgement', calls));
    const { least, most } = bound(calls);
    expect(took).toBeGreaterThanOrEqual(least);
    expect(took).toBeLessThanOrEqual(most);
    expect(vendor.refused).toBe(0);
  });

  it('1,000 calls with answers that take from 50 ms to 3 s', async () => {
    const { clock, vendor, gate } = scene({ from: 25, to: 400 });
    const took = await timed(clock, vendor.calls(gate(), 'status', 1_000));
    expect(took).toBeLessThanOrEqual(bound(1_000).most);
    expect(vendor.refused).toBe(0);
  });
});

describe('what is shared', () => {
  it('two processes on one bucket take as long as one, with no 429', async () => {
    const { clock, vendor, gate } = scene({ from: 20, to: 80 });
    const both = Promise.all([
      vendor.calls(gate(), 'acknowledgement', 500),
      vendor.calls(gate(), 'status', 500),
    ]);
    expect(await timed(clock, both)).toBeLessThanOrEqual(bound(1_000).most);
    expect(vendor.refused).toBe(0);
  });

  it('a process that is started again goes on where the bucket stands, with no 429', async () => {
    const { clock, vendor, gate } = scene({ from: 20, to: 80 });
    const first = vendor.calls(gate(), 'acknowledgement', 300);
    const took = await timed(
      clock,
      first.then(() => vendor.calls(gate(), 'acknowledgement', 700)),
    );
    expect(took).toBeLessThanOrEqual(bound(1_000).most + 100);
    expect(vendor.refused).toBe(0);
  });

  // Nobody tells that there is another client: a 429 is the only way to see one.
  it.each([
    { what: '30 calls before ours', foreign: 30, everyMs: 0, refused: 5 },
    { what: '300 calls meanwhile, one in 2 s', foreign: 300, everyMs: 2_000, refused: 30 },
    { what: '500 calls meanwhile, one a second', foreign: 500, everyMs: 1_000, refused: 50 },
  ])('with another client ($what) in the same bound, at most $refused answers of 429', async (other) => {
    const { clock, vendor, gate } = scene({ from: 20, to: 80 });
    const start = clock.now();
    if (other.everyMs === 0) await clock.run(vendor.foreign(other.foreign, 0));
    const theirs = other.everyMs === 0 ? Promise.resolve() : vendor.foreign(other.foreign, other.everyMs);
    const ours = vendor.calls(gate(), 'acknowledgement', 1_000).then(() => clock.now());
    const [ended] = await clock.run(Promise.all([ours, theirs]));
    expect(ended - start).toBeLessThanOrEqual(bound(1_000, other.foreign).most);
    expect(vendor.refused).toBeLessThanOrEqual(other.refused);
    expect(vendor.arrivals.length).toBe(1_000);
  });
});

describe('priorities', () => {
  const inOrder = ({ vendor }: Scene, from: number) =>
    vendor.arrivals.filter(({ at }) => at >= from).map(({ priority }) => priority);

  it.each(['the same process', 'another process'])(
    'a shipment that enters %s behind 10,000 waiting acknowledgements leaves within 5 seconds',
    async (where) => {
      const { clock, vendor, store } = scene({ from: 20, to: 80 });
      const stop = new AbortController();
      const gate = rateGate({ store, limits: LIMITS, clock, signal: stop.signal });
      const acknowledgements = vendor.calls(gate, 'acknowledgement', 10_000).catch(() => undefined);
      await clock.run(clock.sleep(60_000));
      const start = clock.now();
      const own = where === 'the same process' ? gate : rateGate({ store, limits: LIMITS, clock });
      await clock.run(vendor.call(own, 'shipment'));
      const left = vendor.arrivals.find(({ priority }) => priority === 'shipment');
      expect((left?.at ?? Number.POSITIVE_INFINITY) - start).toBeLessThanOrEqual(5_000);
      stop.abort();
      await clock.run(acknowledgements);
    },
  );

  it.each(['one process', 'a process each'])(
    'shipments, acknowledgements, statuses and backfills of %s: a quarter is for acknowledgements',
    async (where) => {
      const one = scene();
      const { clock, vendor } = one;
      const shared = one.gate();
      const gate = () => (where === 'one process' ? shared : one.gate());
      await clock.run(vendor.calls(shared, 'status', 60));
      const start = clock.now();
      await clock.run(
        Promise.all([
          vendor.calls(gate(), 'backfill', 20),
          vendor.calls(gate(), 'status', 20),
          vendor.calls(gate(), 'acknowledgement', 20),
          vendor.calls(gate(), 'shipment', 60),
        ]),
      );
      const order = inOrder(one, start);
      // A call or two leave before the others have said that they wait.
      const first = order.slice(2, 62);
      expect(first.filter((priority) => priority === 'acknowledgement').length).toBeGreaterThanOrEqual(14);
      expect(first.filter((priority) => priority === 'shipment').length).toBeGreaterThanOrEqual(43);
      expect(order.slice(82, 98).every((priority) => priority === 'status')).toBe(true);
      expect(order.slice(-18).every((priority) => priority === 'backfill')).toBe(true);
      expect(vendor.refused).toBe(0);
    },
  );

  it('a process that died while it waited with a shipment holds nobody up', async () => {
    const { clock, vendor, store, gate } = scene();
    await clock.run(vendor.calls(gate(), 'status', 60));
    const stop = new AbortController();
    const dying = rateGate({ store, limits: LIMITS, clock, signal: stop.signal });
    const dead = vendor.call(dying, 'shipment').catch(() => undefined);
    await Promise.resolve();
    stop.abort(new Error('killed'));
    await dead;
    expect(await timed(clock, vendor.call(gate(), 'backfill'))).toBeLessThanOrEqual(4_000);
  });
});

describe('what the server says', () => {
  const refusal = (code: string, retryAfterMs: number | undefined) =>
    new TransientError(code, 'no', { retryAfterMs });

  it.each(['HTTP_429', 'HTTP_503'])('Retry-After of %s holds back every process', async (code) => {
    const { clock, vendor, gate } = scene();
    const [one, two] = [gate(), gate()];
    let tries = 0;
    const start = clock.now();
    const answers: number[] = [];
    const call = async () => {
      answers.push(clock.now() - start);
      if (tries++ === 0) throw refusal(code, 60_000);
    };
    const first = clock.run(one.pass('shipment', call));
    if (code === 'HTTP_429') await first;
    else await expect(first).rejects.toMatchObject({ code });
    if (code === 'HTTP_429') expect(answers).toEqual([0, 60_000]);
    await clock.run(vendor.call(two, 'shipment'));
    expect(clock.now() - start).toBeGreaterThanOrEqual(60_000);
  });

  it('a pause of more than two minutes is left to the next run, for whatever waits', async () => {
    const { clock, gate } = scene();
    const one = gate();
    const start = clock.now();
    const first = one.pass('shipment', () => Promise.reject(refusal('HTTP_503', 3_600_000)));
    await expect(clock.run(first)).rejects.toMatchObject({ code: 'HTTP_503' });
    const sent: string[] = [];
    const later = ['shipment', 'backfill'].map((what) =>
      gate().pass(what as 'shipment', async () => void sent.push(what)),
    );
    for (const outcome of await clock.run(Promise.allSettled(later))) {
      expect(outcome).toMatchObject({ reason: { code: 'RATE_PAUSED', retryAfterMs: 3_600_000 } });
    }
    expect({ sent, waited: clock.now() - start }).toEqual({ sent: [], waited: 0 });
    await clock.run(clock.sleep(3_600_000));
    await clock.run(one.pass('shipment', async () => void sent.push('again')));
    expect(sent).toEqual(['again']);
  });

  it('a 429 without Retry-After means that the bucket was full', async () => {
    const { clock, gate } = scene();
    const times: number[] = [];
    const call = async () => {
      times.push(clock.now());
      if (times.length === 1) throw refusal('HTTP_429', undefined);
    };
    await clock.run(gate().pass('status', call));
    // One call over, the margin of one, and the reserve of four.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBe(3_000);
  });

  it('after five answers of 429 the caller gets the error', async () => {
    const { clock, gate } = scene();
    let tries = 0;
    const call = async () => {
      tries++;
      throw refusal('HTTP_429', 1_000);
    };
    await expect(clock.run(gate().pass('status', call))).rejects.toMatchObject({ code: 'HTTP_429' });
    expect(tries).toBe(5);
  });

  it("any other error is the caller's at once, and the gate goes on", async () => {
    const { clock, vendor, gate } = scene();
    const one = gate();
    const failing = one.pass('status', () => Promise.reject(new TerminalError('HTTP_400', 'no')));
    await expect(clock.run(failing)).rejects.toMatchObject({ code: 'HTTP_400' });
    await clock.run(vendor.call(one, 'status'));
  });
});

it('a call that comes the moment the queue ran empty is not forgotten', async () => {
  const { clock, gate } = scene();
  const one = gate();
  for (let turns = 0; turns < 12; turns++) {
    await clock.run(clock.sleep(30_000));
    const first = one.pass('status', async () => undefined);
    for (let i = 0; i < turns; i++) await Promise.resolve();
    await clock.run(Promise.all([first, one.pass('status', async () => undefined)]));
  }
});

describe('slow start', () => {
  it('begins with one call on its way, and again after half a minute of silence', async () => {
    const { clock, gate } = scene();
    const one = gate();
    let onTheWay = 0;
    const most: number[] = [];
    const call = async () => {
      most.push(++onTheWay);
      await clock.sleep(100);
      onTheWay--;
    };
    const burst = () => clock.run(Promise.all(Array.from({ length: 20 }, () => one.pass('status', call))));
    await burst();
    expect(most.slice(0, 4)).toEqual([1, 1, 2, 2]);
    expect(Math.max(...most)).toBeGreaterThanOrEqual(5);
    await clock.run(clock.sleep(26_000));
    most.length = 0;
    await burst();
    expect(most.slice(0, 4)).toEqual([1, 1, 2, 2]);
  });
});

it('asked to stop: what waits is told so, what has left is finished', async () => {
  const { clock, store } = scene();
  const stop = new AbortController();
  const gate = rateGate({ store, limits: LIMITS, clock, signal: stop.signal });
  let finished = false;
  const first = gate.pass('status', async () => {
    await clock.sleep(100);
    finished = true;
  });
  const second = gate.pass('status', async () => undefined);
  await Promise.resolve();
  stop.abort();
  const outcome = clock.run(Promise.allSettled([first, second]));
  expect((await outcome).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
  expect(finished).toBe(true);
  await expect(second).rejects.toBeInstanceOf(StoppedError);
});
