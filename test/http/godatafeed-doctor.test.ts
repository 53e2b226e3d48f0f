/** The doctor finds out which form of the API a store has. */
import { afterEach, describe, expect, it } from 'vitest';
import { checkGoDataFeed, feedProbe } from '../../src/app/doctor/check-godatafeed.js';
import { HOUR, systemClock } from '../../src/core/clock.js';
import type { GoDataFeedStandinOptions } from '../../src/standins/godatafeed/server.js';
import { handClock } from '../support/exigo-standin.js';
import { type FeedTenant, KEY, openFeedTenant, storeOf } from '../support/godatafeed-standin.js';

let tenant: FeedTenant | undefined;
afterEach(async () => {
  await tenant?.close();
  tenant = undefined;
});

async function examine(
  options: Partial<GoDataFeedStandinOptions>,
  written: object = {},
  environment: Record<string, string> = {},
  prepare: (one: FeedTenant) => void = () => undefined,
) {
  tenant = await openFeedTenant(options);
  const clock = options.clock ?? tenant.clock;
  tenant.standin.put({ number: '1' });
  prepare(tenant);
  const store = storeOf({ baseUrl: tenant.standin.url, deadline: '2s', ...written }, environment);
  const [check, time] = await checkGoDataFeed(
    [store],
    feedProbe(clock, (one) => tenant?.tokens.push(one)),
    clock,
  );
  const text = `${check?.detail}\n${check?.remedy}`;
  for (const secret of [KEY, ...tenant.tokens]) expect(text).not.toContain(secret);
  return { ok: check?.ok, code: check?.exitCode, text, time };
}

it('a store in the configured form is well, and the form is named', async () => {
  const { ok, text } = await examine({});
  expect(ok).toBe(true);
  expect(text).toContain('answers, 1 new orders; auth.keyIn: query, tokenPlacement: path');
});

describe('another form is found by trying, with the setting to write', () => {
  it.each(['bearerHeader', 'query'] as const)('tokenPlacement: %s', async (tokenPlacement) => {
    const { ok, code, text } = await examine({ tokenPlacement });
    expect({ ok, code }).toEqual({ ok: false, code: 2 });
    expect(text).toContain(`set tokenPlacement: ${tokenPlacement} for the store main`);
    expect(text).toContain('as configured: answered 401');
  });

  it('tokenPlacement: rawHeader, as Authorization', async () => {
    const { text } = await examine({ tokenPlacement: 'rawHeader', tokenName: 'Authorization' });
    // A bearer header is the same header, so either is a form that works.
    expect(text).toMatch(/set tokenPlacement: (bearerHeader|rawHeader)/);
  });

  it.each([
    ['path', 'set auth.keyIn: path for the store'],
    ['header', 'set auth.keyIn: header for the store'],
    ['body', 'set auth.keyIn: body, auth.method: POST for the store'],
  ] as const)('auth.keyIn: %s', async (keyIn, remedy) => {
    const consumerKey = 'plain-key-0123456789';
    const { ok, text } = await examine({ keyIn, consumerKey }, {}, { KEY: consumerKey });
    expect(ok).toBe(false);
    expect(text).toContain(remedy);
  });

  it('both at once', async () => {
    const { text } = await examine({ keyIn: 'body', tokenPlacement: 'bearerHeader' });
    expect(text).toContain('set auth.keyIn: body, auth.method: POST, tokenPlacement: bearerHeader');
  });

  it('and with that setting the store is well', async () => {
    const { ok } = await examine(
      { keyIn: 'body', tokenPlacement: 'bearerHeader' },
      { auth: { keyIn: 'body', method: 'POST' }, tokenPlacement: 'bearerHeader' },
    );
    expect(ok).toBe(true);
  });
});

it("says how far GoDataFeed's clock is from ours", async () => {
  // The stand-in's answers have the date of this machine.
  const now = systemClock.now();
  const there = async (shift: number) => {
    await tenant?.close();
    const clock = handClock(new Date(now + shift).toISOString());
    return (await examine({ clock })).time;
  };
  expect(await there(0)).toMatchObject({ name: 'clock of GoDataFeed main', ok: true });
  for (const shift of [-HOUR, HOUR]) {
    expect(await there(shift)).toMatchObject({
      ok: false,
      exitCode: 2,
      detail: expect.stringMatching(/^(1 h|60 min|59\.\d min|1\.0 h) from GoDataFeed's$/),
      remedy: expect.stringContaining('NTP'),
    });
  }
});

it('a wrong key is refused in every form, and says where to look', async () => {
  const { ok, code, text } = await examine({}, {}, { KEY: 'wrong-key-0123' });
  expect({ ok, code }).toEqual({ ok: false, code: 2 });
  expect(text).toContain('answers in no known form');
  expect(text).toContain('check the consumer key');
});

it('a key without the scope is told apart from a wrong one', async () => {
  const { text } = await examine({}, {}, {}, ({ standin }) => standin.scope('Orders Read', false));
  expect(text).toContain('check the scope Orders Read');
});

it('a server that is down is no wrong form', async () => {
  const { ok, code, text } = await examine({}, { baseUrl: 'http://127.0.0.1:1/v1' });
  expect({ ok, code }).toEqual({ ok: false, code: 3 });
  expect(text).toContain('no connection');
});
