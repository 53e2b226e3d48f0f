import { readFile } from 'node:fs/promises';
import { connect as connectTo, type Socket } from 'node:net';
import type { AuthenticationType, ConnectConfig, SFTPWrapper } from 'ssh2';
import SftpClient from 'ssh2-sftp-client';
import { SECOND } from '../../core/clock.js';
import { ConfigurationError, codeOf, messageOf } from '../../core/errors.js';
import { describePlace, type SftpPlace } from '../../core/places.js';
import { loginRefused, type Protocol, unanswered } from '../connection.js';
import { hostKeyFault } from './host-key.js';

/** An open connection. Acts go through the session: exact status codes, handles, and listings in pieces. */
export interface Session {
  readonly client: SftpClient;
  readonly sftp: SFTPWrapper;
  readonly socket: Socket;
  /** Why it has ended; null while it is up. */
  ended: string | null;
}

/** A line that is silent for three times this long is dead. */
const KEEP_ALIVE = 15 * SECOND;

/** How an SFTP server is connected to: its key first, then the login. */
export function sftpProtocol(place: SftpPlace): Protocol<Session> {
  const description = describePlace(place);
  return {
    description,
    connect: () => connect(place, description),
    isAlive: async (session) => session.ended === null,
    async end({ client }) {
      await client.end();
    },
    drop(session) {
      session.ended ??= 'it was given up';
      session.socket.destroy();
    },
  };
}

async function connect(place: SftpPlace, description: string): Promise<Session> {
  const key = await privateKey(place, description);
  const seen: { error?: unknown; refused?: ConfigurationError; session?: Session } = {};
  const note = (reason: string) => {
    if (seen.session !== undefined) seen.session.ended ??= reason;
  };
  const client = new SftpClient('orderferry', {
    error: (error: unknown) => note(messageOf(error)),
    end: () => note('the server ended it'),
    close: () => note('it was closed'),
  });
  client.on('error', (error: unknown) => {
    seen.error ??= error;
  });
  client.on('keyboard-interactive', (_name, _text, _language, prompts, answer) => {
    // The one question that a password answers; anything else, such as a second factor, is left empty and refused.
    const asked = prompts as readonly { readonly echo?: boolean }[];
    answer(asked.length === 1 && asked[0]?.echo !== true ? [place.password ?? ''] : asked.map(() => ''));
  });
  const socket = await dial(place, description);
  const settings: ConnectConfig = {
    sock: socket,
    username: place.user,
    ...(place.password === null ? {} : { password: place.password, tryKeyboard: true }),
    ...(key === null ? {} : { privateKey: key }),
    ...(place.key?.passphrase == null ? {} : { passphrase: place.key.passphrase }),
    authHandler: methods(place),
    readyTimeout: place.deadlineMs,
    keepaliveInterval: KEEP_ALIVE,
    keepaliveCountMax: 3,
    hostVerifier(offered: Buffer) {
      const fault = hostKeyFault(description, offered, place.hostKeys);
      if (fault !== null) seen.refused = fault;
      return fault === null;
    },
  };
  try {
    const sftp = await client.connect(settings);
    const session: Session = { client, sftp, socket, ended: null };
    seen.session = session;
    session.sftp.setMaxListeners(0); // each request under way listens for the end
    session.sftp.on('close', () => note('the server closed the session'));
    return session;
  } catch (error) {
    socket.destroy();
    throw seen.refused ?? connectFault(description, seen.error ?? error);
  }
}

/**
 * The login once, by the first method that server and place have in common: a wrong password that is tried by every
 * method locks an account sooner.
 */
function methods({ key }: SftpPlace): (left: readonly string[] | null) => AuthenticationType | false {
  const own: AuthenticationType[] = key === null ? ['password', 'keyboard-interactive'] : ['publickey'];
  let tried = false;
  return (left) => {
    if (left === null) return 'none'; // asks which methods there are
    const method = own.find((one) => left.includes(one));
    if (tried || method === undefined) return false;
    tried = true;
    return method;
  };
}

/** What ssh2 says, as a ConfigurationError where a person must act. */
function connectFault(description: string, error: unknown): unknown {
  const level = (error as { level?: unknown } | null)?.level;
  const text = messageOf(error);
  if (level === 'client-authentication') return loginRefused(description, text);
  if (/privateKey|passphrase|Encrypted|Unsupported key/i.test(text)) {
    return new ConfigurationError(`${description}: the private key cannot be used: ${text}`);
  }
  if (level === 'handshake' && /no matching/i.test(text)) {
    return new ConfigurationError(
      `${description}: server and client have no common method (${text}); ask the 3PL for a server of this decade's methods`,
    );
  }
  return error;
}

/** Without Nagle's algorithm: each request waits for its answer, and would wait 40 ms longer with it. */
function dial({ host, port, deadlineMs }: SftpPlace, description: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connectTo({ host, port, noDelay: true });
    const timer = setTimeout(() => socket.destroy(unanswered(description, deadlineMs)), deadlineMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
  });
}

async function privateKey({ key }: SftpPlace, description: string): Promise<string | null> {
  if (key === null || key.file === null) return key?.text ?? null;
  try {
    return await readFile(key.file, 'utf8');
  } catch (error) {
    throw new ConfigurationError(
      `${description}: the private key ${key.file} cannot be read (${codeOf(error) ?? messageOf(error)})`,
    );
  }
}
