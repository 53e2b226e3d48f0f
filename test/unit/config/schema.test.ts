import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { faultLines } from '../../../src/app/config/faults.js';
import { configJsonSchema, configKeys } from '../../../src/app/config/keys.js';
import { configSchema } from '../../../src/app/config/schema.js';
import { parseYaml } from '../../../src/app/config/yaml.js';
import { PACKAGE_ROOT } from '../../../src/db/sql.js';

const ENVIRONMENT = {
  EXIGO_LOGIN: 'api-user',
  EXIGO_PASSWORD: 'correct horse',
  SQL_PASSWORD: 'battery staple',
  SQL_PORT: '1500',
  EMPTY: '',
  OVERLAP: '20m',
  NONSENSE: 'nonsense',
  YES: 'true',
};

const API = `{ company: acme, login: '\${EXIGO_LOGIN}', password: '\${EXIGO_PASSWORD}' }`;
const SERVER = `host: sql, database: sync, user: me`;

function check(yaml: string) {
  return configSchema(ENVIRONMENT, '/srv/ferry').safeParse(parseYaml(yaml, 'orderferry.yaml'));
}

/** Faults of a file that is right but for the lines given. */
function faultsOf(yaml: string, database = 'database: { sqlite: a.db }'): string[] {
  return faultLines(check(`${database}\n${yaml}`).error?.issues ?? []);
}

