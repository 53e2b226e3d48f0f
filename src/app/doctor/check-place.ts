import { randomUUID } from 'node:crypto';
import type { Clock } from '../../core/clock.js';
import { ConfigurationError, messageOf } from '../../core/errors.js';
import type { NoticeKind } from '../../core/hand-over.js';
import { describePlace, type FtpPlace, type SftpPlace } from '../../core/places.js';
import { counted } from '../../core/text.js';
import { openFolder } from '../../files/folders.js';
import type { RemoteFolder } from '../../files/remote-folder.js';
import { EXIT, exitCodeOf } from '../process.js';
import { type Check, failed, passed } from './check.js';

/** More names than this are not counted. */
const MOST_NAMES = 10_000;

export interface PlaceUse {
  /** Of the template. */
  readonly section: 'delivery' | 'confirmations.inbox' | `${NoticeKind}.delivery`;
  readonly clock: Clock;
}

/**
 * Whether the server lets us in, shows the folder, and takes a file that is renamed and removed: everything that
 * a delivery or an inbox needs. The file's name ends in `.part`, which a 3PL ignores. An inbox need not take files of
 * ours; one that refuses them cannot be tried further, and the check says so.
 */
export async function checkPlace(
  name: string,
  place: SftpPlace | FtpPlace,
  { section, clock }: PlaceUse,
): Promise<Check> {
  const folder = openFolder(place, { clock });
  try {
    await folder.check();
    const files = await countOf(folder);
    const tried = await tryFile(folder, section === 'confirmations.inbox');
    const shown = files > MOST_NAMES ? `more than ${MOST_NAMES} files` : counted(files, 'file');
    return passed(name, `${describePlace(place)}: ${shown} there; ${tried}`);
  } catch (error) {
    const code = exitCodeOf(error) === EXIT.unreachable ? EXIT.unreachable : EXIT.usage;
    const remedy =
      code === EXIT.unreachable
        ? 'check the address, the network, and whether the 3PL has to let this machine in'
        : `mend ${section} in the template, or ask the 3PL`;
    return failed(name, messageOf(error), remedy, code);
  } finally {
    await folder.close();
  }
}

async function countOf(folder: RemoteFolder): Promise<number> {
  let files = 0;
  for await (const _file of folder.list()) if (++files > MOST_NAMES) break;
  return files;
}

/** What was tried, in words. `isInbox`: a folder that takes no file is right, too. */
async function tryFile(folder: RemoteFolder, isInbox: boolean): Promise<string> {
  const name = `orderferry-doctor-${randomUUID()}`;
  const [first, second] = [`${name}.1.part`, `${name}.2.part`];
  let there = first;
  let written = false;
  try {
    await folder.write(first, onlyLine());
    written = true;
    await folder.rename(first, second);
    there = second;
    await folder.remove(second);
    return 'a file ending in .part was written, renamed and removed';
  } catch (error) {
    if (isInbox && !written && error instanceof ConfigurationError) {
      return 'it takes no file of ours, so whether files may be renamed and removed there was not tried: ask the 3PL';
    }
    throw await withoutFile(folder, there, error);
  }
}

/** The file goes where that is possible; the cause stays the error. */
async function withoutFile(folder: RemoteFolder, name: string, cause: unknown): Promise<unknown> {
  try {
    await folder.remove(name);
  } catch (error) {
    if (cause instanceof Error) cause.message += ` (${name} may be there still: ${messageOf(error)})`;
  }
  return cause;
}

async function* onlyLine(): AsyncGenerator<Uint8Array> {
  yield Buffer.from('orderferry doctor\n');
}
