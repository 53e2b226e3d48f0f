import type { ConnectionOptions } from 'node:tls';
import { Client, FTPError } from 'basic-ftp';
import { SECOND } from '../../core/clock.js';
import { ConfigurationError, codeOf, messageOf, OrderferryError } from '../../core/errors.js';
import { describePlace, type FtpPlace } from '../../core/places.js';
import { loginRefused, type Protocol } from '../connection.js';
import { learningOptions, pinnedOptions, trustedOptions } from './certificate.js';

/** Idle connections are asked whether they are still there after this long: servers close them after some minutes. */
const ASK_AFTER = 30 * SECOND;

/** An open connection in the folder; acts are one after the other. */
export interface Session {
  readonly client: Client;
  /** Whether one file can be asked for by name (MLST). */
  readonly asksByName: boolean;
}

/** How an FTP server is connected to: its certificate first, then the login, then the folder. */
export function ftpProtocol(place: FtpPlace): Protocol<Session> {
  const description = describePlace(place);
  return {
    description,
    connect: () => connect(place, description),
    async isAlive({ client }, idleMs) {
      if (client.closed) return false;
      if (idleMs < ASK_AFTER) return true;
      try {
        await client.send('NOOP');
        return true;
      } catch (error) {
        if (error instanceof FTPError && error.code !== 421) return true; // it answers, if not to this
        return false;
      }
    },
    async end({ client }) {
      if (!client.closed) await client.send('QUIT');
    },
    drop({ client }) {
      client.close();
    },
  };
}

async function connect(place: FtpPlace, description: string): Promise<Session> {
  const client = new Client(place.deadlineMs);
  try {
    await secure(client, place);
    await login(client, place, description);
    await client.useDefaultSettings();
    if (place.path !== '') await enter(client, place, description);
    return { client, asksByName: client.availableListCommands.includes('MLSD') };
  } catch (error) {
    client.close();
    throw connectFault(description, error);
  }
}

async function secure(client: Client, place: FtpPlace): Promise<void> {
  if (place.secure === 'none') {
    await client.connect(place.host, place.port);
    return;
  }
  const pinned = place.certificates.length > 0;
  await encrypt(client, place, pinned ? await learn(place) : await trustedOptions(place));
}

/** Makes a connection to see the server's certificate; nothing is said on it. */
async function learn(place: FtpPlace): Promise<ConnectionOptions> {
  const client = new Client(place.deadlineMs);
  try {
    await encrypt(client, place, learningOptions(place));
    return pinnedOptions(place, client.ftp.socket);
  } finally {
    client.close();
  }
}

async function encrypt(client: Client, place: FtpPlace, options: ConnectionOptions): Promise<void> {
  const { host, port } = place;
  if (place.secure === 'implicit') await client.connectImplicitTLS(host, port, options);
  else {
    await client.connect(host, port);
    await client.useTLS(options);
  }
}

async function login(client: Client, place: FtpPlace, description: string): Promise<void> {
  try {
    await client.login(place.user, place.password);
  } catch (error) {
    if (error instanceof FTPError && error.code >= 500) throw loginRefused(description, error.message);
    throw error;
  }
}

async function enter(client: Client, place: FtpPlace, description: string): Promise<void> {
  try {
    await client.cd(place.path);
  } catch (error) {
    if (!(error instanceof FTPError) || error.code < 500) throw error;
    throw new ConfigurationError(
      `${description}: the folder does not exist, or may not be entered (${error.message}); mend it in the template ` +
        'of the 3PL, or ask the 3PL to make it',
    );
  }
}

/** What OpenSSL says of a certificate that is not trusted begins or reads like one of these. */
const UNTRUSTED = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT)/;

function connectFault(description: string, error: unknown): unknown {
  if (error instanceof OrderferryError) return error;
  const code = codeOf(error) ?? '';
  if (UNTRUSTED.test(code)) {
    return new ConfigurationError(
      `${description}: the server's certificate is not trusted (${messageOf(error)}); pin it as certificate in the template, ` +
        'or name the authority that signed it as caFile. No login was tried',
    );
  }
  if (error instanceof FTPError && [500, 502, 504, 530, 534].includes(error.code)) {
    return new ConfigurationError(
      `${description}: the server refuses TLS (${error.message}); ask the 3PL which kind it offers (secure in the template)`,
    );
  }
  return error;
}
