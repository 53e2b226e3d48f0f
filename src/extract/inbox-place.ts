import type { InboxEntry, InboxPlace } from '../core/inbox-place.js';
import type { RemoteFile, RemoteFolder } from '../files/remote-folder.js';

/**
 * The inbox that is this folder. What is no ordinary file is not there: a link could lead to any file that we may read,
 * and reading a pipe would never end.
 */
export function inboxPlace(folder: RemoteFolder): InboxPlace {
  return {
    description: folder.description,
    kind: folder.kind,
    check: () => folder.check(),
    async *list(): AsyncGenerator<InboxEntry> {
      for await (const file of folder.list()) if (file.ordinary) yield entryOf(file);
    },
    async stat(name) {
      const there = await folder.stat(name);
      return there?.ordinary === true ? entryOf(there) : null;
    },
    read: (name) => folder.read(name),
    rename: (from, to) => folder.rename(from, to),
    remove: (name) => folder.remove(name),
    sync: () => folder.sync(),
  };
}

function entryOf({ name, size, modifiedAt }: RemoteFile): InboxEntry {
  return { name, size, modifiedAt };
}
