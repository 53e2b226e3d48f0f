import { faultPoint } from '../../core/fault-points.js';
import { toUtcText } from '../../core/time.js';
import type { ChangeSet } from '../../queue/freeze/change-set.js';
import { freezeInboxFile } from '../../queue/freeze/inbox.js';
import type { OpenInboxFile, ReadSoFar } from '../../queue/ledger/inbox.js';
import { MOST_FAULTY } from './read-rows.js';
import type { InboxWork } from './take-inboxes.js';

/** Makes the change set of a file that was read to its end. */
export async function freezeFile(
  { context, lease, own, threePl }: InboxWork,
  { file_id: fileId, name }: OpenInboxFile,
  { repeated, faulty }: ReadSoFar,
): Promise<ChangeSet> {
  const subscribers = context.pipelines.flatMap(({ name: pipeline, source }) =>
    source.kind === '3pl-inbox' ? [{ pipeline, aggregate: source.aggregate }] : [],
  );
  await own.assertHeld();
  const changeSet = await lease.transaction(async (session) => {
    const now = toUtcText(context.clock.now());
    const file = { fileId, threePl, name, repeated, faulty, mostFaulty: MOST_FAULTY, subscribers, now };
    const frozen = await freezeInboxFile(session, file);
    await faultPoint('inbox/before-freeze');
    return frozen;
  });
  await faultPoint('inbox/frozen');
  return changeSet;
}
