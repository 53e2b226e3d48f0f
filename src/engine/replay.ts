import { mkdir, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, InvariantError, messageOf, UsageError } from '../core/errors.js';
import { placesOf } from '../core/hand-over.js';
import { counted } from '../core/text.js';
import { readBatch } from '../queue/ledger/batches.js';
import type { Wave } from '../queue/ledger/waves.js';
import { sentMembers, wavesOfBatch } from '../queue/reads/replay.js';
import type { EngineContext } from './context.js';
import { fileOfWave, renderWave } from './waves/render.js';

const PAGE = 500;
/** Orders that are named when a file differs. */
const NAMED = 20;

export interface ReplayedFile {
  readonly path: string;
  readonly orders: number;
  readonly rows: number;
  readonly bytes: number;
  /** Null when the file could not be made. */
  readonly sha256: string | null;
  /** Whether it is byte for byte the file that was sent; null when none was sent yet. */
  readonly identical: boolean | null;
  /** What differs from the file that was sent, or why it cannot be made. */
  readonly differences: readonly string[];
}

/**
 * Makes the files of a batch again from its frozen rows and stored configuration, into a folder, and sends
 * nothing. They are the bytes that were sent, on any day, machine, zone and locale; where they are not, the
 * frozen rows were altered, and the answer says which. Throws UsageError for an unknown batch, and for a
 * folder that a warehouse reads.
 */
export async function replayBatch(
  context: EngineContext,
  batchId: number,
  out: string,
): Promise<ReplayedFile[]> {
  if ((await readBatch(context.database, batchId)) === undefined) {
    throw new UsageError(
      `there is no batch ${batchId}; "orderferry explain <order>" names the batches of an order`,
    );
  }
  await assertNobodyReads(context, out);
  await mkdir(out, { recursive: true });
  const files: ReplayedFile[] = [];
  for (const wave of await wavesOfBatch(context.database, batchId))
    files.push(await replay(context, wave, out));
  return files;
}

async function replay(context: EngineContext, wave: Wave, out: string): Promise<ReplayedFile> {
  const path = join(out, wave.file_name);
  try {
    const made = await renderWave(context, wave, path);
    if (wave.sha256 === null) return { path, ...made, identical: null, differences: [] };
    if (wave.sha256 === made.sha256) return { path, ...made, identical: true, differences: [] };
    const counts = (['orders', 'rows', 'bytes'] as const)
      .filter((key) => made[key] !== wave[key])
      .map((key) => `${made[key]} ${key}, ${wave[key]} were sent`);
    const differences = [...counts, ...(await alteredOrders(context, wave))];
    return { path, ...made, identical: false, differences };
  } catch (error) {
    if (!(error instanceof InvariantError)) throw error;
    await rm(path, { force: true });
    const nothing = { orders: 0, rows: 0, bytes: 0, sha256: null };
    return { path, ...nothing, identical: false, differences: [messageOf(error)] };
  }
}

/** Orders that are not as they were when their verdict was given, by their fingerprints. */
async function alteredOrders(context: EngineContext, wave: Wave): Promise<string[]> {
  const altered: number[] = [];
  const file = wave.step === 'table-csv' ? null : await fileOfWave(context, wave);
  for (let after = -1; file !== null; ) {
    const members = await sentMembers(context.database, wave.wave_id, after, PAGE);
    const last = members.at(-1);
    if (last === undefined) break;
    after = last.order_id;
    // With another configuration than its verdict's, an order has another fingerprint without being altered.
    const comparable = members.filter((member) => member.config_hash === wave.config_hash);
    const keys = comparable.map(({ change_set_id, order_id }) => ({
      changeSetId: change_set_id,
      orderId: order_id,
    }));
    const now = await context.orders.read(keys, (orders) =>
      orders.map((order) => context.kit.fingerprint(file.render(order))),
    );
    for (const [i, { order_id, fingerprint }] of comparable.entries()) {
      if (now[i] !== fingerprint) altered.push(order_id);
    }
  }
  if (altered.length === 0) return [];
  const named = altered.slice(0, NAMED).join(', ');
  return [
    `the frozen rows of ${counted(altered.length, 'order')} were altered: ${named}${altered.length > NAMED ? ', ...' : ''}`,
  ];
}

/** A file in a delivery folder is a file that is sent. */
async function assertNobodyReads(context: EngineContext, out: string): Promise<void> {
  const folder = await resolved(out);
  const delivered = [
    ...context.config.threePls.flatMap(({ name, delivery, notices }) =>
      placesOf({ delivery, confirmations: null, notices }).flatMap((place) =>
        place.kind === 'folder' ? [{ name: `3PL ${name}`, path: place.path }] : [],
      ),
    ),
    { name: 'the table files', path: context.config.tableCsv.directory },
  ];
  for (const { name, path } of delivered) {
    if ((await resolved(path)) === folder) {
      throw new UsageError(
        `--out ${out} is the delivery folder of ${name}: whatever is there counts as sent; name another folder`,
      );
    }
  }
}

/** The real path; of a folder that is not there yet, the path as it is. */
async function resolved(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    throw error;
  }
}
