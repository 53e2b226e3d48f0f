/** Who is let in where: host keys, certificates, logins; and what happens when a server does not answer. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MINUTE } from '../../src/core/clock.js';
import { ConfigurationError, messageOf, TransientError } from '../../src/core/errors.js';
import type { FtpPlace, Place, SftpPlace } from '../../src/core/places.js';
import { openFolder, openFolders } from '../../src/files/folders.js';
import type { RemoteFolder } from '../../src/files/remote-folder.js';
import { selfSigned } from '../support/certificate.js';
import { TestClock } from '../support/clock.js';
import { certificateHash, TestFtpServer } from '../support/ftp-server.js';
import { TestSftpServer } from '../support/sftp-server.js';

const clock = new TestClock(0);
const closing: (() => unknown)[] = [];

function open(place: Place): RemoteFolder {
  const folder = openFolder(place, { clock });
  closing.push(() => folder.close());
  return folder;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  return error as Error;
}

let scratch: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'orderferry-servers-'));
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await rm(scratch, { recursive: true, force: true });
});

async function sftpServer(options: Parameters<typeof TestSftpServer.open>[0] = {}): Promise<TestSftpServer> {
  const server = await TestSftpServer.open(options);
  closing.push(() => server.close());
  return server;
}

async function ftpServer(options: Parameters<typeof TestFtpServer.open>[0] = {}): Promise<TestFtpServer> {
  const server = await TestFtpServer.open(options);
  closing.push(() => server.close());
  return server;
}

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

describe('an SFTP server', () => {
  it.each([
    ['no host key is pinned', [], 'no host key is pinned'],
    ['another one is pinned', [`SHA256:${'A'.repeat(43)}`], 'another server answers there'],
  ])('gets no login when %s; the message has what it offers', async (_what, hostKeys, words) => {
    const server = await sftpServer();
    const error = await failureOf(open(server.place({ hostKeys })).check());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(words);
    expect(error.message).toContain(`${server.hostKey} (ssh-ed25519)`);
    expect(server.tries).toBe(0);
  });

  it('is let in when one of two pinned keys is its own', async () => {
    const server = await sftpServer();
    await open(server.place({ hostKeys: [`SHA256:${'A'.repeat(43)}`, server.hostKey] })).check();
  });

  it('refuses a wrong password once in a minute, whatever is asked of it, and the password is not in the message', async () => {
    const server = await sftpServer();
    const folder = open(server.place({ password: 'wrong-and-secret' }));
    for (let i = 0; i < 3; i++) {
      const error = await failureOf(folder.check());
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('the login was refused');
      expect(error.message).not.toContain('wrong-and-secret');
    }
    expect(server.tries).toBe(1);
    clock.advance(MINUTE);
    await failureOf(folder.check());
    expect(server.tries).toBe(2);
  });

  describe('with a key', () => {
    const pair = ssh2.utils.generateKeyPairSync('ecdsa', {
      bits: 256,
      passphrase: 'of-the-key',
      cipher: 'aes256-ctr',
    });
    const key = { text: pair.private, file: null, passphrase: 'of-the-key' };
    const place = (server: TestSftpServer, changed: Partial<NonNullable<SftpPlace['key']>>) =>
      server.place({ password: null, key: { ...key, ...changed } });

    it('lets in by its text and by its file', async () => {
      const server = await sftpServer({ authorizedKey: pair.public });
      await open(place(server, {})).check();
      const file = join(scratch, 'key');
      await writeFile(file, pair.private);
      await open(place(server, { text: null, file })).check();
      expect(server.logins).toBe(2);
    });

    it.each([
      ['a wrong passphrase', { passphrase: 'secret-but-wrong' }],
      ['no passphrase', { passphrase: null }],
      ['a text that is no key', { text: '-----BEGIN secret', passphrase: null }],
      ['a file that is not there', { text: null, file: '/nowhere/key' }],
    ])('says what is wrong: %s', async (_what, changed) => {
      const server = await sftpServer({ authorizedKey: pair.public });
      const error = await failureOf(open(place(server, changed)).check());
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('private key');
      expect(error.message).not.toContain('secret');
      expect(server.logins).toBe(0);
    });

    it('that it does not know is refused', async () => {
      const server = await sftpServer();
      expect(await failureOf(open(place(server, {})).check())).toBeInstanceOf(ConfigurationError);
    });
  });

  it('syncs what was written, before it is closed', async () => {
    const server = await sftpServer();
    await open(server.place()).write('a', bytes('x'));
    const acts = server.faults.operations.filter((one) => /^(WRITE|FSYNC|CLOSE)/.test(one));
    expect(acts).toEqual(['WRITE a', 'FSYNC a', 'CLOSE a']);
  });

  it('that cannot sync takes files all the same', async () => {
    const server = await sftpServer({ fsync: false });
    await open(server.place()).write('a', bytes('x'));
    expect(server.faults.count('FSYNC')).toBe(0);
    expect(server.logins).toBe(1);
  });

  it('without the folder is a matter of configuration', async () => {
    const server = await sftpServer();
    const folder = open(server.place({ path: '/missing' }));
    expect((await failureOf(folder.check())).message).toContain('does not exist');
    const written = await failureOf(folder.write('a', bytes('x')));
    expect(written).toBeInstanceOf(ConfigurationError);
    await writeFile(join(server.root, 'file'), '');
    expect((await failureOf(open(server.place({ path: '/file' })).check())).message).toContain('no folder');
  });
});

describe('an FTP server', () => {
  const tls = selfSigned('localhost');
  const other = selfSigned('localhost');

  it.each([
    ['explicit', false],
    ['implicit', true],
  ])('with TLS (%s) gets no login when its certificate is not the pinned one', async (_what, implicit) => {
    const server = await ftpServer({ tls, implicit });
    const error = await failureOf(open(server.place({ certificates: ['0'.repeat(64)] })).check());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(certificateHash(tls.cert));
    expect(server.faults.count('USER')).toBe(0);
  });

  it.each([
    ['explicit', false],
    ['implicit', true],
  ])(
    'with TLS (%s) gets no login when no authority signed it; a file may name one',
    async (_what, implicit) => {
      const server = await ftpServer({ tls, implicit });
      const place = (more: Partial<FtpPlace>) =>
        server.place({ host: 'localhost', certificates: [], ...more });
      const error = await failureOf(open(place({})).check());
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('not trusted');
      expect(server.faults.count('USER')).toBe(0);
      const caFile = join(scratch, 'ca.pem');
      await writeFile(caFile, tls.cert);
      const trusted = open(place({ caFile }));
      await trusted.write('a', bytes('x'));
      expect(server.data).toEqual({ encrypted: 1, plain: 0 });
      expect(await failureOf(open(place({ caFile: '/nowhere.pem' })).check())).toBeInstanceOf(
        ConfigurationError,
      );
    },
  );

  it('encrypts every data connection', async () => {
    const server = await ftpServer({ tls });
    const folder = open(server.place());
    await folder.write('a', bytes('x'));
    for await (const file of folder.list()) expect(file.name).toBe('a');
    for await (const piece of (await folder.read('a')) ?? []) expect(piece.length).toBe(1);
    expect(server.data).toEqual({ encrypted: 3, plain: 0 });
  });

  it('whose data connections have another certificate gets no byte', async () => {
    const server = await ftpServer({ tls, dataTls: other });
    const error = await failureOf(open(server.place()).write('a', bytes('x')));
    expect(error.message).toMatch(/certificate/);
    expect(await readFile(join(server.root, 'in', 'a'), 'utf8')).toBe('');
  });

  it('that has no TLS gets no login', async () => {
    const server = await ftpServer();
    const error = await failureOf(open({ ...server.place(), secure: 'explicit' }).check());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('refuses TLS');
    expect(server.faults.count('USER')).toBe(0);
  });

  it('refuses a wrong password once in a minute, and the password is not in the message', async () => {
    const server = await ftpServer({ tls });
    const folder = open(server.place({ password: 'wrong-and-secret' }));
    for (let i = 0; i < 3; i++) {
      const error = await failureOf(folder.check());
      expect(error).toBeInstanceOf(ConfigurationError);
      expect(error.message).toContain('the login was refused');
      expect(error.message).not.toContain('wrong-and-secret');
    }
    expect(server.faults.count('PASS')).toBe(1);
  });

  it('without the folder is a matter of configuration', async () => {
    const server = await ftpServer();
    const error = await failureOf(open(server.place({ path: '/missing' })).check());
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain('does not exist');
  });

  it('is asked whether it is still there after a pause, and connected again when not', async () => {
    const server = await ftpServer();
    const folder = open(server.place());
    await folder.check();
    clock.advance(MINUTE);
    await folder.check();
    expect([server.faults.count('NOOP'), server.logins]).toEqual([1, 1]);
    clock.advance(MINUTE);
    server.plan({ op: 'NOOP', how: 'cut-before' });
    await folder.check();
    expect(server.logins).toBe(2);
  });

  it('that took less than was sent is not believed', async () => {
    const server = await ftpServer();
    const folder = open(server.place());
    await folder
      .write('a', bytes('whole'), {
        written: () => writeFile(join(server.root, 'in', 'a'), 'wh'),
      })
      .then(
        () => expect.unreachable(),
        (error: unknown) => {
          expect(error).toBeInstanceOf(TransientError);
          expect(messageOf(error)).toContain('5 bytes were written, the server shows 2');
        },
      );
  });
});

describe('a server that is not there', () => {
  let silent: Server;
  let port: number;
  beforeEach(async () => {
    silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    port = (silent.address() as { port: number }).port;
    closing.push(() => silent.close());
  });

  const sftp = (deadlineMs: number): SftpPlace => ({
    kind: 'sftp',
    host: '127.0.0.1',
    port,
    user: 'ferry',
    password: 'not-a-secret',
    key: null,
    hostKeys: [`SHA256:${'A'.repeat(43)}`],
    path: '/in',
    deadlineMs,
  });
  const ftp = (deadlineMs: number): FtpPlace => ({
    kind: 'ftp',
    host: '127.0.0.1',
    port,
    secure: 'explicit',
    user: 'ferry',
    password: 'not-a-secret',
    certificates: [],
    caFile: null,
    path: '/in',
    deadlineMs,
  });

  it.each([
    ['SFTP', sftp],
    ['FTP', ftp],
  ])('%s: one that says nothing is given up after the deadline', async (_what, place) => {
    const error = await failureOf(open(place(200)).check());
    expect(error).toBeInstanceOf(TransientError);
    expect(error.message).toContain('no connection');
  });

  it.each([
    ['SFTP', sftp],
    ['FTP', ftp],
  ])('%s: one that refuses is passing, and asked once for all files of a run', async (_what, place) => {
    await new Promise((resolve) => silent.close(resolve));
    const folders = openFolders({ clock });
    closing.push(() => folders.close());
    const error = await failureOf(folders.of('atlas', place(5_000)).check());
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
    expect(error).toBeInstanceOf(TransientError);
    expect(await failureOf(folders.of('atlas', place(5_000)).check())).toBe(error);
  });
});

describe('a server that falls silent', () => {
  it('SFTP: the act is given up after the deadline, the next has a new connection', async () => {
    const server = await sftpServer();
    const folder = open(server.place({ deadlineMs: 300 }));
    await folder.check();
    server.plan({ op: 'LSTAT', how: 'silent' });
    const error = await failureOf(folder.stat('a'));
    expect(error).toMatchObject({ code: 'CONNECTION_CUT' });
    expect(error.message).toContain('no answer within 0.3 s');
    expect(await folder.stat('a')).toBeNull();
    expect(server.logins).toBe(2);
  });

  it('FTP: the same', async () => {
    const server = await ftpServer();
    const folder = open(server.place({ deadlineMs: 300 }));
    await folder.check();
    server.plan({ op: 'MLST', how: 'silent' });
    expect(await failureOf(folder.stat('a'))).toMatchObject({ code: 'CONNECTION_CUT' });
    expect(await folder.stat('a')).toBeNull();
    expect(server.logins).toBe(2);
  });
});
