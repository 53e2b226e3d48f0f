import { createHash } from 'node:crypto';
import nodeFs, {
  type FileHandle,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  InvariantError,
  LeaseLostError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import { setFaultHook } from '../../src/core/fault-points.js';
import type { Delivery } from '../../src/core/targets.js';
import { FOLDER_MARK } from '../../src/core/targets.js';
import type { FileSystem } from '../../src/files/folder/file-system.js';
import { localFolder } from '../../src/files/folder/local-folder.js';
import { DELIVERY_FAULT_POINTS, fileDelivery } from '../../src/load/files/delivery.js';

let root: string;
let folder: string;
let local: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'orderferry-folder-'));
  folder = join(root, 'out');
  local = join(root, 'spool.csv');
  await mkdir(folder);
  await writeFile(local, 'order,item\n1,tea\n');
});

afterEach(async () => {
  setFaultHook(undefined);
  await rm(root, { recursive: true, force: true });
});

const folderDelivery = (path: string, fs?: FileSystem): Delivery => fileDelivery(localFolder(path, fs));

const facts = (content: string | Uint8Array) => ({
  sha256: createHash('sha256').update(content).digest('hex'),
  bytes: Buffer.byteLength(content),
});

/** What is in the folder beside its mark, sorted. */
const seen = async () => (await readdir(folder)).filter((name) => name !== FOLDER_MARK).sort();

const systemError = (code: string) => Object.assign(new Error(`${code}: from the test`), { code });

/** The real functions with a word before each: `watch` sees every act and may throw instead of it. */
function watched(watch: (act: string) => void | Promise<void>): FileSystem {
  const named = (path: unknown) => (path === folder ? 'folder' : basename(String(path)));
  const wrapFile = (file: FileHandle, name: string): FileHandle =>
    new Proxy(file, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]) => {
          if (key === 'write' || key === 'sync') await watch(`${key} ${name}`);
          return Reflect.apply(member, target, parameters);
        };
      },
    });
  return {
    open: async (...parameters) => {
      const name = named(parameters[0]);
      if (parameters[1] !== 'r') await watch(`open ${name}`);
      return wrapFile(await nodeFs.open(...parameters), name);
    },
    lstat: (async (path: string) => {
      await watch(`lstat ${named(path)}`);
      return nodeFs.lstat(path);
    }) as FileSystem['lstat'],
    stat: nodeFs.stat,
    readdir: nodeFs.readdir,
    rename: async (from, to) => {
      await watch(`rename ${named(from)} ${named(to)}`);
      return nodeFs.rename(from, to);
    },
    rm: async (path, options) => {
      await watch(`rm ${named(path)}`);
      return nodeFs.rm(path, options);
    },
  };
}

/** Fails the n-th act (from 1) whose description begins so. */
function failing(act: string, nth: number, code: string): FileSystem {
  let seen = 0;
  return watched((one) => {
    if (one.startsWith(act) && ++seen === nth) throw systemError(code);
  });
}

