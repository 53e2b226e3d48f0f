import { InvariantError } from '../../core/errors.js';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import type { BatchKind } from './batches.js';

/** A mail that must not go twice, by its business key. */
export interface MailIntent {
  /** `label/atlas/48031/1/<hash>`, at most 300 characters. */
  readonly key: string;
  /** What it is sent for; null where it is no order's. */
  readonly itemId: number | null;
  readonly orderId: number | null;
  readonly recipients: readonly string[];
  readonly subject: string;
}

export interface KnownMail {
  /** `sending` without a living sender means the same as `unknown`: it may have arrived. */
  readonly state: 'sending' | 'sent' | 'unknown';
  /** Of the last try. */
  readonly item_id: number | null;
}

export async function mailOf(session: Session, key: string): Promise<KnownMail | undefined> {
  return session.get<KnownMail>(sql(session.engine, 'ledger/mail_of_key'), { mail_key: key });
}

/** The intent. `again`: a person wants it once more after an unknown outcome. */
export async function intendMail(
  session: Session,
  mail: MailIntent,
  again: boolean,
  token: number,
  now: string,
): Promise<void> {
  const values = {
    mail_key: mail.key,
    item_id: mail.itemId,
    recipients: mail.recipients.join(', '),
    subject: mail.subject,
    token,
    now,
  };
  const changed = again
    ? await session.run(sql(session.engine, 'ledger/mail_again'), values)
    : await session.run(sql(session.engine, 'ledger/insert_mail'), { ...values, order_id: mail.orderId });
  if (changed !== 1)
    throw new InvariantError(`mail ${mail.key} was meant to be sent, and its row is another`);
}

export async function mailSent(session: Session, key: string, receipt: string, now: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/mail_sent'), { mail_key: key, receipt, now });
}

export async function mailUnknown(session: Session, key: string, error: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/mail_unknown'), { mail_key: key, error });
}

/** Nothing was sent. */
export async function dropMail(session: Session, key: string): Promise<void> {
  await session.run(sql(session.engine, 'ledger/drop_mail'), { mail_key: key });
}

/** A batch that goes on by itself sends no mail of unknown outcome again. */
export async function leaveMailsToPersons(session: Session, batchId: number): Promise<void> {
  await session.run(sql(session.engine, 'ledger/leave_mails_to_persons'), { batch_id: batchId });
}

/** How an item came about. */
export async function itemAsked(
  session: Session,
  itemId: number,
): Promise<{ readonly generation: number; readonly kind: BatchKind }> {
  const row = await session.get<{ generation: number; kind: BatchKind }>(
    sql(session.engine, 'ledger/item_asked'),
    { item_id: itemId },
  );
  if (row === undefined) throw new InvariantError(`item ${itemId} has no batch`);
  return row;
}
