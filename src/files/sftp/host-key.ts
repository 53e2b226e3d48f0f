import { createHash } from 'node:crypto';
import { ConfigurationError } from '../../core/errors.js';

/** `SHA256:` and 43 characters, as `ssh-keygen -lf` prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}

/** The kind of key, from its wire form: `ssh-ed25519`. */
function kindOf(key: Buffer): string {
  const length = key.length > 4 ? key.readUInt32BE(0) : 0;
  const kind = key.toString('latin1', 4, 4 + length);
  return /^[\x21-\x7e]{1,60}$/.test(kind) ? kind : 'unknown kind';
}

/** Why a server's key is not taken, with what it offered, so that a person can compare. Null: it is pinned. */
export function hostKeyFault(
  description: string,
  offered: Buffer,
  pinned: readonly string[],
): ConfigurationError | null {
  const found = fingerprintOf(offered);
  if (pinned.includes(found)) return null;
  const offer = `the server offers ${found} (${kindOf(offered)})`;
  if (pinned.length === 0) {
    return new ConfigurationError(
      `${description}: no host key is pinned; ${offer}. Compare it with what the 3PL tells you by another way, ` +
        'then write it as hostKey into the template. No login was tried',
    );
  }
  return new ConfigurationError(
    `${description}: ${offer}, pinned is ${pinned.join(' or ')}: another server answers there, or its key was changed. ` +
      'Ask the 3PL before you write the new one as hostKey into the template. No login was tried',
  );
}
