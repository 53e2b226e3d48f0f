import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../core/errors.js';
import type { EngineContext } from '../context.js';
import type { Look } from './look-around.js';

/**
 * When files that are not whole yet were first seen as they are, from run to run. Kept in the state directory and not in
 * the database: without it a file waits for one look more, and that is all.
 */
export async function readLooks(context: EngineContext, threePl: string): Promise<ReadonlyMap<string, Look>> {
  try {
    const looks: unknown = JSON.parse(await readFile(pathOf(context, threePl), 'utf8'));
    return new Map(Object.entries(looks as Record<string, Look>));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return new Map();
    throw error;
  }
}

export async function writeLooks(
  context: EngineContext,
  threePl: string,
  before: ReadonlyMap<string, Look>,
  looks: ReadonlyMap<string, Look>,
): Promise<void> {
  if (before.size === 0 && looks.size === 0) return;
  const path = pathOf(context, threePl);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(looks)));
  await rename(`${path}.new`, path);
}

function pathOf({ config }: EngineContext, threePl: string): string {
  return join(config.stateDirectory, 'inbox', threePl, 'looks.json');
}
