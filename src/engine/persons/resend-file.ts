import { basename } from 'node:path';
import { UsageError } from '../../core/errors.js';
import { toUtcText } from '../../core/time.js';
import { CANCELED_BY_PERSON } from '../../queue/ledger/effects.js';
import { insertEvent } from '../../queue/ledger/events.js';
import { resolveItems } from '../../queue/ledger/items.js';
import type { Session } from '../../queue/ledger/session.js';
import { type FileMember, type MadeFile, membersOfFile, newestFiles } from '../../queue/reads/files.js';
import { resendsOfFile } from '../../queue/reads/open-items.js';
import { isOfCancellations } from '../cancellations/ask.js';
import type { EngineContext } from '../context.js';
import { type AskedItem, askedOrder, makePersonsBatch } from './persons-batch.js';

/**
 * Sends all orders of a file (or its table) once more, each in its newest version, as a new generation in a
 * new file. What a person canceled since is left out. Throws UsageError when the file is still on its way,
 * or when some of it was sent again since. Takes a name or a path.
 */
export async function resendFile(context: EngineContext, file: string, reason: string): Promise<string> {
  return context.database.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const name = basename(file);
    const made = await membersOfFile(session, name);
    const pipeline = context.pipelines.find((one) => one.name === made?.pipeline);
    if (made === undefined || pipeline === undefined) throw await unknownFile(session, name);
    if (isOfCancellations(pipeline)) {
      throw new UsageError(
        `file ${name} asks ${made.target} to cancel orders, once each; "orderferry replay <batch> --out <folder>" makes it again, to be sent by hand`,
      );
    }
    await assertResendable(session, name, made);
    const members = made.members.filter(({ fingerprint }) => fingerprint !== CANCELED_BY_PERSON);
    const left = made.members.length - members.length;
    if (members.length === 0) throw new UsageError(`file ${name}: a person canceled all of its orders`);

    const items: AskedItem[] = [];
    for (const member of members) items.push(await askedAgain(session, member, made.target));
    const batchId = await makePersonsBatch(session, pipeline, 'resend', items, now);
    const waiting = members.filter((member) => member.waits).map((member) => member.item_id);
    await resolveItems(session, waiting, 'RESENT', now);
    const outcome =
      `${items.length === 1 ? '1 item goes' : `${items.length} items go`} again with the next run (batch ${batchId})` +
      (left === 0 ? '' : `; ${left} canceled by a person stay out`);
    await insertEvent(session, {
      at: now,
      kind: 'resent',
      pipeline: pipeline.name,
      batchId,
      waveId: made.wave_id,
      message: `a person asked to send file ${name} again (${reason}): ${outcome}`,
    });
    return `file ${name}: ${outcome}`;
  });
}

async function askedAgain(session: Session, member: FileMember, target: string): Promise<AskedItem> {
  const generation = member.generation + 1;
  if (member.order_id !== null) {
    return askedOrder(session, member.order_id, generation, member.change_set_id);
  }
  return { key: member.item_key, orderId: null, changeSetId: member.change_set_id, generation, target };
}

async function assertResendable(session: Session, name: string, made: MadeFile): Promise<void> {
  if (made.state === 'void') throw new UsageError(`file ${name} was never sent: all of its orders left it`);
  if (made.state !== 'delivered' && made.state !== 'held') {
    throw new UsageError(
      `file ${name} is ${made.state}: it is still on its way, nothing to resend; "orderferry status" shows why it waits`,
    );
  }
  const asked = await resendsOfFile(session, made.pipeline, made.wave_id);
  if (asked.length > 0) {
    throw new UsageError(
      `file ${name}: ${list(asked.map((item) => item.item_key))} of it go again with the next run already (batch ${asked[0]?.batch_id}); nothing was done`,
    );
  }
  const stale = made.members.filter((member) => member.newest_generation > member.generation);
  if (stale.length > 0) {
    throw new UsageError(
      `file ${name}: ${list(stale.map((member) => member.item_key))} of it were sent again since; resend the newer file, or the other orders one by one with "orderferry release <order> --as resend"`,
    );
  }
}

async function unknownFile(session: Session, name: string): Promise<UsageError> {
  const newest = await newestFiles(session, 5);
  const known = newest.length === 0 ? 'none was made yet' : `the newest are ${newest.join(', ')}`;
  return new UsageError(`no file "${name}" was made here; ${known}`);
}

/** `3 items (17, 18, 19)`, the first five. */
function list(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).join(', ');
  return `${keys.length} ${keys.length === 1 ? 'item' : 'items'} (${shown}${keys.length > 5 ? ', ...' : ''})`;
}
