import type { Clock } from '../core/clock.js';
import type { Place } from '../core/places.js';
import { localFolder } from './folder/local-folder.js';
import { ftpFolder } from './ftp/ftp-folder.js';
import type { RemoteFolder } from './remote-folder.js';
import { sftpFolder } from './sftp/sftp-folder.js';

/** What folders on servers need of the process. */
export interface FolderOptions {
  readonly clock: Clock;
}

/** The folders of a run: each is opened once, and all of them are closed together. */
export interface Folders {
  /**
   * `owner`: whose folder it is, a 3PL; another one has a connection of its own, also to the same server. So has another
   * folder of the same owner: an FTP connection stands in its folder.
   */
  of(owner: string, place: Place): RemoteFolder;
  close(): Promise<void>;
}

export function openFolders(options: FolderOptions): Folders {
  const open = new Map<string, RemoteFolder>();
  return {
    of(owner, place) {
      const key = JSON.stringify([owner, place]);
      const folder = open.get(key) ?? openFolder(place, options);
      open.set(key, folder);
      return folder;
    },
    async close() {
      const all = [...open.values()];
      open.clear();
      for (const folder of all) await folder.close();
    },
  };
}

/** One folder, to be closed by who opened it. Nothing is connected yet. */
export function openFolder(place: Place, { clock }: FolderOptions): RemoteFolder {
  if (place.kind === 'folder') return localFolder(place.path);
  return place.kind === 'sftp' ? sftpFolder(place, clock) : ftpFolder(place, clock);
}
