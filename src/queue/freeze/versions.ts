import type { Answer, Engine, Request, Session, Statement } from '../../db/database.js';
import { sql, sqlWithColumns } from '../../db/sql.js';

/**
 * The last frozen version of each order is what the next freeze is compared with: by stamp and status, and where
 * those are the same, by a signature of its lines and payments. As long as the version's frozen rows are there,
 * the signature is computed from them when it is asked for, which is rare: writing one for every order would cost
 * the freeze of 200,000 orders a fifth of its time. It is written down when the retention deletes the rows.
 */
export function askForVersions(engine: Engine): Request {
  return { statement: sql(engine, 'freeze/any_version') };
}

/** False before the first order is frozen: the frozen tables lack columns that comparing names. */
export function versionsAreThere(answer: Answer | undefined): boolean {
  return answer?.rows[0]?.known === 1;
}

/**
 * Keeps the candidates that differ from their last frozen version, and the incomplete ones that have not moved
 * since `settledBefore` (UTC text).
 */
export async function keepChanged(session: Session, versions: boolean, settledBefore: string): Promise<void> {
  await session.later(sql(session.engine, 'freeze/keep_moved'));
  if (!versions) return;
  await session.later(withSignatures(session.engine, 'freeze/keep_changed'), {
    settled_before: settledBefore,
  });
}

/** Before frozen rows are deleted that `retention/list_old` has listed. */
export async function signVersions(session: Session): Promise<void> {
  const [answer] = await session.several([askForVersions(session.engine)]);
  if (versionsAreThere(answer)) await session.run(withSignatures(session.engine, 'retention/sign_versions'));
}

/** Before the frozen rows of these orders (a JSON list) are deleted. */
export async function signVersionsOf(session: Session, orderIds: string): Promise<void> {
  const [answer] = await session.several([askForVersions(session.engine)]);
  if (!versionsAreThere(answer)) return;
  await session.run(withSignatures(session.engine, 'forget/sign_versions'), { order_ids: orderIds });
}

function withSignatures(engine: Engine, name: string): Statement {
  return sqlWithColumns(engine, name, {
    signature: sql(engine, 'freeze/signature').text,
    frozen_signature: sql(engine, 'freeze/frozen_signature').text,
  });
}
