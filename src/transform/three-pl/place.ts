import { z } from 'zod';
import { DAY, HOUR, MINUTE, SECOND } from '../../core/clock.js';
import { type FtpPlace, isLoopbackHost, type Place, type SftpPlace } from '../../core/places.js';
import { checkedText, type Faults, oneOf, type Path } from './faults.js';

const KINDS = ['folder', 'sftp', 'ftp'] as const;

/** `${NAME}`: what the environment has under this name. The whole value is one reference. */
const REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

const UNITS: Readonly<Record<string, number>> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };

const secret = checkedText((text) =>
  REFERENCE.test(text)
    ? null
    : `a secret is never written into a template; write \${NAME} and set that variable in the environment`,
);

const address = z.string().regex(/^[^\s/@]+$/, 'a name or address, without a scheme, user or path');
/** One text, or a list of them: while a key or certificate is changed, there are two. */
const oneOrMore = (text: z.ZodType<string, string>) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(text).min(1, 'names at least one'),
  );

const SERVER = {
  host: address,
  port: z
    .int()
    .min(1, 'a port is a number from 1 to 65535')
    .max(65_535, 'a port is a number from 1 to 65535'),
  user: z.string().min(1, 'a user'),
  folder: z.string().regex(/^[^\r\n\0]*$/, 'a path on one line'),
  deadline: z
    .string()
    .regex(/^[1-9]\d{0,3} *[sm]$/, 'a time such as 30s or 2m')
    .default('30s'),
};

const FOLDER = z.strictObject({
  kind: z.literal('folder').default('folder'),
  folder: z.string().min(1, 'a path, relative to the configuration folder'),
});

const SFTP = z.strictObject({
  kind: z.literal('sftp'),
  ...SERVER,
  port: SERVER.port.default(22),
  password: secret.optional(),
  key: z.string().min(1, `the path of a private key, or \${NAME} with its path or text`).optional(),
  passphrase: secret.optional(),
  hostKey: oneOrMore(checkedText(hostKeyFault).transform((text) => text.replace(/=$/, ''))).optional(),
});

const FTP = z.strictObject({
  kind: z.literal('ftp'),
  ...SERVER,
  port: SERVER.port.optional(),
  secure: z.enum(['explicit', 'implicit', 'none']).default('explicit'),
  password: secret,
  certificate: oneOrMore(checkedText(certificateFault).transform(certificateDigits)).optional(),
  caFile: z.string().min(1, 'the path of a PEM file').optional(),
  insecure: z.boolean().default(false),
});

/**
 * A place where files go or come from, as a template names it. References to the environment and relative paths
 * stay as they are written: they are for the loader, so that no secret is in what is stored with a batch.
 */
export function readPlace(raw: unknown, path: Path, faults: Faults): Place | undefined {
  const kind = (raw as { kind?: unknown } | null | undefined)?.kind ?? 'folder';
  if (kind === 'sftp') return readSftp(raw, path, faults);
  if (kind === 'ftp') return readFtp(raw, path, faults);
  if (kind !== 'folder') {
    faults.add([...path, 'kind'], oneOf(kind, KINDS));
    return undefined;
  }
  const folder = faults.read(FOLDER, raw, path);
  return folder === undefined ? undefined : { kind: 'folder', path: folder.folder };
}

function readSftp(raw: unknown, path: Path, faults: Faults): SftpPlace | undefined {
  const read = faults.read(SFTP, raw, path);
  if (read === undefined) return undefined;
  const { host, port, user, password, key, passphrase, hostKey = [] } = read;
  if ((password === undefined) === (key === undefined)) {
    faults.add(path, 'needs either a password or a key, not both');
  }
  if (passphrase !== undefined && key === undefined) {
    faults.add([...path, 'passphrase'], 'belongs to a key, and there is none');
  }
  return {
    kind: 'sftp',
    ...{ host, port, user, hostKeys: hostKey, path: read.folder, deadlineMs: milliseconds(read.deadline) },
    password: password ?? null,
    key: key === undefined ? null : { text: null, file: key, passphrase: passphrase ?? null },
  };
}

function readFtp(raw: unknown, path: Path, faults: Faults): FtpPlace | undefined {
  const read = faults.read(FTP, raw, path);
  if (read === undefined) return undefined;
  const { host, user, secure, password, certificate = [], caFile, insecure } = read;
  if (secure === 'none') {
    if (!insecure && !isLoopbackHost(host)) {
      faults.add(
        [...path, 'secure'],
        `none sends login and files in the clear to ${host}; use explicit or implicit, or write insecure: true as well`,
      );
    }
    if (certificate.length > 0 || caFile !== undefined) {
      faults.add([...path, 'secure'], 'is none, so there is no certificate to be compared');
    }
  } else if (certificate.length > 0 && caFile !== undefined) {
    faults.add([...path, 'caFile'], 'is not used where a certificate is pinned; leave one of them out');
  }
  return {
    kind: 'ftp',
    ...{ host, user, secure, password, certificates: certificate, caFile: caFile ?? null },
    port: read.port ?? (secure === 'implicit' ? 990 : 21),
    path: read.folder,
    deadlineMs: milliseconds(read.deadline),
  };
}

function milliseconds(text: string): number {
  return Number.parseInt(text, 10) * (UNITS[text.slice(-1)] ?? SECOND);
}

function hostKeyFault(text: string): string | null {
  if (/^SHA256:[A-Za-z0-9+/]{43}=?$/.test(text)) return null;
  if (/^(MD5:)?([0-9a-f]{2}:){15}[0-9a-f]{2}$/i.test(text)) {
    return 'an MD5 fingerprint proves nothing any more; ask for the SHA-256 one (ssh-keygen -lf)';
  }
  return `"${text}" is no fingerprint such as SHA256:uNiVztksCsDhcc0u9e8BrqKNVZ8VaPI4wLJ1VzV5R2I, which ssh-keygen -lf prints`;
}

/** `AA:BB:...` as `openssl x509 -fingerprint -sha256` prints it, with or without colons. */
function certificateDigits(text: string): string {
  return text
    .replace(/^SHA-?256[: ]/i, '')
    .replaceAll(':', '')
    .toLowerCase();
}

function certificateFault(text: string): string | null {
  return /^[0-9a-f]{64}$/.test(certificateDigits(text))
    ? null
    : `"${text}" is no SHA-256 fingerprint: 64 hexadecimal digits, as openssl x509 -noout -fingerprint -sha256 prints them`;
}
