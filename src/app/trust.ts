import { isDeepStrictEqual } from 'node:util';
import type { Config, SqlServerConfig } from '../core/config.js';
import { NOTICES, type ThreePl } from '../core/hand-over.js';
import { describePlace, isLoopbackHost, type Place } from '../core/places.js';

/** For the log: what the configuration gives up of the safety of a connection to SQL Server or a 3PL. */
export function trustNotes({
  database,
  syncDatabase,
  threePls,
}: Pick<Config, 'database' | 'syncDatabase' | 'threePls'>): string[] {
  const state = database.engine === 'sqlserver' ? notesOf('database', database) : [];
  const sync = syncDatabase === null ? [] : notesOf('syncDatabase', syncDatabase);
  return [...state, ...sync, ...threePls.flatMap(notesOfThreePl)];
}

function notesOfThreePl({ name, delivery, confirmations, notices }: ThreePl): string[] {
  const inbox = confirmations === null ? [] : notesOfPlace(name, confirmations.inbox, 'confirmations.inbox');
  const own = NOTICES.flatMap((kind) => {
    const place = notices[kind]?.delivery;
    if (place === undefined || isDeepStrictEqual(place, delivery)) return [];
    return notesOfPlace(name, place, `${kind}.delivery`);
  });
  return [...notesOfPlace(name, delivery, 'delivery'), ...own, ...inbox];
}

function notesOfPlace(name: string, place: Place, section: string): string[] {
  if (place.kind !== 'ftp' || place.secure !== 'none' || isLoopbackHost(place.host)) return [];
  return [
    `3PL ${name}, ${describePlace(place)}: login and files go in the clear (${section}.secure, ${section}.insecure)`,
  ];
}

function notesOf(section: string, config: SqlServerConfig): string[] {
  const { host, port, encrypt, trustServerCertificate } = config;
  const server = `SQL Server ${host}:${port}`;
  if (!encrypt) return [`${server}: the connection is not encrypted (${section}.sqlserver.encrypt)`];
  if (!trustServerCertificate) return [];
  return [`${server}: its certificate is not verified (${section}.sqlserver.trustServerCertificate)`];
}
