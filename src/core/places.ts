/** Where files are left for a 3PL, or taken from it. `path` is the folder there; durations are in milliseconds. */
export type Place = FolderPlace | SftpPlace | FtpPlace;

/** A folder of this machine, or one that is mounted here. */
export interface FolderPlace {
  readonly kind: 'folder';
  /** Absolute. */
  readonly path: string;
}

interface Server {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** As the server knows it: `/in`, or relative to where a login starts. */
  readonly path: string;
  /** Longest wait for the connection, for one answer, and for a transfer to go on. */
  readonly deadlineMs: number;
}

export interface SftpPlace extends Server {
  readonly kind: 'sftp';
  /** Null: a key is used. */
  readonly password: string | null;
  /** Null: a password is used. */
  readonly key: SftpKey | null;
  /** What the server's key must be, `SHA256:...` as `ssh-keygen -lf` prints it; several while a key is changed. */
  readonly hostKeys: readonly string[];
}

/** A private key: its text, or the absolute path of its file. */
export interface SftpKey {
  readonly text: string | null;
  readonly file: string | null;
  readonly passphrase: string | null;
}

export interface FtpPlace extends Server {
  readonly kind: 'ftp';
  /** TLS by AUTH TLS, from the first byte, or none at all. */
  readonly secure: 'explicit' | 'implicit' | 'none';
  readonly password: string;
  /**
   * SHA-256 of what the server's certificate must be, 64 hexadecimal digits, lower case; several while it is
   * changed. Empty: it is verified by `caFile`, else by the authorities that Node trusts.
   */
  readonly certificates: readonly string[];
  /** Absolute path of a PEM file. */
  readonly caFile: string | null;
}

/** For messages and events, without secrets: `folder /srv/out/atlas`, `sftp ferry@sftp.atlas.example:22/in`. */
export function describePlace(place: Place): string {
  if (place.kind === 'folder') return `folder ${place.path}`;
  const scheme = place.kind === 'ftp' && place.secure !== 'none' ? 'ftps' : place.kind;
  const path = place.path.startsWith('/') ? place.path : `/~/${place.path}`;
  return `${scheme} ${place.user}@${place.host}:${place.port}${path}`;
}

/** Whether the host is this machine: then nothing leaves it in the open. */
export function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
