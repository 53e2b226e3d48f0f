import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../../core/errors.js';
import { RenderError } from '../../core/hand-over.js';
import type { Label, LabelRule } from '../../core/label.js';
import type { Order } from '../../core/order.js';
import { fromUtcText } from '../../core/time.js';
import { waveMembers } from '../../queue/ledger/waves.js';
import type { EngineContext } from '../context.js';
import { assertGoingOn } from '../stop.js';
import { deliverBeside } from './beside.js';
import { fileOfWave, UnrenderableMembers } from './render.js';
import type { Sending } from './sending.js';
import { spoolPath } from './spool.js';

/** Labels may have megabytes, and a page of orders is held in memory. */
const PAGE = 10;

/**
 * Makes the labels of a wave that is not sent yet, in the spool. Throws {@link UnrenderableMembers} for the orders whose
 * label cannot be used: they leave the wave and are held.
 */
export async function makeLabels(sending: Sending): Promise<void> {
  const bad: { itemId: number; code: string; reason: string }[] = [];
  for await (const { itemId, make } of labelsOf(sending)) {
    try {
      await make();
    } catch (error) {
      if (!(error instanceof RenderError)) throw error;
      bad.push({ itemId, code: error.code, reason: messageOf(error) });
    }
  }
  if (bad.length > 0) throw new UnrenderableMembers(bad);
}

/**
 * Delivers them, before the file that tells of them. What a killed process has delivered already is there, or was
 * collected: then it comes once more under the same name.
 */
export async function deliverLabels(sending: Sending): Promise<void> {
  const { lease } = sending;
  try {
    for await (const { name, make } of labelsOf(sending)) {
      await lease.assertHeld();
      // PDFs made of HTML differ from one time to the next, so there is no hash to go by.
      await deliverBeside(sending, name, () => true, make);
    }
  } finally {
    await removeLabels(sending);
  }
}

/** They hold addresses: none stays in the spool. */
export async function removeLabels(sending: Sending): Promise<void> {
  await rm(await folderOf(sending), { recursive: true, force: true });
}

interface LabelFile {
  readonly itemId: number;
  readonly name: string;
  /** Puts the file in the spool where it is not there yet; returns where. */
  make(): Promise<string>;
}

async function* labelsOf(sending: Sending): AsyncGenerator<LabelFile> {
  const { context, wave, pipeline } = sending;
  if (pipeline.source.aggregate === 'table') return;
  const { labels: rule } = await fileOfWave(context, wave);
  if (rule === null) return;
  const folder = await folderOf(sending);
  const file = { number: wave.number, plannedAt: fromUtcText(wave.planned_utc) };
  for (let after = -1; ; ) {
    assertGoingOn(context.signal);
    const members = await waveMembers(context.database, wave.wave_id, after, PAGE);
    const last = members.at(-1)?.order_id;
    if (last === undefined || last === null) return;
    after = last;
    const keys = members.map(({ change_set_id, order_id }) => ({
      changeSetId: change_set_id,
      orderId: order_id ?? -1,
    }));
    const found = await context.orders.read(keys, (orders) => orders.map((order) => labelOf(rule, order)));
    for (const { order, label } of found) {
      if (label === null) continue;
      const itemId = members.find(({ order_id }) => order_id === order.id)?.item_id ?? -1;
      const kind = 'kind' in label && label.kind === 'zpl' ? 'zpl' : 'pdf';
      const name = rule.fileName(order, kind, file);
      yield { itemId, name, make: () => put(context, folder, name, label, rule) };
    }
  }
}

type Found = { readonly order: Order; readonly label: Label | RenderError | null };

/** Pure; what is wrong with a label is the order's own matter. */
function labelOf(rule: LabelRule, order: Order): Found {
  try {
    return { order, label: rule.of(order) };
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    return { order, label: error };
  }
}

async function put(
  context: EngineContext,
  folder: string,
  name: string,
  label: Label | RenderError,
  rule: LabelRule,
): Promise<string> {
  if (label instanceof RenderError) throw label;
  const path = join(folder, name);
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) return path;
  const bytes = await finished(context, label, rule);
  await mkdir(folder, { recursive: true });
  await writeFile(path, bytes);
  return path;
}

/** HTML becomes a PDF; pages are counted. */
async function finished(
  { kit, labelPrinter }: EngineContext,
  { kind, bytes }: Label,
  { maxPages, page }: LabelRule,
): Promise<Uint8Array> {
  const made = kind === 'html' ? await labelPrinter.print(Buffer.from(bytes).toString('utf8'), page) : bytes;
  const pages = kind === 'zpl' ? kit.zplLabels(made) : await kit.pdfPages(made);
  if (pages < 1) throw new RenderError('BAD_LABEL', 'the shipping label cannot be used: it has no page');
  if (pages > maxPages) {
    throw new RenderError(
      'LABEL_TOO_LARGE',
      `the shipping label has ${pages} pages, ${maxPages} are allowed`,
    );
  }
  return made;
}

function folderOf({ context, lease, pipeline, wave }: Sending): Promise<string> {
  return spoolPath(context, lease, pipeline.name, `${wave.wave_id}-labels`);
}
