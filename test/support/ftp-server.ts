import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import nodeFs, { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join, posix } from 'node:path';
import { createSecureContext, type SecureContext, TLSSocket } from 'node:tls';
import type { FtpPlace } from '../../src/core/places.js';
import type { SelfSigned } from './certificate.js';
import { type ServerFault, ServerFaults } from './server-faults.js';

export interface FtpServerOptions {
  /** Key and certificate of the server; null: no TLS is offered. */
  readonly tls?: SelfSigned | null;
  readonly implicit?: boolean;
  /** Offers MLST and MLSD; otherwise LIST alone. */
  readonly facts?: boolean;
  /** Key and certificate of data connections, where they differ. */
  readonly dataTls?: SelfSigned;
}

/** An FTP server over a temporary folder; RNTO overwrites, as on most servers. */
export class TestFtpServer {
  readonly faults = new ServerFaults();
  logins = 0;
  /** Data connections that were encrypted, and those that were not. */
  readonly data = { encrypted: 0, plain: 0 };
  readonly context: SecureContext | null;
  readonly dataContext: SecureContext | null;
  private readonly sockets = new Set<Socket>();

  private constructor(
    readonly root: string,
    readonly options: FtpServerOptions,
    private readonly server: Server,
    readonly port: number,
  ) {
    this.context = options.tls ? createSecureContext(options.tls) : null;
    this.dataContext = options.dataTls ? createSecureContext(options.dataTls) : this.context;
  }

  static async open(options: FtpServerOptions = {}): Promise<TestFtpServer> {
    const root = await mkdtemp(join(tmpdir(), 'orderferry-ftp-'));
    await nodeFs.mkdir(join(root, 'in'));
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const made = new TestFtpServer(root, options, server, (server.address() as { port: number }).port);
    server.on('connection', (socket) => made.accept(socket));
    return made;
  }

  /** With the certificate pinned, where there is one. */
  place(settings: Partial<FtpPlace> = {}): FtpPlace {
    const { tls, implicit } = this.options;
    return {
      kind: 'ftp',
      host: '127.0.0.1',
      port: this.port,
      secure: !tls ? 'none' : implicit === true ? 'implicit' : 'explicit',
      user: 'ferry',
      password: 'not-a-secret',
      certificates: tls ? [certificateHash(tls.cert)] : [],
      caFile: null,
      path: '/in',
      deadlineMs: 10_000,
      ...settings,
    };
  }

  plan(fault: ServerFault): void {
    this.faults.plan(fault);
  }

  get open(): number {
    return this.sockets.size;
  }

  cutAll(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.cutAll();
    this.server.close();
    await rm(this.root, { recursive: true, force: true });
  }

  private accept(raw: Socket): void {
    this.sockets.add(raw);
    raw.on('close', () => this.sockets.delete(raw));
    raw.on('error', () => raw.destroy());
    const { context } = this;
    const socket = this.options.implicit === true && context !== null ? encrypted(raw, context) : raw;
    new Dialogue(this, raw, socket).begin();
  }
}

/** As it is pinned. */
export function certificateHash(pem: string): string {
  return new X509Certificate(pem).fingerprint256.replaceAll(':', '').toLowerCase();
}

function encrypted(socket: Socket, secureContext: SecureContext): TLSSocket {
  const made = new TLSSocket(socket, { isServer: true, secureContext });
  made.on('error', () => socket.destroy());
  return made;
}

/** One client's control connection. */
class Dialogue {
  private folder = '/';
  private isIn = false;
  private isPrivate = false;
  private from: string | null = null;
  private passive: { readonly server: Server; readonly socket: Promise<Socket> } | null = null;
  private text = '';
  private turn: Promise<void> = Promise.resolve();

  constructor(
    private readonly owner: TestFtpServer,
    private readonly raw: Socket,
    private socket: Socket,
  ) {}

  begin(): void {
    this.hear();
    this.say('220 ready');
  }

  private hear(): void {
    this.socket.on('data', (bytes) => {
      this.text += bytes.toString('utf8');
      for (let end = this.text.indexOf('\r\n'); end >= 0; end = this.text.indexOf('\r\n')) {
        const line = this.text.slice(0, end);
        this.text = this.text.slice(end + 2);
        this.turn = this.turn.then(() => this.take(line));
      }
    });
  }

  private say(text: string): void {
    if (this.socket.writable) this.socket.write(`${text}\r\n`);
  }

  private async take(line: string): Promise<void> {
    const space = line.indexOf(' ');
    const op = (space < 0 ? line : line.slice(0, space)).toUpperCase();
    const argument = space < 0 ? '' : line.slice(space + 1);
    const how = this.owner.faults.meet(op, op === 'PASS' ? '' : basename(argument));
    if (how === 'cut-before') return void this.raw.destroy();
    if (how === 'silent') return;
    if (how === 'refuse') return this.say('550 Permission denied.');
    if (how === 'fail') return this.say('451 Local error.');
    try {
      const answer = await this.answer(op, argument);
      if (how === 'cut-after') this.raw.destroy();
      else if (answer !== null) this.say(answer);
    } catch {
      if (how === 'cut-after') this.raw.destroy();
      else this.say('550 No such file or directory.');
    }
  }

