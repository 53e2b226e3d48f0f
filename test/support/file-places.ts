import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/core/clock.js';
import type { Place } from '../../src/core/places.js';
import { openFolder } from '../../src/files/folders.js';
import type { RemoteFolder } from '../../src/files/remote-folder.js';
import { selfSigned } from './certificate.js';
import { TestFtpServer } from './ftp-server.js';
import type { ServerFault } from './server-faults.js';
import { TestSftpServer } from './sftp-server.js';

export const PLACES = ['folder', 'sftp', 'ftp', 'ftp without facts', 'ftps', 'ftps implicit'] as const;
export type PlaceName = (typeof PLACES)[number];

/** A place of files with the folder behind it, as the test sees it. */
export interface FilePlace {
  readonly folder: RemoteFolder;
  readonly place: Place;
  /** Where the files are on this machine. */
  readonly path: string;
  /** Another connection to the same place, closed with it. */
  another(): RemoteFolder;
  readonly server: TestSftpServer | TestFtpServer | null;
  close(): Promise<void>;
}

/** The fingerprint of a certificate comes with it, as a person would pin it. */
export async function openPlace(name: PlaceName): Promise<FilePlace> {
  const server = await serverOf(name);
  const root = server?.root ?? (await mkdtemp(join(tmpdir(), 'orderferry-place-')));
  const path = join(root, 'in');
  await mkdir(path, { recursive: true });
  const place: Place = server?.place() ?? { kind: 'folder', path };
  const open: RemoteFolder[] = [];
  const another = () => {
    const folder = openFolder(place, { clock: systemClock });
    open.push(folder);
    return folder;
  };
  return {
    folder: another(),
    place,
    path,
    another,
    server,
    async close() {
      for (const folder of open) await folder.close();
      await server?.close();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function serverOf(name: PlaceName): Promise<TestSftpServer | TestFtpServer | null> {
  if (name === 'folder') return null;
  if (name === 'sftp') return TestSftpServer.open();
  if (name === 'ftp') return TestFtpServer.open();
  if (name === 'ftp without facts') return TestFtpServer.open({ facts: false });
  return TestFtpServer.open({ tls: selfSigned('localhost'), implicit: name === 'ftps implicit' });
}

/** The operation of each protocol for an act of the interface. */
export const OPERATION = {
  sftp: { write: 'WRITE', rename: 'RENAME', list: 'READDIR', read: 'READ', remove: 'REMOVE' },
  ftp: { write: 'STOR-DATA', rename: 'RNTO', list: 'LIST', read: 'RETR', remove: 'DELE' },
} as const;

export function planAt(
  place: FilePlace,
  act: keyof (typeof OPERATION)['sftp'],
  how: ServerFault['how'],
  more: { readonly name?: string; readonly nth?: number } = {},
): void {
  const { server } = place;
  if (server === null) return;
  const kind = server instanceof TestSftpServer ? 'sftp' : 'ftp';
  const facts = server instanceof TestFtpServer && server.options.facts !== false;
  const op = act === 'list' && facts ? 'MLSD' : OPERATION[kind][act];
  server.plan({ op, how, ...more });
}
