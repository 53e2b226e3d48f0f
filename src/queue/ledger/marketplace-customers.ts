import { createHash } from 'node:crypto';
import type { Session } from '../../db/database.js';
import { sql } from '../../db/sql.js';

/** The customer that was found or made for an e-mail address; undefined when none was yet. */
export async function customerOfEmail(session: Session, email: string): Promise<number | undefined> {
  const row = await session.get<{ exigo_customer_id: number }>(
    sql(session.engine, 'ledger/marketplace_customer'),
    { email_sha256: hashOf(email) },
  );
  return row?.exigo_customer_id;
}

export async function noteCustomer(
  session: Session,
  email: string,
  customerId: number,
  now: string,
): Promise<void> {
  await session.run(sql(session.engine, 'ledger/note_marketplace_customer'), {
    email_sha256: hashOf(email),
    exigo_customer_id: customerId,
    now,
  });
}

/** No address stands in the table. */
function hashOf(email: string): string {
  return createHash('sha256').update(email.trim().toLowerCase(), 'utf8').digest('hex');
}