describe('upload and publish', () => {
  it('deliver the bytes under the name, and leave no .part', async () => {
    const delivery = folderDelivery(folder);
    await delivery.upload(local, 'a.csv', 1);
    expect(await seen()).toEqual(['a.csv.1.part']);
    await delivery.publish('a.csv', 1);
    expect(await seen()).toEqual(['a.csv']);
    expect(await readFile(join(folder, 'a.csv'))).toEqual(await readFile(local));
    expect(delivery.description).toBe(`folder ${folder}`);
  });

  it('sync the file before its folder, and both before it gets its name', async () => {
    const acts: string[] = [];
    const delivery = folderDelivery(
      folder,
      watched((act) => void acts.push(act)),
    );
    await delivery.upload(local, 'a.csv', 1);
    acts.push('uploaded');
    await delivery.publish('a.csv', 1);
    expect(acts).toEqual([
      'rm .orderferry.part',
      'open .orderferry.part',
      'write .orderferry.part',
      'sync .orderferry.part',
      'rm a.csv.1.part',
      'open a.csv.1.part',
      'write a.csv.1.part',
      'sync a.csv.1.part',
      'sync folder',
      'uploaded',
      'lstat a.csv',
      'rename a.csv.1.part a.csv',
      'sync folder',
    ]);
  });

  it('pass every fault point once, in order', async () => {
    const points: string[] = [];
    setFaultHook((point) => void points.push(point));
    const delivery = folderDelivery(folder);
    await delivery.upload(local, 'a.csv', 1);
    await delivery.publish('a.csv', 1);
    expect(points).toEqual([...DELIVERY_FAULT_POINTS]);
  });

  it('carry files of many pieces, also when the disk takes a write in parts', async () => {
    const content = Buffer.alloc(1_000_003, 'abcdefg');
    await writeFile(local, content);
    const short = watched(() => undefined);
    const delivery = folderDelivery(folder, {
      ...short,
      open: async (...parameters) => {
        const file = await nodeFs.open(...parameters);
        const write = file.write.bind(file) as FileHandle['write'];
        return Object.assign(file, {
          write: (piece: Uint8Array, offset: number, length: number) =>
            write(piece, offset, Math.min(length, 100_000), null),
        });
      },
    });
    await delivery.upload(local, 'a.csv', 1);
    expect((await delivery.inspect('a.csv', 1)).part).toEqual(facts(content));
  });

  it('replace a .part that an earlier try left', async () => {
    await writeFile(join(folder, 'a.csv.1.part'), 'half of an earlier and much longer file than the new one');
    const delivery = folderDelivery(folder);
    await delivery.upload(local, 'a.csv', 1);
    expect(await readFile(join(folder, 'a.csv.1.part'))).toEqual(await readFile(local));
  });

  it('do not follow a link out of the folder', async () => {
    const outside = join(root, 'outside');
    await writeFile(outside, 'untouched');
    await symlink(outside, join(folder, 'a.csv.1.part'));
    await folderDelivery(folder).upload(local, 'a.csv', 1);
    expect(await readFile(outside, 'utf8')).toBe('untouched');
  });
});

describe('publish', () => {
  it('refuses to overwrite, and leaves both files alone', async () => {
    const delivery = folderDelivery(folder);
    await writeFile(join(folder, 'a.csv'), 'somebody else');
    await delivery.upload(local, 'a.csv', 1);
    const refused = delivery.publish('a.csv', 1);
    await expect(refused).rejects.toBeInstanceOf(TerminalError);
    await expect(refused).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(join(folder, 'a.csv'), 'utf8')).toBe('somebody else');
    expect(await seen()).toEqual(['a.csv', 'a.csv.1.part']);
  });

  it('is content when the 3PL collects the file the instant it appears', async () => {
    const delivery = folderDelivery(folder, {
      ...watched(() => undefined),
      rename: async (from, to) => {
        await nodeFs.rename(from, to);
        await nodeFs.rename(to, join(root, 'collected'));
      },
    });
    await delivery.upload(local, 'a.csv', 1);
    await delivery.publish('a.csv', 1);
    expect(await readFile(join(root, 'collected'))).toEqual(await readFile(local));
    expect(await delivery.inspect('a.csv', 1)).toMatchObject({ part: null, target: null });
    expect(await seen()).toEqual([]);
  });

  it('says that the outcome is unknown when the .part has gone (a repeated rename hears ENOENT)', async () => {
    await expect(folderDelivery(folder).publish('a.csv', 1)).rejects.toBeInstanceOf(UnknownOutcomeError);
  });

  it.each([
    ['rename', 1, 'EIO', UnknownOutcomeError],
    ['rename', 1, 'ESTALE', UnknownOutcomeError],
    ['rename', 1, 'EDQUOT', TransientError],
    ['rename', 1, 'EACCES', ConfigurationError],
    ['sync folder', 2, 'EIO', UnknownOutcomeError],
    ['lstat', 1, 'EIO', TransientError],
  ])('%s %i failing with %s', async (act, nth, code, kind) => {
    const delivery = folderDelivery(folder, failing(act, nth, code));
    await delivery.upload(local, 'a.csv', 1);
    await expect(delivery.publish('a.csv', 1)).rejects.toBeInstanceOf(kind);
  });
});

