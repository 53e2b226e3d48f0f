/** What every kind of folder must do alike: the local one, and real servers on loopback. */
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import type { RemoteFile, RemoteFolder } from '../../src/files/remote-folder.js';
import { type FilePlace, openPlace, PLACES, planAt } from '../support/file-places.js';

async function* bytesOf(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

async function textOf(folder: RemoteFolder, name: string): Promise<string | null> {
  const source = await folder.read(name);
  if (source === null) return null;
  const pieces: Uint8Array[] = [];
  for await (const piece of source) pieces.push(piece);
  return Buffer.concat(pieces).toString('latin1');
}

async function listed(folder: RemoteFolder, below?: string): Promise<RemoteFile[]> {
  const files: RemoteFile[] = [];
  for await (const file of folder.list(below)) files.push(file);
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

const namesOf = async (folder: RemoteFolder) => (await listed(folder)).map(({ name }) => name);

let place: FilePlace;
let folder: RemoteFolder;

describe.each(PLACES)('%s', (kind) => {
  beforeEach(async () => {
    place = await openPlace(kind);
    folder = place.folder;
  });
  afterEach(async () => place.close());

  it('tells where it is, without a secret', () => {
    expect(folder.description).toContain(kind === 'folder' ? place.path : '127.0.0.1');
    expect(folder.description).not.toContain('not-a-secret');
  });

  it('writes, looks, reads, renames and removes', async () => {
    await folder.check();
    await folder.write('a.csv', bytesOf('one,', 'two\n'));
    expect(await readFile(join(place.path, 'a.csv'), 'utf8')).toBe('one,two\n');
    expect(await folder.stat('a.csv')).toMatchObject({ name: 'a.csv', size: 8 });
    expect(await textOf(folder, 'a.csv')).toBe('one,two\n');
    await folder.rename('a.csv', 'b.csv');
    await folder.sync();
    expect(await namesOf(folder)).toEqual(['b.csv']);
    expect(await folder.remove('b.csv')).toBe(true);
    expect(await folder.remove('b.csv')).toBe(false);
    expect(await readdir(place.path)).toEqual([]);
  });

  it('says that there is nothing', async () => {
    expect(await folder.stat('gone.csv')).toBeNull();
    expect(await folder.read('gone.csv')).toBeNull();
    expect(await namesOf(folder)).toEqual([]);
  });

  it('tells when a file was changed, where the protocol does', async () => {
    await folder.write('a.csv', bytesOf('x'));
    const [file] = await listed(folder);
    if (kind === 'ftp without facts') expect(file?.modifiedAt ?? null).toBeNull();
    else expect(Math.abs((file?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000);
    expect((await folder.stat('a.csv'))?.modifiedAt ?? null).toBe(file?.modifiedAt ?? null);
  });

  it('carries empty files and big ones byte for byte', async () => {
    await folder.write('empty', bytesOf());
    expect(await textOf(folder, 'empty')).toBe('');
    const big = Buffer.alloc(3_000_017, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
    await folder.write('big', bytesOf(big.subarray(0, 1), big.subarray(1, 700_000), big.subarray(700_000)));
    expect((await readFile(join(place.path, 'big'))).equals(big)).toBe(true);
    expect((await textOf(folder, 'big')) === big.toString('latin1')).toBe(true);
    expect((await folder.stat('big'))?.size).toBe(big.length);
  });

  it('copes with a source that uses one buffer for all of its pieces', async () => {
    async function* reused(): AsyncGenerator<Uint8Array> {
      const buffer = Buffer.alloc(100_000);
      for (const letter of 'abcdef') yield buffer.fill(letter);
    }
    await folder.write('a', reused());
    const text = await readFile(join(place.path, 'a'), 'utf8');
    expect(text).toBe([...'abcdef'].map((letter) => letter.repeat(100_000)).join(''));
  });

  it('refuses to write over a file, unless it is told to', async () => {
    await writeFile(join(place.path, 'a.csv'), 'somebody else, and longer');
    const refused = folder.write('a.csv', bytesOf('new'));
    await expect(refused).rejects.toBeInstanceOf(TerminalError);
    await expect(refused).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(join(place.path, 'a.csv'), 'utf8')).toBe('somebody else, and longer');
    await folder.write('a.csv', bytesOf('new'), { overwrite: true });
    expect(await readFile(join(place.path, 'a.csv'), 'utf8')).toBe('new');
  });

  it('replaces a link, instead of writing where it leads', async () => {
    await writeFile(join(place.path, '..', 'outside'), 'untouched');
    await symlink(join(place.path, '..', 'outside'), join(place.path, 'a.part'));
    await folder.write('a.part', bytesOf('new'), { overwrite: true });
    expect(await readFile(join(place.path, '..', 'outside'), 'utf8')).toBe('untouched');
    expect(await readFile(join(place.path, 'a.part'), 'utf8')).toBe('new');
  });

  it('says when all is written', async () => {
    const acts: string[] = [];
    await folder.write('a', bytesOf('all of it'), {
      written: async () => void acts.push(await readFile(join(place.path, 'a'), 'utf8')),
    });
    expect(acts).toEqual(['all of it']);
  });

  it('lets an error of the source or its caller through', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      throw new RangeError('of the source');
    }
    await expect(folder.write('a', broken(), { overwrite: true })).rejects.toThrow('of the source');
    const stop = async () => {
      throw new RangeError('of the caller');
    };
    await expect(folder.write('b', bytesOf('b'), { written: stop })).rejects.toThrow('of the caller');
    await folder.write('a', bytesOf('again'), { overwrite: true });
    expect(await textOf(folder, 'a')).toBe('again');
  });

  it('refuses to rename over a file, and leaves both alone', async () => {
    await folder.write('a.part', bytesOf('mine'));
    await writeFile(join(place.path, 'a'), 'not mine');
    const refused = folder.rename('a.part', 'a');
    await expect(refused).rejects.toBeInstanceOf(TerminalError);
    await expect(refused).rejects.toMatchObject({ code: 'FILE_EXISTS' });
    expect(await readFile(join(place.path, 'a'), 'utf8')).toBe('not mine');
    expect(await readFile(join(place.path, 'a.part'), 'utf8')).toBe('mine');
  });

  it('says that the outcome of a rename is unknown when the file has gone', async () => {
    await expect(folder.rename('gone.part', 'gone')).rejects.toBeInstanceOf(UnknownOutcomeError);
  });

  it('works in a folder below', async () => {
    await mkdir(join(place.path, 'archive'));
    await folder.write('a.csv', bytesOf('x'));
    await folder.rename('a.csv', 'archive/a.csv');
    expect(await folder.stat('archive/a.csv')).toMatchObject({ size: 1 });
    expect((await listed(folder, 'archive')).map(({ name }) => name)).toEqual(['a.csv']);
    expect(await textOf(folder, 'archive/a.csv')).toBe('x');
    expect(await namesOf(folder)).toEqual([]);
    await expect(folder.stat('archive')).rejects.toThrow('move it away');
    await expect(listed(folder, 'missing')).rejects.toBeInstanceOf(ConfigurationError);
  });

  it.each(['', '.', '..', '../a', '/etc/passwd', 'a/b/c', 'a\\b', 'a\0', 'a\r\nDELE b', 'a//b'])(
    'refuses the name %j',
    async (name) => {
      for (const act of [
        () => folder.stat(name),
        () => folder.read(name),
        () => folder.write(name, bytesOf('x'), { overwrite: true }),
        () => folder.rename(name, 'a'),
        () => folder.rename('a', name),
        () => folder.remove(name),
      ]) {
        await expect(act()).rejects.toBeInstanceOf(ConfigurationError);
      }
    },
  );

  it('carries names with spaces, signs and letters of any language', async () => {
    for (const name of ['a b (1).csv', "it's & co.csv", 'Größe-ño.csv', ' leading.csv']) {
      await folder.write(`${name}.part`, bytesOf(name));
      await folder.rename(`${name}.part`, name);
      expect(await readFile(join(place.path, name), 'utf8')).toBe(name);
      expect(await folder.remove(name)).toBe(true);
    }
  });

  it('lists thousands of files', { timeout: 30_000 }, async () => {
    const names = Array.from({ length: 3_000 }, (_, i) => `ATL_${String(i).padStart(6, '0')}.csv`);
    await Promise.all(names.map((name) => writeFile(join(place.path, name), '')));
    await mkdir(join(place.path, 'folder'));
    expect(await namesOf(folder)).toEqual(names);
    // Left early, it still serves.
    for await (const file of folder.list()) {
      expect(file.size).toBe(0);
      break;
    }
    expect(await folder.stat('ATL_002999.csv')).toMatchObject({ size: 0 });
  });

  it('serves on after a file was left half read', async () => {
    await writeFile(join(place.path, 'big'), Buffer.alloc(2_000_000, 'x'));
    for await (const piece of (await folder.read('big')) ?? []) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    expect(await folder.stat('big')).toMatchObject({ size: 2_000_000 });
  });

  it('may be closed twice, and used again', async () => {
    await folder.write('a', bytesOf('x'));
    await folder.close();
    await folder.close();
    expect(await textOf(folder, 'a')).toBe('x');
  });

  if (kind === 'folder') return;

  it('makes one connection, at the first act, for all of them', async () => {
    expect(place.server?.logins).toBe(0);
    for (const name of ['a', 'b', 'c']) await folder.write(name, bytesOf(name));
    expect(await namesOf(folder)).toEqual(['a', 'b', 'c']);
    expect(place.server?.logins).toBe(1);
    await folder.close();
    await expect.poll(() => place.server?.open).toBe(0);
  });

  it('makes another after the server ended it', async () => {
    await folder.write('a', bytesOf('x'));
    place.server?.cutAll();
    await expect.poll(() => place.server?.open).toBe(0);
    await expect.poll(() => textOf(folder, 'a')).toBe('x');
    expect(place.server?.logins).toBe(2);
  });

  it('reports a cut in the middle of a write as passing, and goes on with a new connection', async () => {
    planAt(place, 'write', 'cut-before', { name: 'a' });
    const failed = folder.write('a', bytesOf(Buffer.alloc(500_000), Buffer.alloc(500_000)));
    await expect(failed).rejects.toBeInstanceOf(TransientError);
    await folder.write('a', bytesOf('whole'), { overwrite: true });
    expect(await textOf(folder, 'a')).toBe('whole');
  });

  it.each(['cut-before', 'cut-after'] as const)('reports a rename that is %s as unknown', async (how) => {
    await folder.write('a.part', bytesOf('x'));
    planAt(place, 'rename', how);
    await expect(folder.rename('a.part', 'a')).rejects.toBeInstanceOf(UnknownOutcomeError);
    expect(await namesOf(folder)).toEqual([how === 'cut-after' ? 'a' : 'a.part']);
  });

  it.each(['list', 'read', 'remove'] as const)('reports a cut in %s as passing', async (act) => {
    await folder.write('a', bytesOf('x'));
    planAt(place, act, 'cut-before');
    const work = {
      list: () => namesOf(folder),
      read: () => textOf(folder, 'a'),
      remove: () => folder.remove('a'),
    };
    await expect(work[act]()).rejects.toBeInstanceOf(TransientError);
    expect(await work[act]()).toEqual({ list: ['a'], read: 'x', remove: true }[act]);
  });

  it('takes a refusal as a matter of permission, and a failure as passing', async () => {
    await folder.write('a.part', bytesOf('x'));
    planAt(place, 'rename', 'refuse');
    await expect(folder.rename('a.part', 'a')).rejects.toBeInstanceOf(ConfigurationError);
    planAt(place, 'rename', 'fail');
    await expect(folder.rename('a.part', 'a')).rejects.toBeInstanceOf(TransientError);
    planAt(place, 'remove', 'refuse');
    await expect(folder.remove('a.part')).rejects.toBeInstanceOf(ConfigurationError);
    await folder.rename('a.part', 'a');
    expect(place.server?.logins).toBe(1);
  });
});
