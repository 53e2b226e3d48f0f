import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freezeConfig, sortedJson } from '../../../src/app/config/frozen.js';
import { configPath, loadConfig } from '../../../src/app/config/load.js';
import { secretsOf } from '../../../src/app/config/secrets.js';
import { trustNotes } from '../../../src/app/trust.js';
import { ConfigurationError, messageOf } from '../../../src/core/errors.js';
import { PACKAGE_ROOT } from '../../../src/db/sql.js';

let root: string;
let file: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'orderferry-config-'));
  file = join(root, 'config', 'orderferry.yaml');
  mkdirSync(join(root, 'config'));
  cpSync(join(PACKAGE_ROOT, 'config', '3pl'), join(root, 'config', '3pl'), { recursive: true });
});

afterEach(() => rmSync(root, { recursive: true }));

function load(yaml: string, environment: NodeJS.ProcessEnv = {}) {
  writeFileSync(file, yaml);
  return loadConfig(file, environment);
}

function faultsOf(yaml: string, environment = {}): string[] {
  try {
    load(yaml, environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return messageOf(error).replaceAll(root, '').split('\n');
  }
  return [];
}

const HEAD = '/config/orderferry.yaml: the configuration has faults; nothing was started';

describe('the shipped configuration', () => {
  const shipped = readFileSync(join(PACKAGE_ROOT, 'config', 'orderferry.yaml'), 'utf8');

  test('works as it is, with nothing in the environment', () => {
    const config = load(shipped);
    expect(config.database).toEqual({ engine: 'sqlite', file: join(root, 'var/orderferry.db') });
    expect(config.exigoApi).toBeNull();
    expect(config.threePls.map((one) => one.name)).toEqual(['atlas', 'borealis']);
    expect(config.threePls.map((one) => one.delivery.path)).toEqual([
      join(root, 'var/out/atlas'),
      join(root, 'var/out/borealis'),
    ]);
    expect(config.tableCsv.directory).toBe(join(root, 'var/out/tables'));
    expect(config.stateDirectory).toBe(join(root, 'var'));
  });

  test('still works when everything that is commented out in it is switched on, and says the same', () => {
    const all = shipped
      .replace(/^# ?( *(?:\w+:.*|- .*))$/gm, '$1')
      .replace(/^ {2}sqlite: .*$/m, '')
      .replace(/^ {2}# ?/gm, '  ');
    const environment = {
      EXIGO_LOGIN: 'me',
      EXIGO_PASSWORD: 'hush',
      SQLSERVER_PASSWORD: 'quiet',
      SYNC_PASSWORD: 'whisper',
      GODATAFEED_KEY: 'murmur',
      ORDERFERRY_WEBHOOK_SECRET: 'a whisper of sixteen',
      DASHBOARD_PASSWORD: 'do not tell anybody',
    };
    const [config, defaults] = [load(all, environment), load(shipped)];
    expect(config.database.engine).toBe('sqlserver');
    expect([defaults.syncDatabase, config.syncDatabase?.password]).toEqual([null, 'whisper']);
    expect(config.exigoApi?.baseUrl).toBe('https://example-api.exigo.com/3.0');
    expect(config.godatafeed.stores).toMatchObject([{ name: 'main', consumerKey: 'murmur', token: null }]);
    expect(config.schedule).toMatchObject({
      entries: [{ name: 'orders', cron: { text: '*/15 * * * *', zone: 'America/Chicago' } }],
      webhook: { listen: '127.0.0.1', secret: 'a whisper of sixteen' },
    });
    expect([config.source, config.lease, config.retention, config.circuit]).toEqual([
      defaults.source,
      defaults.lease,
      defaults.retention,
      defaults.circuit,
    ]);
    expect({ ...config.monitoring, flows: [] }).toEqual(defaults.monitoring);
    expect(config.monitoring?.flows).toMatchObject([{ pipeline: 'exigo-snapshot-to-csv', watch: true }]);
    const { password, ...dashboard } = config.dashboard ?? {};
    expect([password, dashboard]).toEqual(['do not tell anybody', defaults.dashboard]);
  });
});

describe('faults', () => {
  test('of the file and of every template come together', () => {
    writeFileSync(join(root, 'config/3pl/atlas.yaml'), 'name: atlas\ndelivry: x\n');
    const lines = faultsOf(
      'database: { sqlite: a.db }\nlease: { ttl: 1s }\nthreePls: [atlas, borealos, borealis]',
    );
    expect(lines).toContain('lease.ttl: 1s is less than 5s, the least');
    expect(lines.filter((line) => /delivry: unknown key; did you mean "delivery"\?/.test(line))).toHaveLength(
      1,
    );
    expect(lines).toContain(
      'threePls[1]: there is no template /config/3pl/borealos.yaml; did you mean "borealis"?',
    );
  });

  test('a sync database that is the database of the state', () => {
    const server = (host: string) =>
      `{ sqlserver: { host: ${host}, database: ferry, user: x, password: "\${P}" } }`;
    const lines = faultsOf(`database: ${server('A')}\nsyncDatabase: ${server('a')}`, { P: 'whisper' });
    expect(lines).toContain('syncDatabase: is the same database as database.sqlserver; leave it out');
  });

  test('a 3PL that is named twice, and one whose template has another name', () => {
    const atlas = readFileSync(join(root, 'config/3pl/atlas.yaml'), 'utf8');
    writeFileSync(join(root, 'config/3pl/copy.yaml'), atlas);
    expect(faultsOf('database: { sqlite: a.db }\nthreePls: [atlas, atlas, copy]')).toEqual([
      HEAD,
      'threePls[1]: "atlas" is named twice',
      '/config/3pl/copy.yaml: name: "atlas" must be that of the file, "copy"',
    ]);
  });

  test('no such file', () => {
    const missing = join(root, 'nowhere.yaml');
    expect(() => loadConfig(missing, {})).toThrow(
      `${missing}: there is no such file; "orderferry init <folder>" writes one`,
    );
  });

  test('syntax errors have a line and a column', () => {
    expect(faultsOf('database:\n  sqlite: "a.db\n')[0]).toMatch(
      /^\/config\/orderferry\.yaml:3:1: Missing closing "quote/,
    );
    expect(faultsOf('lease: {}\nlease: {}\n')[0]).toMatch(
      /^\/config\/orderferry\.yaml:2:1: Map keys must be unique/,
    );
    expect(faultsOf('a: !!js/function x\n')[0]).toMatch(/^\/config\/orderferry\.yaml:1:4: Unresolved tag/);
  });

  test.each(['', '# nothing but a comment', 'null'])('an empty file (%j)', (yaml) => {
    expect(faultsOf(yaml)).toEqual([HEAD, 'database: is missing']);
  });

  test.each(['[]', 'text', '5'])('a file that holds %s', (yaml) => {
    expect(faultsOf(yaml)[1]).toMatch(/^\(file\): must be a group of keys, not /);
  });

  test('a YAML bomb is refused', () => {
    const bomb = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
    for (let i = 1; i < 9; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i - 1}`)
          .join(', ')}]`,
      );
    expect(faultsOf(bomb.join('\n'))[0]).toMatch(/Excessive alias count/);
  });
});

test('a group whose keys are all commented out counts as left out', () => {
  const config = load('database:\n  sqlite: a.db\nexigoApi:\n  # company: x\nsource:\nlease:\n  ttl:\n');
  expect(config.exigoApi).toBeNull();
  expect(config.lease.ttlMs).toBe(60_000);
});

describe('what is frozen', () => {
  const yaml = 'database: { sqlite: a.db }\nthreePls: [atlas, borealis]';

  test('does not depend on the order of keys, on comments, on folders or on the rest of the file', () => {
    const first = load(yaml).frozen;
    const atlas = join(root, 'config/3pl/atlas.yaml');
    const text = readFileSync(atlas, 'utf8').replace(/^name: atlas\n/m, '');
    writeFileSync(atlas, `# moved\n${text}\nname: atlas\n`);
    expect(load(`${yaml}\nlease: { ttl: 90s }`).frozen.hash).toBe(first.hash);
    expect(first.json).not.toContain(root);
  });

  test('depends on every value and on the order of the 3PLs', () => {
    const first = load(yaml).frozen.hash;
    expect(load(yaml.replace('atlas, borealis', 'borealis, atlas')).frozen.hash).not.toBe(first);
    const atlas = join(root, 'config/3pl/atlas.yaml');
    writeFileSync(atlas, readFileSync(atlas, 'utf8').replace('ORDER_NO', 'ORDER_NUMBER'));
    expect(load(yaml).frozen.hash).not.toBe(first);
  });

  test('sorted keys at every depth, lists as they are', () => {
    expect(sortedJson({ b: [{ z: 1, a: 2 }, 'x'], a: { d: null, c: 'é' } })).toBe(
      '{"a":{"c":"é","d":null},"b":[{"a":2,"z":1},"x"]}',
    );
    expect(freezeConfig([]).hash).toMatch(/^[0-9a-f]{64}$/);
  });
});

test('the path: option, then environment, then the usual place', () => {
  expect(configPath('a.yaml', { ORDERFERRY_CONFIG: 'b.yaml' })).toBe('a.yaml');
  expect(configPath(undefined, { ORDERFERRY_CONFIG: 'b.yaml' })).toBe('b.yaml');
  expect(configPath(undefined, { ORDERFERRY_CONFIG: '' })).toBe('config/orderferry.yaml');
});

test('the secrets of a configuration, for redaction', () => {
  const environment = { L: 'api-user', P: 'hush hush', S: 'quiet!', D: 'do not tell anybody' };
  const config = load(
    `database: { sqlserver: { host: h, database: d, user: u, password: '\${S}' } }
dashboard: { password: '\${D}' }
exigoApi: { company: acme, login: '\${L}', password: '\${P}' }`,
    environment,
  );
  const basic = Buffer.from('api-user@acme:hush hush').toString('base64');
  expect(secretsOf(config)).toEqual(['do not tell anybody', 'quiet!', 'hush hush', basic]);
});

describe('a 3PL on a server', () => {
  const yaml = 'database: { sqlite: a.db }\nthreePls: [atlas]';
  const host = `host: sftp.atlas.example, user: "\${USER_NAME}", folder: /in`;

  function deliver(delivery: string, environment: NodeJS.ProcessEnv = {}) {
    const atlas = join(root, 'config/3pl/atlas.yaml');
    const shipped = readFileSync(join(PACKAGE_ROOT, 'config/3pl/atlas.yaml'), 'utf8');
    writeFileSync(atlas, shipped.replace(/^delivery:\n.*\n/m, `delivery: { ${delivery} }\n`));
    return { load: () => load(yaml, environment), faults: () => faultsOf(yaml, environment).slice(1) };
  }

  test('takes what is in the environment, which is a secret and is not frozen', () => {
    const environment = { USER_NAME: 'ferry', PASSWORD: 'hush hush' };
    const config = deliver(`kind: sftp, ${host}, password: "\${PASSWORD}"`, environment).load();
    expect(config.threePls[0]?.delivery).toMatchObject({ user: 'ferry', password: 'hush hush', port: 22 });
    expect(secretsOf(config)).toContain('hush hush');
    expect(config.frozen.json).toContain(`\${PASSWORD}`);
    expect(config.frozen.json).not.toContain('hush');
  });

  test('may have its inbox there, with secrets of its own', () => {
    const environment = { USER_NAME: 'ferry', INBOX_PASSWORD: 'hush hush' };
    const receive = (inbox: string, given: NodeJS.ProcessEnv = environment) => {
      const atlas = join(root, 'config/3pl/atlas.yaml');
      const shipped = readFileSync(join(PACKAGE_ROOT, 'config/3pl/atlas.yaml'), 'utf8');
      writeFileSync(atlas, shipped.replace(/^ {2}inbox:\n.*\n/m, `  inbox: { ${inbox} }\n`));
      return { load: () => load(yaml, given), faults: () => faultsOf(yaml, given).slice(1) };
    };
    const password = `password: "\${INBOX_PASSWORD}"`;
    const config = receive(`kind: sftp, ${host}, ${password}`).load();
    expect(config.threePls[0]?.confirmations?.inbox).toMatchObject({ user: 'ferry', password: 'hush hush' });
    expect(config.threePls[0]?.delivery.kind).toBe('folder');
    expect(secretsOf(config)).toContain('hush hush');
    expect(config.frozen.json).toContain(`\${INBOX_PASSWORD}`);
    expect(config.frozen.json).not.toContain('hush');
    expect(receive(`kind: sftp, ${host}, ${password}`, { USER_NAME: 'ferry' }).faults()).toEqual([
      '/config/3pl/atlas.yaml: confirmations.inbox.password: the environment variable INBOX_PASSWORD is not set',
    ]);
    const open = `kind: ftp, host: ftp.atlas.example, user: u, folder: in, ${password}, secure: none, insecure: true`;
    expect(trustNotes(receive(open).load())).toEqual([
      expect.stringContaining('in the clear (confirmations.inbox.secure, confirmations.inbox.insecure)'),
    ]);
  });

  test('takes a key as its text, with its line ends, or as the path of its file', () => {
    const text = '-----BEGIN OPENSSH PRIVATE KEY-----\\nabc\\n-----END OPENSSH PRIVATE KEY-----';
    const key = `kind: sftp, ${host}, key: "\${KEY}", passphrase: "\${PHRASE}"`;
    const environment = { USER_NAME: 'ferry', KEY: text, PHRASE: 'of the key' };
    const config = deliver(key, environment).load();
    const lines = text.replaceAll('\\n', '\n');
    expect(config.threePls[0]?.delivery).toMatchObject({
      key: { text: lines, file: null, passphrase: 'of the key' },
    });
    expect(secretsOf(config)).toEqual(expect.arrayContaining([lines, 'of the key']));
    expect(deliver(key, { ...environment, KEY: '/keys/atlas' }).load().threePls[0]?.delivery).toMatchObject({
      key: { text: null, file: '/keys/atlas' },
    });
    const { USER_NAME } = environment;
    expect(
      deliver(`kind: sftp, ${host}, key: keys/atlas`, { USER_NAME }).load().threePls[0]?.delivery,
    ).toMatchObject({ key: { file: join(root, 'config/keys/atlas'), passphrase: null } });
  });

  test('says what the environment lacks, and what is too short to be kept out of logs', () => {
    const { faults } = deliver(`kind: ftp, ${host}, password: "\${PASSWORD}"`, { PASSWORD: 'abc' });
    expect(faults()).toEqual([
      '/config/3pl/atlas.yaml: delivery.user: the environment variable USER_NAME is not set',
      expect.stringContaining(`delivery.password: the value of \${PASSWORD} has fewer than 4 characters`),
    ]);
  });

  test('without encryption is noted in the log of each run, on this machine it is not', () => {
    const environment = { USER_NAME: 'ferry', PASSWORD: 'hush hush' };
    const ftp = (more: string) =>
      deliver(`kind: ftp, user: u, folder: in, password: "\${PASSWORD}", ${more}`, environment).load();
    expect(trustNotes(ftp('host: ftp.atlas.example, secure: none, insecure: true'))).toEqual([
      '3PL atlas, ftp u@ftp.atlas.example:21/~/in: login and files go in the clear (delivery.secure, delivery.insecure)',
    ]);
    expect(trustNotes(ftp('host: 127.0.0.1, secure: none'))).toEqual([]);
    expect(trustNotes(ftp('host: ftp.atlas.example'))).toEqual([]);
  });
});

test('labels that go by mail need a mail server', () => {
  const atlas = join(root, 'config', '3pl', 'atlas.yaml');
  const labels = `labels: { from: 'order["L"]', name: 'LBL_{order}_{number}', deliver: mail, mail: { to: [dock@atlas.example] } }`;
  writeFileSync(atlas, `${readFileSync(atlas, 'utf8')}\n${labels}\n`);
  const yaml = 'database: { sqlite: a.db }\nthreePls: [atlas]\n';
  expect(faultsOf(yaml).at(-1)).toBe(
    '3pl/atlas.yaml: labels.deliver: mail needs the section mail in orderferry.yaml',
  );
  const mail = 'mail: { host: 127.0.0.1, secure: none, from: ferry@example.com }\n';
  expect(load(yaml + mail).threePls[0]?.labels?.mail?.to).toEqual(['dock@atlas.example']);
});

test('parcels of a store need that store', () => {
  const atlas = join(root, 'config', '3pl', 'atlas.yaml');
  const text = readFileSync(atlas, 'utf8').replace(
    'parcels: joined',
    'parcels: { stores: { mains: first } }',
  );
  writeFileSync(atlas, text);
  const yaml = `database: { sqlite: a.db }
threePls: [atlas]
godatafeed: { stores: [{ name: main, consumerKey: "\${KEY}" }] }
`;
  expect(faultsOf(yaml, { KEY: 'consumer-key-1' }).at(-1)).toBe(
    '3pl/atlas.yaml: confirmations.parcels.stores.mains: there is no such store under godatafeed.stores; did you mean "main"?',
  );
});

test.each([
  ['its own delivery', 'atlas', '../var/out/atlas', 'the delivery of atlas'],
  [
    'that of another 3PL, written otherwise',
    'atlas',
    '../var/x/../out/borealis/',
    'the delivery of borealis',
  ],
  ['the folder of table files', 'borealis', '../var/out/tables', 'tableCsv.directory'],
])('an inbox that is %s is refused', (_what, name, folder, what) => {
  const template = join(root, 'config', '3pl', `${name}.yaml`);
  const text = readFileSync(template, 'utf8').replace(
    /inbox:.*\n( {4}folder:.*\n)?/,
    `inbox: { folder: ${folder} }\n`,
  );
  writeFileSync(template, text);
  expect(faultsOf('database: { sqlite: a.db }\nthreePls: [atlas, borealis]\n').slice(1)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^3pl/${name}\\.yaml: confirmations\\.inbox: folder .* is ${what}, too; give what comes back a folder`,
      ),
    ),
  ]);
});

test('an inbox that is a delivery by another name is refused', () => {
  mkdirSync(join(root, 'var', 'out', 'atlas'), { recursive: true });
  symlinkSync(join(root, 'var', 'out', 'atlas'), join(root, 'var', 'other'));
  const template = join(root, 'config', '3pl', 'atlas.yaml');
  writeFileSync(
    template,
    readFileSync(template, 'utf8').replace(
      /inbox:.*\n( {4}folder:.*\n)?/,
      'inbox: { folder: ../var/other }\n',
    ),
  );
  expect(faultsOf('database: { sqlite: a.db }\nthreePls: [atlas]\n')[1]).toContain(
    'is the delivery of atlas, too',
  );
});