describe('upload', () => {
  it.each([
    ['write a.csv', 3, 'ENOSPC', TransientError],
    ['write a.csv', 1, 'EDQUOT', TransientError],
    ['sync a.csv.1.part', 1, 'EIO', TransientError],
    ['sync folder', 1, 'EIO', TransientError],
    ['open a.csv', 1, 'EACCES', ConfigurationError],
    ['open a.csv', 1, 'EROFS', ConfigurationError],
    ['open .orderferry.part', 1, 'EACCES', ConfigurationError],
    ['write .orderferry.part', 1, 'ENOSPC', TransientError],
    ['sync .orderferry.part', 1, 'EIO', TransientError],
  ])('removes the .part when %s %i fails with %s', async (act, nth, code, kind) => {
    await writeFile(local, Buffer.alloc(1_000_000));
    const delivery = folderDelivery(folder, failing(act, nth, code));
    const failed = delivery.upload(local, 'a.csv', 1);
    await expect(failed).rejects.toBeInstanceOf(kind);
    await expect(failed).rejects.toThrow(folder);
    expect(await seen()).toEqual([]);
    await delivery.upload(local, 'a.csv', 1);
    expect((await delivery.inspect('a.csv', 1)).part).toEqual(facts(Buffer.alloc(1_000_000)));
  });

  it('tells the first cause when the .part cannot be removed either', async () => {
    const delivery = folderDelivery(
      folder,
      watched((act) => {
        if (act.startsWith('sync')) throw systemError('ENOSPC');
        if (act.startsWith('rm')) removals += 1;
        if (removals === 2) throw systemError('EIO');
      }),
    );
    let removals = 0;
    const failed = delivery.upload(local, 'a.csv', 1);
    await expect(failed).rejects.toMatchObject({ code: 'ENOSPC' });
    await expect(failed).rejects.toThrow('what was written stays');
  });

  it('asks between the pieces of a file whether it may go on, and leaves nothing when not', async () => {
    await writeFile(local, Buffer.alloc(1_000_000));
    let asked = 0;
    const delivery = folderDelivery(folder);
    await delivery.upload(local, 'a.csv', 1, async () => void asked++);
    expect(asked).toBe(3); // four pieces of 256 KiB
    const lost = async () => {
      throw new LeaseLostError('taken by another');
    };
    await expect(delivery.upload(local, 'b.csv', 1, lost)).rejects.toBeInstanceOf(LeaseLostError);
    expect(await seen()).toEqual(['a.csv.1.part']);
  });

  it('says that the file to deliver is missing', async () => {
    await expect(folderDelivery(folder).upload(join(root, 'gone'), 'a.csv', 1)).rejects.toBeInstanceOf(
      InvariantError,
    );
  });
});

