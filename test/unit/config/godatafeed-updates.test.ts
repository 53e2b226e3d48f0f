import { describe, expect, test } from 'vitest';
import { faultLines } from '../../../src/app/config/faults.js';
import { configSchema } from '../../../src/app/config/schema.js';

function check(updates: unknown) {
  const store = { name: 'main', consumerKey: `\${KEY}`, updates };
  const file = { database: { sqlite: 'a.db' }, godatafeed: { stores: [store] } };
  return configSchema({ KEY: 'consumer-key-1' }, '/').safeParse(file);
}

const AT = 'godatafeed.stores[0].updates';

test('without a word: the last parcel, held without a carrier, only to where the order came from', () => {
  expect(check({}).data?.godatafeed.stores[0]?.updates).toEqual({
    parcel: 'last',
    bareDateTime: '17:00',
    carriers: { shipMethods: {}, names: {}, missing: 'hold' },
    tags: {},
    publish: [],
    firstLookMs: 900_000,
    confirmWaitMs: 259_200_000,
  });
});

test('a rule that names a tag', () => {
  const publish = [{ to: 'Walmart', tagContains: 'Walmart', publish: true, otherwise: false }];
  expect(check({ publish }).data?.godatafeed.stores[0]?.updates.publish).toEqual([
    { to: 'Walmart', update: null, tagContains: 'Walmart', publish: true, otherwise: false },
  ]);
});

describe('every mistake is one line, with the place and the nearest name', () => {
  test.each([
    [{ parcels: 'last' }, `${AT}.parcels: unknown key; did you mean "parcel"?`],
    [{ parcel: 'lst' }, `${AT}.parcel: must be one of first, last, joined, not "lst"`],
    [{ bareDateTime: '25:00' }, `${AT}.bareDateTime: must be a time such as 17:00`],
    [
      { carriers: { shipMethods: { UPS: '1' } } },
      `${AT}.carriers.shipMethods.UPS: must be a ShipMethodID, a whole number`,
    ],
    [
      { carriers: { names: { Amazon: { Fedx: 'FEDEX' } } } },
      `${AT}.carriers.names.Amazon.Fedx: "Fedx" is neither a carrier of Exigo nor one of carriers.shipMethods; did you mean "FedEx"?`,
    ],
    [
      { carriers: { names: { Amazon: 'UPS' } } },
      `${AT}.carriers.names.Amazon: must be a group of names and values`,
    ],
    [{ publish: [{ to: 'Walmart' }] }, `${AT}.publish[0].publish: is missing`],
    [
      { publish: [{ to: 'Walmart', publish: true, tagContain: 'x' }] },
      `${AT}.publish[0].tagContain: unknown key; did you mean "tagContains"?`,
    ],
    [{ confirmWait: '3' }, `${AT}.confirmWait: must be a time such as 500ms, 30s, 15m, 24h or 30d, not "3"`],
  ])('%j', (updates, line) => {
    expect(faultLines(check(updates).error?.issues ?? [])).toEqual([line]);
  });
});