describe('every mistake is one line with path, reason and, where one is near, the right name', () => {
  test.each([
    ['sorce: {}', 'sorce: unknown key; did you mean "source"?'],
    ['source: { overlp: 15m }', 'source.overlp: unknown key; did you mean "overlap"?'],
    ['overlap: 15m', 'overlap: unknown key; did you mean "source.overlap"?'],
    ['qqqqqqqqqq: 1', 'qqqqqqqqqq: unknown key'],
    ['lease: { TTL: 60s }', 'lease.TTL: unknown key; did you mean "ttl"?'],
    [
      `exigoApi: { company: acme, login: '\${EXIGO_LOGIN}', password: '\${EXIGO_PASSWORD}', max: 1 }`,
      'exigoApi.max: unknown key',
    ],
    ['source: 15m', 'source: must be a group of keys, not "15m"'],
    ['source: [15m]', 'source: must be a group of keys, not a list'],
    ['stateDirectory: 5', 'stateDirectory: must be text, not 5'],
    ['stateDirectory: { a: 1 }', 'stateDirectory: must be text, not a group of keys'],
    ["stateDirectory: ''", 'stateDirectory: must not be empty'],
    [`stateDirectory: '\${NOWHERE}/a'`, 'stateDirectory: the environment variable NOWHERE is not set'],
    [`stateDirectory: '\${EMPTY}'`, 'stateDirectory: the environment variable EMPTY is set to nothing'],
    [
      `stateDirectory: '\${NONSENS}'`,
      'stateDirectory: the environment variable NONSENS is not set; did you mean "NONSENSE"?',
    ],
    [
      `stateDirectory: '\${A:-b}'`,
      `stateDirectory: "\${A:-b}" is no reference to the environment; write it as \${NAME}`,
    ],
    [
      `stateDirectory: '\${OVERLAP'`,
      `stateDirectory: "\${OVERLAP" is no reference to the environment; write it as \${NAME}`,
    ],
    [
      'source: { overlap: 15 min }',
      'source.overlap: must be a time such as 500ms, 30s, 15m, 24h or 30d, not "15 min"; did you mean "15m"?',
    ],
    [
      'source: { overlap: 900 }',
      'source.overlap: must be a time such as 500ms, 30s, 15m, 24h or 30d, not 900',
    ],
    [
      'source: { overlap: -5m }',
      'source.overlap: must be a time such as 500ms, 30s, 15m, 24h or 30d, not "-5m"',
    ],
    [
      `source: { overlap: '\${NONSENSE}' }`,
      `source.overlap: the value of \${NONSENSE} must be a time such as 500ms, 30s, 15m, 24h or 30d`,
    ],
    [`source: { overlap: '\${NOWHERE}' }`, 'source.overlap: the environment variable NOWHERE is not set'],
    ['lease: { ttl: 1s }', 'lease.ttl: 1s is less than 5s, the least'],
    ['lease: { ttl: 2h }', 'lease.ttl: 2h is more than 1h, the most'],
    ['lease: { ttl: 0 }', 'lease.ttl: 0 is less than 5s, the least'],
    [
      'retention: { frozen: 30d, handedOver: 10d }',
      'retention.handedOver: must not be shorter than retention.frozen',
    ],
    [
      'source: { allowSensitive: Payments.CreditCardNumber }',
      'source.allowSensitive: must be a list, not "Payments.CreditCardNumber"',
    ],
    [
      'source: { allowSensitive: [Payments.CreditCardNumbr] }',
      'source.allowSensitive[0]: "Payments.CreditCardNumbr" is no sensitive column; write it as Table.Column; did you mean "Payments.CreditCardNumber"?',
    ],
    [
      'source: { allowSensitive: [Orders.City] }',
      'source.allowSensitive[0]: "Orders.City" is not sensitive: it is frozen anyway',
    ],
    [
      'dashboard: { publicUrl: "https://ferry.example.com" }',
      `dashboard.password: is missing, and publicUrl lets others in; write \${DASHBOARD_PASSWORD} and set that variable`,
    ],
    [
      `dashboard: { password: '\${NONSENSE}' }`,
      'dashboard.password: has fewer than 12 characters; it guards a page that others may reach',
    ],
    ['threePls: atlas', 'threePls: must be a list, not "atlas"'],
    [
      'threePls: [../atlas]',
      'threePls[0]: must be the name of a file in 3pl/ without its ending: small letters, digits, hyphens',
    ],
    ['threePls: [7]', 'threePls[0]: must be the name of a file in 3pl/'],
    ['tableCsv: { directory: [a] }', 'tableCsv.directory: must be text, not a list'],
  ])('%s', (yaml, line) => {
    expect(faultsOf(yaml)).toEqual([line]);
  });

  test.each([
    ['{}', 'database: must name exactly one of sqlite and sqlserver'],
    ['{ sqllite: a.db }', 'database.sqllite: unknown key; did you mean "sqlite"?'],
    [
      `{ sqlite: a.db, sqlserver: { ${SERVER}, password: '\${SQL_PASSWORD}' } }`,
      'database: must name exactly one of sqlite and sqlserver',
    ],
    [
      `{ sqlserver: { database: sync, user: me, password: '\${SQL_PASSWORD}' } }`,
      'database.sqlserver.host: is missing',
    ],
    [
      `{ sqlserver: { ${SERVER} } }`,
      `database.sqlserver.password: is missing; write \${SQLSERVER_PASSWORD} and set that variable in the environment`,
    ],
    [
      `{ sqlserver: { ${SERVER}, password: '\${SQL_PASSWORD}', port: 0 } }`,
      'database.sqlserver.port: must be a whole number from 1 to 65535, not 0',
    ],
    [
      `{ sqlserver: { ${SERVER}, password: '\${SQL_PASSWORD}', port: 1.5 } }`,
      'database.sqlserver.port: must be a whole number from 1 to 65535, not 1.5',
    ],
    [
      `{ sqlserver: { ${SERVER}, password: '\${SQL_PASSWORD}', port: '\${YES}' } }`,
      `database.sqlserver.port: the value of \${YES} must be a whole number from 1 to 65535`,
    ],
    [
      `{ sqlserver: { ${SERVER}, password: '\${SQL_PASSWORD}', encrypt: yes } }`,
      'database.sqlserver.encrypt: must be true or false, not "yes"',
    ],
    [
      `{ sqlserver: { ${SERVER}, password: '\${SQL_PASSWORD}', encrypt: '\${NONSENSE}' } }`,
      `database.sqlserver.encrypt: the value of \${NONSENSE} must be true or false`,
    ],
  ])('database: %s', (database, line) => {
    expect(faultsOf('', `database: ${database}`)).toEqual([line]);
  });

  test('without a database', () => {
    expect(faultsOf('stateDirectory: var', '')).toEqual(['database: is missing']);
  });

  test.each([
    [
      'http://acme-api.exigo.com/3.0',
      'exigoApi.baseUrl: plain http would send credentials in the clear to acme-api.exigo.com; did you mean "https://acme-api.exigo.com/3.0"?',
    ],
    [
      'http://127.0.0.1.example.com/',
      'exigoApi.baseUrl: plain http would send credentials in the clear to 127.0.0.1.example.com; did you mean "https://127.0.0.1.example.com/"?',
    ],
    ['ftp://acme/', 'exigoApi.baseUrl: "ftp:" is no web address; write https://'],
    ['acme-api.exigo.com', 'exigoApi.baseUrl: "acme-api.exigo.com" is no address such as https://host/path'],
    ['https://me:hush@acme/', 'exigoApi.baseUrl: an address must not contain a login or password'],
    ['https://acme/?a=1', 'exigoApi.baseUrl: an address must end with its path, without ? or #'],
  ])('address %s', (url, line) => {
    expect(faultsOf(`exigoApi: ${API.replace('{', `{ baseUrl: '${url}',`)}`)).toEqual([line]);
  });

  test('a company that cannot be a host name needs baseUrl', () => {
    expect(faultsOf(`exigoApi: ${API.replace('acme', 'a/b')}`)).toEqual([
      'exigoApi.company: "a/b" cannot be part of a host name; give baseUrl as well',
    ]);
  });

  test('all of them at once', () => {
    expect(faultsOf('sorce: 1\nlease: { ttl: 1s }\nthreePls: x\nstateDirectory: 1')).toHaveLength(4);
  });
});

describe('secrets', () => {
  const refused = (variable: string) =>
    `a secret is never written into this file; write \${${variable}} and set that variable in the environment`;

  test.each([
    ['hunter2-literal', `exigoApi.password: ${refused('EXIGO_PASSWORD')}`],
    ['12345678', `exigoApi.password: ${refused('EXIGO_PASSWORD')}`],
    [`'x\${EXIGO_PASSWORD}'`, `exigoApi.password: ${refused('EXIGO_PASSWORD')}`],
    [`'\${NOT_SET}'`, 'exigoApi.password: the environment variable NOT_SET is not set'],
    [`'\${EMPTY}'`, 'exigoApi.password: the environment variable EMPTY is set to nothing'],
  ])('password: %s', (password, line) => {
    const found = faultsOf(`exigoApi: { company: acme, login: '\${EXIGO_LOGIN}', password: ${password} }`);
    expect(found).toEqual([line]);
    expect(found.join()).not.toMatch(/hunter2|12345678|correct horse/);
  });

  test('a literal login and a literal SQL Server password', () => {
    expect(faultsOf(`exigoApi: { company: acme, login: me, password: '\${EXIGO_PASSWORD}' }`)).toEqual([
      `exigoApi.login: ${refused('EXIGO_LOGIN')}`,
    ]);
    expect(faultsOf('', `database: { sqlserver: { ${SERVER}, password: hush } }`)).toEqual([
      `database.sqlserver.password: ${refused('SQLSERVER_PASSWORD')}`,
    ]);
  });

  test('a value is never searched for references again', () => {
    const environment = { A: `\${B}`, B: 'b' };
    const parsed = configSchema(environment, '/').safeParse({ database: { sqlite: `\${A}` } });
    expect(parsed.data?.database).toEqual({ engine: 'sqlite', file: `/\${B}` });
  });
});

describe('values', () => {
  test('the least that may be written gives every default', () => {
    expect(check('database: { sqlite: var/a.db }').data).toEqual({
      database: { engine: 'sqlite', file: '/srv/ferry/var/a.db' },
      stateDirectory: '/srv/ferry/var',
      godatafeed: { stores: [] },
      source: {
        orders: 'queue',
        overlapMs: 900_000,
        settleMs: 600_000,
        firstRunMs: 86_400_000,
        tableLagMs: 7_200_000,
        sweepHorizonMs: 2_592_000_000,
        allowSensitive: [],
        oldOrderMs: 5_184_000_000,
      },
      modes: {},
      lease: { ttlMs: 60_000 },
      retention: {
        frozenMs: 2_592_000_000,
        handedOverMs: 34_560_000_000,
        inboxMs: 34_560_000_000,
        textsMs: 7_776_000_000,
        ledgerMs: 34_560_000_000,
      },
      circuit: { failures: 5, firstMs: 300_000, mostMs: 1_800_000 },
      tableCsv: { directory: '/srv/ferry/var/out/tables' },
      monitoring: {
        maxSilenceMs: 3_600_000,
        maxLagMs: 93_600_000,
        maxStuckMs: 259_200_000,
        maxErrors: 100,
        flows: [],
      },
      dashboard: { listen: '127.0.0.1', port: 8088, downloads: true },
      threePls: [],
    });
  });

  test('shadow is for every pipeline but those of notices', () => {
    expect(faultsOf('modes: { exigo-orders-to-3pl: shadow, exigo-snapshot-to-csv: shadow }')).toEqual([]);
    expect(faultsOf('modes: { exigo-status-to-godatafeed: shadow }')).toEqual([]);
    const [fault] = faultsOf('modes: { exigo-returns-to-3pl: shadow }');
    expect(fault).toMatch(/^modes.exigo-returns-to-3pl: .*its notices wait by themselves/);
    expect(faultsOf('modes: { exigo-orders-to-3pl: quiet }')[0]).toContain('one of live, shadow');
  });

  test('SQL Server, with values from the environment', () => {
    const yaml = `database: { sqlserver: { ${SERVER}, port: '\${SQL_PORT}', password: '\${SQL_PASSWORD}', trustServerCertificate: '\${YES}' } }`;
    expect(check(yaml).data?.database).toEqual({
      engine: 'sqlserver',
      host: 'sql',
      port: 1500,
      database: 'sync',
      user: 'me',
      password: 'battery staple',
      encrypt: true,
      trustServerCertificate: true,
    });
  });

  test('the address of the API follows from the company', () => {
    expect(check(`database: { sqlite: a }\nexigoApi: ${API.replace('acme', 'Acme')}`).data?.exigoApi).toEqual(
      {
        baseUrl: 'https://acme-api.exigo.com/3.0',
        company: 'Acme',
        login: 'api-user',
        password: 'correct horse',
        maxOrders: 200,
        deadlineMs: 30_000,
        unknownWaitMs: 30_000,
        createWaitMs: 1_200_000,
        duplicateKeys: 'unproven',
        listStyle: 'comma',
        batchStatusField: 'orderStatus',
        maxBytes: 20_000_000,
        orders: { returnCustomer: true, returnKitDetails: true, batchSize: 200 },
      },
    );
  });

  test('the qualifiers of GetOrders are ids, and dates are instants of US Central', () => {
    const orders =
      'orders: { orderTypes: [ShoppingCart, APIOrder], warehouseIDs: [1, 3], other14: x, orderDateStart: 2026-01-31, batchSize: 50 }';
    const data = check(`database: { sqlite: a }\nexigoApi: ${API.replace('{', `{ ${orders},`)}`).data;
    expect(data?.exigoApi?.orders).toEqual({
      orderTypes: [2, 11],
      warehouseIDs: [1, 3],
      others: { other14: 'x' },
      orderDateStart: Date.parse('2026-01-31T06:00:00Z'),
      returnCustomer: true,
      returnKitDetails: true,
      batchSize: 50,
    });
  });

  test.each([
    ['statuses: [Shiped]', 'exigoApi.orders.statuses[0]: must be one of Incomplete,'],
    ['warehouseIDs: []', 'exigoApi.orders.warehouseIDs: must name at least one; leave it out for all'],
    ['warehouseID: 1', 'did you mean "warehouseIDs"?'],
    ['customerID: 1, customerKey: a', 'exigoApi.orders.customerKey: must not stand beside customerID'],
    ['orderIDs: [1], orderKeys: [a]', 'exigoApi.orders.orderKeys: must not stand beside orderIDs'],
    ['orderDateEnd: soon', 'exigoApi.orders.orderDateEnd: the date soon: not a date'],
    [
      'warehouseIDs: [1, 2, 3, 4, 5, 6, 7, 8], partyIDs: [1, 2, 3, 4, 5, 6, 7, 8]',
      'warehouseIDs, partyIDs together would take 64 calls a listing, at most 50',
    ],
  ])('of GetOrders, %s is refused', (orders, message) => {
    const faults = faultsOf(`exigoApi: ${API.replace('{', `{ orders: { ${orders} },`)}`);
    expect(faults.join('\n')).toContain(message);
  });

  test('orders come from the API only where there is one, and no sync database beside it', () => {
    expect(faultsOf('source: { orders: api }')).toEqual(['source.orders: is api, and exigoApi is missing']);
    const sync = `syncDatabase: { sqlserver: { host: h, database: d, user: u, password: '\${SQL_PASSWORD}' } }`;
    expect(faultsOf(`source: { orders: api }\nexigoApi: ${API}\n${sync}`)).toContain(
      'syncDatabase: is never read when source.orders is api; leave it out',
    );
  });

  test('the form of the API calls is one of those that are known', () => {
    const faults = (line: string) =>
      JSON.stringify(
        check(`database: { sqlite: a }\nexigoApi: ${API.replace('{', `{ ${line},`)}`).error?.issues ?? null,
      );
    expect(faults('listStyle: indexed, batchStatusField: orderStatusTy, maxBytes: 1000000')).toBe('null');
    expect(faults('listStyle: pipes')).toContain('one of comma, repeated, indexed');
    expect(faults('batchStatusField: status')).toContain('one of orderStatus, orderStatusTy');
  });

  test.each(['http://127.0.0.1:8080/3.0/', 'http://localhost:8080/3.0', 'http://[::1]:8080/3.0'])(
    '%s',
    (url) => {
      const yaml = `database: { sqlite: a }\nexigoApi: ${API.replace('{', `{ baseUrl: '${url}',`)}`;
      expect(check(yaml).data?.exigoApi?.baseUrl).toBe(url.replace(/\/$/, ''));
    },
  );

  test.each([
    ['0', 0],
    ["'0'", 0],
    [`'\${OVERLAP}'`, 1_200_000],
  ])('overlap: %s', (text, ms) => {
    expect(check(`database: { sqlite: a }\nsource: { overlap: ${text} }`).data?.source.overlapMs).toBe(ms);
  });
});

describe('what is written about the schema', () => {
  test('config/orderferry.schema.json is what the schema says (scripts/config-schema.mjs writes it)', () => {
    const file = readFileSync(join(PACKAGE_ROOT, 'config/orderferry.schema.json'), 'utf8');
    expect(JSON.parse(file)).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  test('docs/configuration.md has a row for every key, with its default', () => {
    const page = readFileSync(join(PACKAGE_ROOT, 'docs/configuration.md'), 'utf8');
    const wanted = configKeys()
      .filter((key) => !key.group)
      .map((key) => {
        const form = key.default === undefined ? '[^|]*' : ` +\`${escaped(defaultText(key.default))}\` +`;
        return `^\\| \`${escaped(key.path)}\` +\\|[^|]*\\|${form}\\|[^|]+\\|$`;
      });
    expect(wanted.filter((row) => !new RegExp(row, 'm').test(page))).toEqual([]);
  });

  test('docs/configuration.md has no row for a key that does not exist', () => {
    const page = readFileSync(join(PACKAGE_ROOT, 'docs/configuration.md'), 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Za-z.[\]]+)` +\|/gm)].map((match) => match[1]);
    const keys = configKeys().map((key) => key.path);
    expect(rows.filter((row) => !keys.includes(row ?? ''))).toEqual([]);
  });
});

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

function defaultText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
