import nodeFs, { type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import type { FileSystem } from '../../src/files/folder/file-system.js';

/** `write ATL_1.csv.part`, `sync ATL_1.csv.part`, `sync folder`, `rename ATL_1.csv` ... */
export type FileAct = string;

/**
 * The real file system of a delivery; `before` sees every act and may throw instead of it, `after` sees it
 * done, with the path it was done to.
 */
export function watchedFileSystem(
  folder: string,
  watch: {
    before?: (act: FileAct) => void | Promise<void>;
    after?: (act: FileAct, path: string) => void | Promise<void>;
  },
): FileSystem {
  const nameOf = (path: string) => (path === folder ? 'folder' : basename(path));
  async function act<T>(name: string, path: string, work: () => Promise<T>): Promise<T> {
    await watch.before?.(`${name} ${nameOf(path)}`);
    const done = await work();
    await watch.after?.(`${name} ${nameOf(path)}`, path);
    return done;
  }
  const wrapFile = (file: FileHandle, path: string): FileHandle =>
    new Proxy(file, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        const call = async (...parameters: unknown[]) => Reflect.apply(member, target, parameters);
        return key === 'write' || key === 'sync'
          ? (...parameters: unknown[]) => act(key, path, () => call(...parameters))
          : call;
      },
    });
  return {
    open: async (path, ...rest) => wrapFile(await nodeFs.open(path, ...rest), String(path)),
    lstat: nodeFs.lstat,
    stat: nodeFs.stat,
    readdir: nodeFs.readdir,
    rename: (from, to) => act('rename', String(to), () => nodeFs.rename(from, to)),
    rm: nodeFs.rm,
  };
}
