import { resolve } from 'node:path';
import type { Place, SftpKey } from '../../core/places.js';
import { type Environment, resolveReferences } from './environment.js';
import { MIN_SECRET_LENGTH } from './values.js';

export interface ResolvedPlace {
  readonly place: Place;
  /** `delivery.password: the environment variable ...` */
  readonly faults: readonly string[];
}

/** The place with what the environment has, and with absolute paths; `section` names it in faults. */
export function resolvePlace(
  place: Place,
  section: string,
  environment: Environment,
  configDirectory: string,
): ResolvedPlace {
  const faults: string[] = [];
  const value = (key: string, text: string): string => {
    const found = resolveReferences(text, environment);
    if ('text' in found) return found.text;
    faults.push(`${section}.${key}: ${found.fault}`);
    return '';
  };
  const secret = (key: string, text: string): string => {
    const found = value(key, text);
    if (found !== '' && found.length < MIN_SECRET_LENGTH) {
      faults.push(
        `${section}.${key}: the value of ${text} has fewer than ${MIN_SECRET_LENGTH} characters; it could not be kept out of the logs`,
      );
    }
    return found;
  };
  const path = (key: string, text: string) => resolve(configDirectory, value(key, text));
  if (place.kind === 'folder') {
    return { place: { ...place, path: resolve(configDirectory, place.path) }, faults };
  }
  const server = { host: value('host', place.host), user: value('user', place.user) };
  if (place.kind === 'ftp') {
    const caFile = place.caFile === null ? null : path('caFile', place.caFile);
    return { place: { ...place, ...server, password: secret('password', place.password), caFile }, faults };
  }
  const keyOf = ({ file, passphrase }: SftpKey): SftpKey => {
    const found = value('key', file ?? '');
    const phrase = passphrase === null ? null : secret('passphrase', passphrase);
    // A variable may have the key itself, with line ends written as \n where it cannot have real ones.
    return /-----BEGIN |^PuTTY-/.test(found)
      ? { text: found.replaceAll('\\n', '\n'), file: null, passphrase: phrase }
      : { text: null, file: resolve(configDirectory, found), passphrase: phrase };
  };
  return {
    place: {
      ...place,
      ...server,
      password: place.password === null ? null : secret('password', place.password),
      key: place.key === null ? null : keyOf(place.key),
    },
    faults,
  };
}
