import type { Config, SqlServerConfig } from '../core/config.js';

/** For the log: what the configuration gives up of the safety of a connection to SQL Server. */
export function trustNotes({ database, syncDatabase }: Pick<Config, 'database' | 'syncDatabase'>): string[] {
  const state = database.engine === 'sqlserver' ? notesOf('database', database) : [];
  const sync = syncDatabase === null ? [] : notesOf('syncDatabase', syncDatabase);
  return [...state, ...sync];
}

function notesOf(section: string, config: SqlServerConfig): string[] {
  const { host, port, encrypt, trustServerCertificate } = config;
  const server = `SQL Server ${host}:${port}`;
  if (!encrypt) return [`${server}: the connection is not encrypted (${section}.sqlserver.encrypt)`];
  if (!trustServerCertificate) return [];
  return [`${server}: its certificate is not verified (${section}.sqlserver.trustServerCertificate)`];
}