describe('inspect and discard', () => {
  it('tell what is there, and remove the .part alone', async () => {
    const delivery = folderDelivery(folder);
    expect(await delivery.inspect('a.csv', 1)).toMatchObject({ part: null, target: null });
    await writeFile(join(folder, 'a.csv'), 'old');
    await delivery.upload(local, 'a.csv', 1);
    expect(await delivery.inspect('a.csv', 1)).toMatchObject({
      part: facts(await readFile(local)),
      target: facts('old'),
    });
    await delivery.discard('a.csv', 1);
    await delivery.discard('a.csv', 1);
    expect(await delivery.inspect('a.csv', 1)).toMatchObject({ part: null, target: facts('old') });
  });

  it('keep the .part of each sender apart; a later one removes those of earlier ones, never the other way', async () => {
    const delivery = folderDelivery(folder);
    await delivery.upload(local, 'a.csv', 3);
    await writeFile(local, 'of the one that woke up');
    await delivery.upload(local, 'a.csv', 2);
    await delivery.discard('a.csv', 2);
    expect(await seen()).toEqual(['a.csv.3.part']);
    await delivery.upload(local, 'a.csv', 2);
    await writeFile(join(folder, 'a.csv.manifest.json.2.part'), 'of another name');
    await delivery.discard('a.csv', 3);
    expect(await seen()).toEqual(['a.csv.manifest.json.2.part']);
  });

  it('report a folder where a file should be', async () => {
    await mkdir(join(folder, 'a.csv'));
    await expect(folderDelivery(folder).inspect('a.csv', 1)).rejects.toThrow('move it away');
  });
});

describe('the mark of the folder', () => {
  it('is made by the first upload, told by it and by every look, and kept', async () => {
    const delivery = folderDelivery(folder);
    expect((await delivery.inspect('a.csv', 1)).place).toBeNull();
    const place = await delivery.upload(local, 'a.csv', 1);
    expect(await delivery.upload(local, 'b.csv', 2)).toBe(place);
    expect((await folderDelivery(folder).inspect('c.csv', 3)).place).toBe(place);
    expect((await readFile(join(folder, FOLDER_MARK), 'utf8')).trim()).toBe(place);
  });

  it('is another one in another folder, and after somebody removed it', async () => {
    const delivery = folderDelivery(folder);
    const place = await delivery.upload(local, 'a.csv', 1);
    await rm(join(folder, FOLDER_MARK));
    expect((await delivery.inspect('a.csv', 1)).place).toBeNull();
    expect(await delivery.upload(local, 'b.csv', 1)).not.toBe(place);
    const other = join(root, 'other');
    await mkdir(other);
    expect(await folderDelivery(other).upload(local, 'a.csv', 1)).not.toBe(place);
  });

  it('is made anew where a power cut left it empty', async () => {
    await writeFile(join(folder, FOLDER_MARK), '');
    const delivery = folderDelivery(folder);
    expect((await delivery.inspect('a.csv', 1)).place).toBeNull();
    const place = await delivery.upload(local, 'a.csv', 1);
    expect((await delivery.inspect('a.csv', 1)).place).toBe(place);
  });

  it('counts as missing when the share goes or comes during a look', async () => {
    await folderDelivery(folder).upload(local, 'a.csv', 1);
    let opened = 0;
    const goes: FileSystem = {
      ...watched(() => undefined),
      async open(...parameters) {
        if (++opened === 2) await rm(join(folder, FOLDER_MARK));
        return nodeFs.open(...parameters);
      },
    };
    expect((await folderDelivery(folder, goes).inspect('a.csv', 1)).place).toBeNull();
  });
});

describe('the folder', () => {
  it('is not made when it is missing: the error says what to do', async () => {
    const delivery = folderDelivery(join(root, 'missing'));
    for (const act of [
      () => delivery.upload(local, 'a.csv', 1),
      () => delivery.inspect('a.csv', 1),
      () => delivery.discard('a.csv', 1),
    ]) {
      await expect(act()).rejects.toBeInstanceOf(ConfigurationError);
      await expect(act()).rejects.toThrow(/does not exist; make it/);
    }
  });

  it('is refused when it is a file', async () => {
    await expect(folderDelivery(local).inspect('a.csv', 1)).rejects.toThrow('is a file, no folder');
  });

  it.each(['', '../a.csv', 'a/b.csv', '.hidden', 'a.csv.part', 'a\0b'])(
    'refuses the name %j',
    async (name) => {
      await expect(folderDelivery(folder).upload(local, name, 1)).rejects.toBeInstanceOf(ConfigurationError);
    },
  );
});
