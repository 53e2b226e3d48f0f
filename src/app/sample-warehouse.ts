import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import type { ThreePl } from '../core/hand-over.js';
import { EXIGO_ZONE } from '../core/time.js';

/** Of the orders of a file, so many left, and the one after them is refused. */
const SHIPPED = 2;

/**
 * Answers the first file of atlas as its template's `confirmations` say: two orders have left, one is refused; what it is
 * asked to cancel is taken out. The files are whole for whoever looks a minute later.
 */
export async function answerAsAtlas(
  { delivery, confirmations, fileNumber }: Pick<ThreePl, 'delivery' | 'confirmations' | 'fileNumber'>,
  now: number,
): Promise<void> {
  if (confirmations === null) return;
  const { path: inbox } = confirmations.inbox;
  await mkdir(inbox, { recursive: true });
  const names = (await readdir(delivery.path)).filter((one) => one.endsWith('.csv')).sort();
  const ordersIn = async (name: string) => {
    const text = await readFile(join(delivery.path, name), 'utf8');
    return [...new Set([...text.matchAll(/^(\d+),/gm)].map(([, order = '']) => order))];
  };
  const orders = await ordersIn(names.find((name) => fileNumber(name) !== null) ?? '');
  const [asked] = names.filter((name) => fileNumber(name) === null);
  const canceled = asked === undefined ? [] : await ordersIn(asked);
  const local = DateTime.fromMillis(now, { zone: EXIGO_ZONE, locale: 'en-US' });
  const rows = orders
    .slice(0, SHIPPED)
    .map((order) => `${order},SHIPPED,,,1Z999${order},,UPS,,${local.toFormat('MM/dd/yyyy,HH:mm')},`);
  const refused = orders
    .slice(SHIPPED, SHIPPED + 1)
    .map((order) => `${order},REJ,${local.toFormat('yyyy-MM-dd HH:mm:ss')},no carrier goes there`);
  const out = canceled.map((order) => `${order},CXL,${local.toFormat('yyyy-MM-dd HH:mm:ss')},taken out`);
  const columns = 'ORDER_NO,STATUS,SKU,QTY,TRACKING,TRACKING_2,CARRIER,SERVICE,SHIP_DATE,SHIP_TIME,NOTE';
  await writeFile(join(inbox, 'ATL_SHIP_1.csv'), [columns, ...rows, ''].join('\r\n'));
  const answers = ['ORDER_NO,RESULT,PROCESSED,MESSAGE', ...refused, ...out, ''];
  await writeFile(join(inbox, 'ATL_ACK_1.csv'), answers.join('\r\n'));
}
