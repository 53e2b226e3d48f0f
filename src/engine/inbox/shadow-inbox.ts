import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../core/errors.js';
import type { InboxEntry, InboxPlace } from '../../core/inbox-place.js';
import type { EngineContext } from '../context.js';
import { dryInbox } from './dry-inbox.js';

/** How a file was when it was read: the same size and time again are the same file. */
type Read = Pick<InboxEntry, 'size' | 'modifiedAt'>;

/**
 * The inbox as an earlier script has it, too: nothing in it is renamed or removed. What was read once is not listed again
 * while it lies there unchanged; what is known of that stands in the state directory, and is no more than a saving: a file
 * that is read twice is known by its content.
 */
export async function shadowInbox(
  context: EngineContext,
  threePl: string,
  real: InboxPlace,
): Promise<InboxPlace> {
  const read = await knownFiles(pathOf(context.earlierState ?? context.config.stateDirectory, threePl));
  /** As they were listed, or first looked at. */
  const seen = new Map<string, InboxEntry>();
  const dry = dryInbox(real);
  return {
    ...dry,
    async *list() {
      const there = new Set<string>();
      for await (const entry of real.list()) {
        there.add(entry.name);
        if (isSame(read.get(entry.name), entry)) continue;
        seen.set(entry.name, entry);
        yield entry;
      }
      for (const name of read.keys()) if (!there.has(name)) read.delete(name);
    },
    async stat(name) {
      const at = dry.realName(name);
      const there = await dry.stat(name);
      if (there !== null && at !== null && !seen.has(at)) seen.set(at, { ...there, name: at });
      return there;
    },
    async remove(name) {
      const at = dry.realName(name);
      const entry = at === null ? undefined : seen.get(at);
      if (entry !== undefined && at !== name) read.set(entry.name, entry);
      return dry.remove(name);
    },
    sync: () => keep(pathOf(context.config.stateDirectory, threePl), read),
  };
}

function isSame(before: Read | undefined, { size, modifiedAt }: InboxEntry): boolean {
  return before !== undefined && before.size === size && before.modifiedAt === modifiedAt;
}

async function knownFiles(path: string): Promise<Map<string, Read>> {
  try {
    const known: unknown = JSON.parse(await readFile(path, 'utf8'));
    return new Map(Object.entries(known as Record<string, Read>));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError) return new Map();
    throw error;
  }
}

async function keep(path: string, read: ReadonlyMap<string, Read>): Promise<void> {
  const known = [...read].map(([name, { size, modifiedAt }]) => [name, { size, modifiedAt }]);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, JSON.stringify(Object.fromEntries(known)));
  await rename(`${path}.new`, path);
}

function pathOf(stateDirectory: string, threePl: string): string {
  return join(stateDirectory, 'inbox', threePl, 'shadow.json');
}