  private async answer(op: string, argument: string): Promise<string | null> {
    const open = ['USER', 'PASS', 'AUTH', 'FEAT', 'OPTS', 'QUIT', 'PBSZ', 'PROT', 'NOOP'];
    if (!this.isIn && !open.includes(op)) return '530 Log in first.';
    switch (op) {
      case 'AUTH':
        return this.secure();
      case 'USER':
        return '331 Password?';
      case 'PASS':
        this.isIn = argument === 'not-a-secret';
        if (this.isIn) this.owner.logins++;
        return this.isIn ? '230 Logged in.' : '530 Login incorrect.';
      case 'FEAT':
        return this.owner.options.facts === false
          ? '211-Features:\r\n SIZE\r\n MDTM\r\n211 End'
          : '211-Features:\r\n SIZE\r\n MDTM\r\n MLST type*;size*;modify*;\r\n211 End';
      case 'PROT':
        this.isPrivate = argument === 'P';
        return '200 OK.';
      case 'OPTS':
      case 'TYPE':
      case 'STRU':
      case 'PBSZ':
      case 'NOOP':
        return '200 OK.';
      case 'PWD':
        return `257 "${this.folder}" is current.`;
      case 'CWD': {
        const folder = posix.resolve('/', this.folder, argument);
        if (!(await nodeFs.stat(join(this.owner.root, folder))).isDirectory()) return '550 Not a directory.';
        this.folder = folder;
        return '250 OK.';
      }
      case 'EPSV':
      case 'PASV':
        return this.openPassive(op);
      case 'MLSD':
      case 'LIST':
        return this.transfer(async (data) => {
          data.end(await this.listing(op, argument.replace(/^-a ?/, '')));
        });
      case 'MLST': {
        if (this.owner.options.facts === false) return '500 Unknown command.';
        const facts = await this.facts(this.path(argument), argument);
        return `250-Listing\r\n ${facts}\r\n250 End`;
      }
      case 'SIZE':
        return `213 ${(await nodeFs.stat(this.path(argument))).size}`;
      case 'MDTM':
        return `213 ${stamp((await nodeFs.stat(this.path(argument))).mtime)}`;
      case 'RETR': {
        const bytes = await nodeFs.readFile(this.path(argument));
        return this.transfer(async (data) => void data.end(bytes));
      }
      case 'STOR':
        return this.store(argument);
      case 'DELE':
        await nodeFs.unlink(this.path(argument));
        return '250 Deleted.';
      case 'RNFR':
        await nodeFs.lstat(this.path(argument));
        this.from = argument;
        return '350 Ready.';
      case 'RNTO':
        if (this.from === null) return '503 RNFR first.';
        await nodeFs.rename(this.path(this.from), this.path(argument));
        this.from = null;
        return '250 Renamed.';
      case 'QUIT':
        this.say('221 Bye.');
        this.socket.end();
        return null;
      default:
        return '500 Unknown command.';
    }
  }

  private secure(): null {
    const { context } = this.owner;
    if (context === null) {
      this.say('502 No TLS here.');
      return null;
    }
    this.say('234 Go ahead.');
    this.socket.removeAllListeners('data');
    this.socket = encrypted(this.raw, context);
    this.hear();
    return null;
  }

  private async openPassive(op: string): Promise<string> {
    this.passive?.server.close();
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const socket = once(server, 'connection').then(([one]) => one as Socket);
    this.passive = { server, socket };
    if (op === 'EPSV') return `229 Entering Extended Passive Mode (|||${port}|)`;
    return `227 Entering Passive Mode (127,0,0,1,${port >> 8},${port & 255})`;
  }

  private async data(): Promise<Socket> {
    const { passive } = this;
    this.passive = null;
    if (passive === null) throw new TypeError('no passive connection');
    const socket = await passive.socket;
    passive.server.close();
    socket.on('error', () => socket.destroy());
    const { dataContext } = this.owner;
    if (!this.isPrivate || dataContext === null) {
      this.owner.data.plain++;
      return socket;
    }
    this.owner.data.encrypted++;
    return encrypted(socket, dataContext);
  }

  private async transfer(send: (data: Socket) => Promise<void>): Promise<string> {
    this.say('150 Here it comes.');
    const data = await this.data();
    const closed = once(data, 'close');
    await send(data);
    data.resume();
    await closed;
    return '226 Done.';
  }

  private async store(name: string): Promise<string> {
    const file = await nodeFs.open(this.path(name), 'w');
    try {
      this.say('150 Send it.');
      const data = await this.data();
      for await (const piece of data) {
        await file.write(piece as Buffer);
        // As one that breaks in the middle.
        if (this.owner.faults.meet('STOR-DATA', name) !== null) {
          this.raw.destroy();
          data.destroy();
        }
      }
      return '226 Stored.';
    } finally {
      await file.close();
    }
  }

  private async listing(op: string, below: string): Promise<string> {
    const folder = this.path(below);
    const lines: string[] = [];
    for (const name of await nodeFs.readdir(folder)) {
      if (op === 'MLSD') lines.push(await this.facts(join(folder, name), name));
      else {
        const { size, mtime, mode } = await nodeFs.lstat(join(folder, name));
        const kind = (mode & 0o170000) === 0o040000 ? 'd' : '-';
        const month = mtime.toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
        const day = String(mtime.getUTCDate()).padStart(2);
        lines.push(
          `${kind}rw-r--r-- 1 ferry ferry ${String(size).padStart(12)} ${month} ${day} 2026 ${name}`,
        );
      }
    }
    return lines.map((line) => `${line}\r\n`).join('');
  }

  private async facts(path: string, name: string): Promise<string> {
    const there = await nodeFs.lstat(path);
    const kind = there.isDirectory() ? 'dir' : 'file';
    return `type=${kind};size=${there.size};modify=${stamp(there.mtime)}; ${name}`;
  }

  private path(name: string): string {
    return join(this.owner.root, posix.resolve('/', this.folder, name));
  }
}

function stamp(at: Date): string {
  return at.toISOString().replace(/[-T:]/g, '').slice(0, 14);
}
