import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { type ConnectionOptions, type PeerCertificate, TLSSocket } from 'node:tls';
import { ConfigurationError, codeOf, messageOf } from '../../core/errors.js';
import { describePlace, type FtpPlace } from '../../core/places.js';

/** TLS with a server whose certificate an authority has signed. */
export async function trustedOptions(place: FtpPlace): Promise<ConnectionOptions> {
  if (place.caFile === null) return commonOptions(place);
  try {
    return { ...commonOptions(place), ca: await readFile(place.caFile) };
  } catch (error) {
    throw new ConfigurationError(
      `${describePlace(place)}: the authorities ${place.caFile} cannot be read (${codeOf(error) ?? messageOf(error)})`,
    );
  }
}

/** TLS to learn what certificate a server has, and for nothing else. */
export function learningOptions(place: FtpPlace): ConnectionOptions {
  return { ...commonOptions(place), rejectUnauthorized: false };
}

/**
 * TLS with the pinned certificate alone, for all connections: as its own authority, whoever signed it. `socket`
 * is one that was made to learn it. A session carries what its first handshake thought of the certificate, and
 * data connections resume the session of the control connection, so that one is made anew with these.
 */
export function pinnedOptions(place: FtpPlace, socket: unknown): ConnectionOptions {
  const description = describePlace(place);
  if (!(socket instanceof TLSSocket)) {
    throw new ConfigurationError(`${description}: the connection is not encrypted; no login was tried`);
  }
  const pinned = place.certificates;
  const offered = socket.getPeerCertificate();
  const found = fingerprint(offered);
  if (!pinned.includes(found)) {
    throw new ConfigurationError(
      `${description}: the server's certificate is SHA-256 ${found}, pinned is ${pinned.join(' or ')}: another server ` +
        'answers there, or its certificate was changed. Ask the 3PL before you write the new one as ' +
        'certificate into the template. No login was tried',
    );
  }
  return {
    ...commonOptions(place),
    ca: pemOf(offered.raw),
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, certificate) =>
      pinned.includes(fingerprint(certificate))
        ? undefined
        : new ConfigurationError(`${description}: another connection to it offers another certificate`),
  };
}

function commonOptions({ host }: FtpPlace): ConnectionOptions {
  return { host, minVersion: 'TLSv1.2', ...(isIP(host) === 0 ? { servername: host } : {}) };
}

/** 64 hexadecimal digits, lower case. */
function fingerprint({ fingerprint256 = '' }: Partial<PeerCertificate>): string {
  return fingerprint256.replaceAll(':', '').toLowerCase();
}

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
