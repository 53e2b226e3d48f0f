import { once } from 'node:events';
import nodeFs, { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import ssh2, { type Attributes, type Connection, type Server, type SFTPWrapper } from 'ssh2';
import type { SftpPlace } from '../../src/core/places.js';
import { fingerprintOf } from '../../src/files/sftp/host-key.js';
import { type ServerFault, ServerFaults } from './server-faults.js';

const { utils } = ssh2;
const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** Names in one answer to READDIR. */
const NAMES = 100;

interface Opened {
  readonly file: FileHandle | null;
  /** Names still to be told. */
  names: string[] | null;
  readonly path: string;
}

export interface SftpServerOptions {
  /** Public key that may log in as well as the password. */
  readonly authorizedKey?: string;
  readonly fsync?: boolean;
  /** A folder that is there and stays; else one is made, with `in` in it, and removed. */
  readonly root?: string;
}

/** An SFTP server over a temporary folder, as OpenSSH behaves: a rename refuses a name that is taken. */
export class TestSftpServer {
  readonly faults = new ServerFaults();
  /** Logins that were let in. */
  logins = 0;
  /** Logins that were tried. */
  tries = 0;
  private readonly connections = new Set<Connection>();

  private constructor(
    /** What the client sees as `/`. */
    readonly root: string,
    readonly hostKey: string,
    private readonly server: Server,
    readonly port: number,
    private readonly isTemporary: boolean,
  ) {}

  static async open(options: SftpServerOptions = {}): Promise<TestSftpServer> {
    const root = options.root ?? (await mkdtemp(join(tmpdir(), 'orderferry-sftp-')));
    if (options.root === undefined) await nodeFs.mkdir(join(root, 'in'));
    const key = newHostKey();
    const server = new ssh2.Server({ hostKeys: [key.private] });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const made = new TestSftpServer(
      root,
      key.fingerprint,
      server,
      (server.address() as { port: number }).port,
      options.root === undefined,
    );
    server.on('connection', (connection) => made.accept(connection, options));
    return made;
  }

  place(settings: Partial<SftpPlace> = {}): SftpPlace {
    return {
      kind: 'sftp',
      host: '127.0.0.1',
      port: this.port,
      user: 'ferry',
      password: 'not-a-secret',
      key: null,
      hostKeys: [this.hostKey],
      path: '/in',
      deadlineMs: 10_000,
      ...settings,
    };
  }

  plan(fault: ServerFault): void {
    this.faults.plan(fault);
  }

  get open(): number {
    return this.connections.size;
  }

  /** Ends all connections, as a server does that is restarted. */
  cutAll(): void {
    for (const connection of this.connections) connection.end();
  }

  async close(): Promise<void> {
    this.cutAll();
    this.server.close();
    if (this.isTemporary) await rm(this.root, { recursive: true, force: true });
  }

  private accept(connection: Connection, options: SftpServerOptions): void {
    this.connections.add(connection);
    (connection as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
    connection.on('close', () => this.connections.delete(connection));
    connection.on('error', () => connection.end()); // a client that goes without a word
    connection.on('authentication', (login) => {
      if (login.method !== 'none') this.tries++;
      const allowed =
        login.username === 'ferry' &&
        ((login.method === 'password' && login.password === 'not-a-secret') ||
          (login.method === 'publickey' &&
            login.key.data.toString('base64') === options.authorizedKey?.split(' ')[1]));
      if (allowed) login.accept();
      else login.reject(['password', 'publickey']);
    });
    connection.on('ready', () => {
      this.logins++;
      connection.on('session', (acceptSession) => {
        acceptSession().on('sftp', (acceptSftp) => {
          const sftp = acceptSftp();
          if (options.fsync !== false) offerFsync(sftp);
          new Answering(this.root, this.faults, sftp, () => cut(connection)).listen();
        });
      });
    });
  }
}

/** The library's generator now and then makes a key that its own parser does not take. */
function newHostKey(): { readonly private: string; readonly fingerprint: string } {
  for (;;) {
    const made = utils.generateKeyPairSync('ed25519');
    const parsed = utils.parseKey(made.public);
    const key = Array.isArray(parsed) ? parsed[0] : parsed;
    if (key === undefined || key instanceof Error || utils.parseKey(made.private) instanceof Error) continue;
    return { private: made.private, fingerprint: fingerprintOf(key.getPublicSSH()) };
  }
}

/** Without a word, as a line that breaks. */
function cut(connection: Connection): void {
  (connection as unknown as { _sock: { destroy(): void } })._sock.destroy();
}

/** The library's server names no extensions: they are put into its VERSION packet. */
function offerFsync(sftp: SFTPWrapper): void {
  const protocol = (sftp as unknown as { _protocol: { channelData(id: number, data: Buffer): void } })
    ._protocol;
  const send = protocol.channelData.bind(protocol);
  protocol.channelData = (id, data) => {
    protocol.channelData = send;
    const text = (value: string) => Buffer.concat([uint32(value.length), Buffer.from(value)]);
    const body = Buffer.concat([data.subarray(4), text('fsync@openssh.com'), text('1')]);
    send(id, Buffer.concat([uint32(body.length), body]));
  };
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

class Answering {
  private readonly handles = new Map<number, Opened>();
  private next = 1;

  constructor(
    private readonly root: string,
    private readonly faults: ServerFaults,
    private readonly sftp: SFTPWrapper,
    private readonly cut: () => void,
  ) {}

  listen(): void {
    const { sftp } = this;
    sftp.on('close', () => {
      for (const { file } of this.handles.values()) void file?.close();
      this.handles.clear();
    });
    sftp.on('OPEN', (id, name, flags) =>
      this.act('OPEN', id, name, async () => {
        const mode = (flags & OPEN_MODE.EXCL) !== 0 ? 'wx' : (flags & OPEN_MODE.WRITE) !== 0 ? 'w' : 'r';
        const file = await nodeFs.open(this.path(name), mode);
        return () => sftp.handle(id, this.handle({ file, names: null, path: name }));
      }),
    );
    sftp.on('WRITE', (id, handle, offset, data) =>
      this.act('WRITE', id, this.opened(handle)?.path ?? '', async () => {
        await this.opened(handle)?.file?.write(data, 0, data.length, offset);
        return () => sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('READ', (id, handle, offset, length) =>
      this.act('READ', id, this.opened(handle)?.path ?? '', async () => {
        const buffer = Buffer.alloc(length);
        const bytesRead = (await this.opened(handle)?.file?.read(buffer, 0, length, offset))?.bytesRead ?? 0;
        if (bytesRead === 0) return () => sftp.status(id, STATUS_CODE.EOF);
        return () => sftp.data(id, buffer.subarray(0, bytesRead));
      }),
    );
    sftp.on('EXTENDED', (id, name, data) => {
      const handle = data.subarray(4);
      return this.act('FSYNC', id, this.opened(handle)?.path ?? '', async () => {
        if (name !== 'fsync@openssh.com') return () => sftp.status(id, STATUS_CODE.OP_UNSUPPORTED);
        await this.opened(handle)?.file?.sync();
        return () => sftp.status(id, STATUS_CODE.OK);
      });
    });
    sftp.on('CLOSE', (id, handle) =>
      this.act('CLOSE', id, this.opened(handle)?.path ?? '', async () => {
        await this.opened(handle)?.file?.close();
        this.handles.delete(handle.readUInt32BE(0));
        return () => sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('OPENDIR', (id, name) =>
      this.act('OPENDIR', id, name, async () => {
        const names = await nodeFs.readdir(this.path(name));
        return () => sftp.handle(id, this.handle({ file: null, names: ['.', '..', ...names], path: name }));
      }),
    );
    sftp.on('READDIR', (id, handle) =>
      this.act('READDIR', id, '', async () => {
        const opened = this.opened(handle);
        const names = opened?.names?.splice(0, NAMES) ?? [];
        if (names.length === 0) return () => sftp.status(id, STATUS_CODE.EOF);
        const entries = await Promise.all(
          names.map(async (filename) => ({
            filename,
            longname: filename,
            attrs: await this.attributes(join(this.path(opened?.path ?? ''), filename)),
          })),
        );
        return () => sftp.name(id, entries);
      }),
    );
    for (const op of ['STAT', 'LSTAT'] as const) {
      sftp.on(op as 'STAT', (id, name) =>
        this.act(op, id, name, async () => {
          const attrs = await this.attributes(this.path(name));
          return () => sftp.attrs(id, attrs);
        }),
      );
    }
    sftp.on('REMOVE', (id, name) =>
      this.act('REMOVE', id, name, async () => {
        await nodeFs.unlink(this.path(name));
        return () => sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('RENAME', (id, from, to) =>
      this.act('RENAME', id, to, async () => {
        // As OpenSSH: a second name for the file, which refuses one that is taken, then the first name goes.
        await nodeFs.link(this.path(from), this.path(to));
        await nodeFs.unlink(this.path(from));
        return () => sftp.status(id, STATUS_CODE.OK);
      }),
    );
  }

  /** Does the work, with the fault that was planned for it. */
  private async act(op: string, id: number, name: string, work: () => Promise<() => void>): Promise<void> {
    const how = this.faults.meet(op, basename(name));
    if (how === 'cut-before') return this.cut();
    if (how === 'silent') return;
    if (how === 'refuse')
      return void this.sftp.status(id, STATUS_CODE.PERMISSION_DENIED, 'Permission denied');
    if (how === 'fail') return void this.sftp.status(id, STATUS_CODE.FAILURE, 'Failure');
    try {
      const answer = await work();
      if (how === 'cut-after') this.cut();
      else answer();
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const status = code === 'ENOENT' ? 'NO_SUCH_FILE' : code === 'EACCES' ? 'PERMISSION_DENIED' : 'FAILURE';
      this.sftp.status(id, STATUS_CODE[status]);
    }
  }

  private async attributes(path: string): Promise<Attributes> {
    const { mode, uid, gid, size, atimeMs, mtimeMs } = await nodeFs.lstat(path);
    return { mode, uid, gid, size, atime: Math.trunc(atimeMs / 1000), mtime: Math.trunc(mtimeMs / 1000) };
  }

  private path(name: string): string {
    return join(this.root, join('/', name));
  }

  private handle(opened: Opened): Buffer {
    const id = this.next++;
    this.handles.set(id, opened);
    return uint32(id);
  }

  private opened(handle: Buffer): Opened | undefined {
    return this.handles.get(handle.readUInt32BE(0));
  }
}
