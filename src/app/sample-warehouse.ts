import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import type { ThreePl } from '../core/hand-over.js';
import { EXIGO_ZONE } from '../core/time.js';

/** Of the orders of a file, so many left, and the one after them is refused. */
const SHIPPED = 2;

/**
 * Answers the first file of atlas as its template's `confirmations` say: two orders have left, one is refused. The files are
 * whole for whoever looks a minute later.
 */
export async function answerAsAtlas(
  { delivery, confirmations }: Pick<ThreePl, 'delivery' | 'confirmations'>,
  now: number,
): Promise<void> {
  if (confirmations === null) return;
  const { path: inbox } = confirmations.inbox;
  await mkdir(inbox, { recursive: true });
  const [name = ''] = (await readdir(delivery.path)).filter((one) => one.endsWith('.csv')).sort();
  const text = await readFile(join(delivery.path, name), 'utf8');
  const orders = [...new Set([...text.matchAll(/^(\d+),/gm)].map(([, order = '']) => order))];
  const local = DateTime.fromMillis(now, { zone: EXIGO_ZONE, locale: 'en-US' });
  const rows = orders
    .slice(0, SHIPPED)
    .map((order) => `${order},SHIPPED,,,1Z999${order},,UPS,,${local.toFormat('MM/dd/yyyy,HH:mm')},`);
  const refused = orders
    .slice(SHIPPED, SHIPPED + 1)
    .map((order) => `${order},REJ,${local.toFormat('yyyy-MM-dd HH:mm:ss')},no carrier goes there`);
  const columns = 'ORDER_NO,STATUS,SKU,QTY,TRACKING,TRACKING_2,CARRIER,SERVICE,SHIP_DATE,SHIP_TIME,NOTE';
  await writeFile(join(inbox, 'ATL_SHIP_1.csv'), [columns, ...rows, ''].join('\r\n'));
  const answers = ['ORDER_NO,RESULT,PROCESSED,MESSAGE', ...refused, ''];
  await writeFile(join(inbox, 'ATL_ACK_1.csv'), answers.join('\r\n'));
}
