import { describe, expect, test } from 'vitest';
import { faultLines } from '../../../src/app/config/faults.js';
import { rateAccountOf } from '../../../src/app/config/godatafeed.js';
import { configSchema } from '../../../src/app/config/schema.js';
import { secretsOf } from '../../../src/app/config/secrets.js';
import { parseYaml } from '../../../src/app/config/yaml.js';

const ENVIRONMENT = { KEY: 'consumer-key-1', OTHER: 'consumer-key-2', TOKEN: 'given-token' };
const NAMED = `name: main, consumerKey: '\${KEY}'`;

function check(...stores: string[]) {
  const lines = stores.map((one) => `    - { ${one} }`).join('\n');
  const yaml = `database: { sqlite: a.db }\ngodatafeed:\n  stores:\n${lines}\n`;
  return configSchema(ENVIRONMENT, '/').safeParse(parseYaml(yaml, 'orderferry.yaml'));
}

const faultsOf = (...stores: string[]) => faultLines(check(...stores).error?.issues ?? []);

function storesOf(...stores: string[]) {
  return check(...stores).data?.godatafeed.stores ?? [];
}

test('a name and a key give the documented or likeliest form', () => {
  const [store] = storesOf(NAMED);
  expect(store).toMatchObject({
    name: 'main',
    baseUrl: 'https://api.godatafeed.com/v1',
    consumerKey: 'consumer-key-1',
    token: null,
    auth: { method: 'GET', path: '/authorization', keyIn: 'query', keyName: 'consumerKey', lifespanMs: null },
    tokenPlacement: 'path',
    methods: { count: 'GET', list: 'GET', acknowledge: 'PUT', updateStatus: 'PUT' },
    ackTransport: 'body',
    ackField: 'orderDestinationOrderNumber',
    rate: { size: 50, perSecond: 2 },
    pageSize: 100,
    includeDisabled: null,
    deadlineMs: 30_000,
  });
});

describe('every mistake is one line', () => {
  const literal = (name: string) =>
    `a secret is never written into this file; write \${${name}} and set that variable in the environment`;
  test.each([
    ['name: main', 'godatafeed.stores[0]: must have exactly one of consumerKey and token'],
    [`${NAMED}, token: '\${TOKEN}'`, 'godatafeed.stores[0]: must have exactly one of consumerKey and token'],
    ['name: main, consumerKey: hunter2', `godatafeed.stores[0].consumerKey: ${literal('GODATAFEED_KEY')}`],
    ['name: main, token: hunter2', `godatafeed.stores[0].token: ${literal('GODATAFEED_TOKEN')}`],
    [
      `${NAMED}, tokenPlacment: path`,
      'godatafeed.stores[0].tokenPlacment: unknown key; did you mean "tokenPlacement"?',
    ],
    [
      `${NAMED}, auth: { keyin: path }`,
      'godatafeed.stores[0].auth.keyin: unknown key; did you mean "keyIn"?',
    ],
    [`${NAMED}, paths: { count: orders }`, 'godatafeed.stores[0].paths.count: must begin with /'],
    [
      `name: Main Store, token: '\${TOKEN}'`,
      'godatafeed.stores[0].name: must be small letters, digits and hyphens',
    ],
    [`${NAMED}, fields: { status: [] }`, 'godatafeed.stores[0].fields.status: must name at least one'],
  ])('%s', (store, line) => {
    expect(faultsOf(store)).toEqual([line]);
  });

  test('plain http, and the same name twice', () => {
    const [fault = ''] = faultsOf(`${NAMED}, baseUrl: 'http://api.godatafeed.com/v1'`);
    expect(fault).toContain('plain http would send credentials in the clear');
    expect(faultsOf(NAMED, NAMED)).toEqual(['godatafeed.stores[1].name: "main" is named twice']);
  });
});

test('keys and tokens are secrets', () => {
  const stores = storesOf(NAMED, `name: two, token: '\${TOKEN}'`);
  const config = {
    database: { engine: 'sqlite' as const, file: 'a' },
    syncDatabase: null,
    threePls: [],
    exigoApi: null,
  };
  const secrets = secretsOf({ ...config, godatafeed: { stores } });
  expect(secrets).toContain('consumer-key-1');
  expect(secrets).toContain('given-token');
});

test('a bucket belongs to the key, and its name does not show the key', () => {
  const [one, same, other] = storesOf(
    NAMED,
    `name: two, consumerKey: '\${KEY}'`,
    `name: c, consumerKey: '\${OTHER}'`,
  ).map(rateAccountOf);
  expect(one).toBe(same);
  expect(one).not.toBe(other);
  expect(one).toMatch(/^godatafeed\/[0-9a-f]{32}$/);
});
