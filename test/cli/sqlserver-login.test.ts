/** The door of a SQL Server, through the command line: encryption, certificate, password, a database that is shut. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { init } from '../../src/app/init.js';
import { selfSigned } from '../support/certificate.js';
import { runCli } from '../support/cli.js';
import { type GateOptions, TdsGate } from '../support/tds-gate.js';

const PASSWORD = 'not-a-secret';
const OURS = selfSigned('localhost');
const ANOTHERS = selfSigned('db.example.net');
/** As SQL Server says it: the number and text of sys.messages. */
const WRONG_PASSWORD = [[18456, "Login failed for user 'ferry'."]] as const;
const CANNOT_OPEN = [
  [4060, 'Cannot open database "ferry" requested by the login. The login failed.'],
  ...WRONG_PASSWORD,
] as const;

describe('a login to SQL Server', () => {
  let folder: string;
  let gate: TdsGate;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orderferry-login-'));
    init(folder);
    await writeFile(join(folder, 'ours.pem'), OURS.cert);
    await writeFile(join(folder, 'anothers.pem'), ANOTHERS.cert);
  });
  afterEach(() => gate.close());
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** `trusts`: a certificate that this machine knows. */
  async function run(options: GateOptions, settings = '', trusts?: 'ours' | 'anothers') {
    gate = await TdsGate.open(options);
    const file = join(folder, 'config', 'orderferry.yaml');
    const text = await readFile(file, 'utf8');
    const section = `database:\n  sqlserver:\n    host: localhost\n    port: ${gate.port}\n    database: ferry\n    user: ferry\n    password: \${SQLSERVER_PASSWORD}\n${settings}`;
    await writeFile(file, text.replace(/^database:\n(?: +.*\n)+/m, section));
    const environment = { SQLSERVER_PASSWORD: PASSWORD };
    const known = trusts === undefined ? {} : { NODE_EXTRA_CA_CERTS: join(folder, `${trusts}.pem`) };
    return runCli(folder, ['run', 'exigo-orders-to-3pl'], { ...environment, ...known });
  }

  function expectOneLine(result: Awaited<ReturnType<typeof run>>, code: number, says: RegExp) {
    expect(result.stderr).toMatch(says);
    expect(result.stderr).not.toMatch(/^\s+at /m);
    expect(result.stderr.trim().split('\n')).toHaveLength(1);
    expect(result.stderr).not.toContain(PASSWORD);
    expect(result.code).toBe(code);
  }

  /** What the last command wrote to the log about its connection. */
  async function logged(): Promise<string[]> {
    const text = await readFile(join(folder, 'var', 'logs', 'orderferry.log'), 'utf8');
    return text.split('\n').filter((line) => line.includes(`:${gate.port}: `));
  }

  it('sends no password to a server without encryption, which anybody in between can claim', async () => {
    const result = await run({ encryption: 'not supported', refusal: WRONG_PASSWORD });
    expectOneLine(result, 2, /offers no encryption.*database\.sqlserver\.encrypt to false/);
    expect(gate.logins).toBe(0);
  });

  it('sends it where the configuration says that encryption is not wanted', async () => {
    const plain = '    encrypt: false\n';
    const result = await run({ encryption: 'not supported', refusal: WRONG_PASSWORD }, plain);
    expectOneLine(result, 2, /Login failed for user 'ferry'.*check database\.sqlserver: user, password/);
    expect(gate.logins).toBe(1);
    expect(await logged()).toEqual([
      expect.stringMatching(/"warn".*not encrypted \(database.sqlserver.encrypt\)/),
    ]);
  });

  it('says what to set for a server that wants encryption', async () => {
    const plain = '    encrypt: false\n';
    const result = await run({ encryption: 'required', refusal: WRONG_PASSWORD }, plain);
    expectOneLine(result, 2, /set database\.sqlserver\.encrypt to true/);
    expect(gate.logins).toBe(0);
  });

  it.each([
    ['nobody it knows has signed', OURS, undefined, /self-signed certificate/],
    ['is that of another host', ANOTHERS, 'anothers', /does not match/],
  ] as const)('sends no password under a certificate that %s', async (_name, certificate, trusts, why) => {
    const result = await run({ encryption: 'required', certificate, refusal: WRONG_PASSWORD }, '', trusts);
    expectOneLine(result, 2, why);
    expect(result.stderr).toMatch(/certificate this machine trusts.*trustServerCertificate/);
    expect(gate.logins).toBe(0);
  });

  it.each([
    ['of a certificate that this machine trusts', '', 'ours'],
    ['of any certificate, when told so', '    trustServerCertificate: true\n', undefined],
  ] as const)(
    'logs in under cover %s, and hears that the password is wrong',
    async (_n, settings, trusts) => {
      const options = { encryption: 'required', certificate: OURS, refusal: WRONG_PASSWORD } as const;
      expectOneLine(await run(options, settings, trusts), 2, /Login failed for user 'ferry'.*password/);
      expect(gate.logins).toBe(1);
      const unverified = expect.stringMatching(/"warn".*certificate is not verified/);
      expect(await logged()).toEqual(settings === '' ? [] : [unverified]);
    },
  );

  it('says that the database cannot be opened, not that the password is wrong', async () => {
    const options = { encryption: 'required', certificate: OURS, refusal: CANNOT_OPEN } as const;
    expectOneLine(await run(options, '', 'ours'), 2, /Cannot open database "ferry".*is online/);
  });

  it.each([
    [40613, "Database 'ferry' on server 'x' is not currently available. Please retry the connection later."],
    [17142, 'SQL Server service has been paused. No new connections will be allowed.'],
    [18461, "Login failed for user 'ferry'. Reason: Server is in single user mode."],
  ])('is told by %i that nobody may log in now: exit code 3', async (number, text) => {
    const refusal = [[number, text]] as const;
    const result = await run({ encryption: 'required', certificate: OURS, refusal }, '', 'ours');
    expectOneLine(result, 3, /takes no logins just now; run again later/);
  });
});
