import { z } from 'zod';
import { RenderError } from '../../core/hand-over.js';
import type { LabelRule, PageSize } from '../../core/label.js';
import { MAIL_ADDRESS } from '../../core/mail.js';
import { columnOf } from '../../core/order.js';
import { decodeLabel } from '../labels/decode.js';
import { checkedText, type Faults } from './faults.js';
import { type Field, parseField } from './fields.js';
import { type FileFormat, fileNameFault, fileNamer, fileNumberReader } from './file-format.js';

/** The `labels` section of a template with its defaults. */
export interface LabelFormat {
  readonly from: Field;
  /** Pattern without ending, `LBL_{order}_{number:000000}`. */
  readonly name: string;
  readonly required: boolean;
  readonly maxPages: number;
  readonly maxBytes: number;
  readonly page: PageSize;
  /** Null: they are files. */
  readonly mail: { readonly to: readonly string[]; readonly subject: string } | null;
}

/** Stands for the order's number while the pattern is made into a name. */
const ORDER = '~order~';
const KILOBYTE = 1_000;

const SIDE = z.number().min(20, 'millimetres, from 20').max(500, 'millimetres, up to 500');

const LABELS = z.strictObject({
  from: z.string(),
  name: checkedText(labelNameFault),
  required: z.boolean().default(true),
  maxPages: z.int().min(1).max(100).default(4),
  maxKilobytes: z.int().min(1).max(20_000).default(2_000),
  // 4 by 6 inches, what label printers take.
  page: z.strictObject({ width: SIDE, height: SIDE }).default({ width: 101.6, height: 152.4 }),
  deliver: checkedText((text) =>
    text === 'files' || text === 'mail'
      ? null
      : `"${text}" is not known; labels are delivered as files beside the hand-over file, or by mail`,
  ).default('files'),
  mail: z
    .strictObject({
      to: z.array(checkedText(addressFault)).min(1, 'at least one address').max(20, 'up to 20 addresses'),
      subject: checkedText(subjectFault).default('Shipping label of order {order}'),
    })
    .optional(),
});

export function readLabels(raw: unknown, file: FileFormat, faults: Faults): LabelFormat | null | undefined {
  if (raw === undefined) return null;
  const labels = faults.read(LABELS, raw, ['labels']);
  if (labels === undefined) return undefined;
  const from = parseField(labels.from);
  if (typeof from === 'string' || from.table !== 'order' || from.own) {
    faults.add(
      ['labels', 'from'],
      typeof from === 'string'
        ? from
        : `"${labels.from}": a label is in a column of the order, order["ShippingLabel"]`,
    );
    return undefined;
  }
  const sample = labelNamer(labels.name, file.zone)(1, 'pdf', { number: 1, plannedAt: 0 });
  if (fileNumberReader(file.name, file.zone)(sample) !== null) {
    faults.add(['labels', 'name'], `"${sample}" could be the name of a hand-over file as well`);
  }
  const { name, required, maxPages, maxKilobytes, page, deliver, mail } = labels;
  if (deliver === 'mail' && mail === undefined)
    faults.add(['labels', 'mail'], 'is missing; deliver: mail needs it');
  if (deliver === 'files' && mail !== undefined)
    faults.add(['labels', 'mail'], 'goes with deliver: mail alone');
  const maxBytes = maxKilobytes * KILOBYTE;
  return { from, name, required, maxPages, maxBytes, page, mail: mail ?? null };
}

export function labelRule(
  { from, name, required, maxPages, maxBytes, page, mail }: LabelFormat,
  zone: string,
): LabelRule {
  const namer = labelNamer(name, zone);
  return {
    maxPages,
    page,
    of(order) {
      const value = columnOf(order.row, from.column);
      const text = value === null ? '' : String(value).trim();
      if (text !== '') return decodeLabel(text, maxBytes);
      if (!required) return null;
      throw new RenderError('NO_LABEL', `order["${from.column}"] has no shipping label`);
    },
    fileName: (order, kind, file) => namer(order.id, kind, file),
    mail: mail && {
      to: mail.to,
      subject: (order, { number }) =>
        mail.subject.replaceAll('{order}', String(order.id)).replaceAll('{number}', String(number)),
    },
  };
}

function addressFault(text: string): string | null {
  return MAIL_ADDRESS.test(text) ? null : `"${text}" is no address such as dock@example.com`;
}

function subjectFault(pattern: string): string | null {
  if (!pattern.includes('{order}'))
    return `"${pattern}" needs {order}: the warehouse tells labels apart by it`;
  const other = /\{(?!order\}|number\})[^}]*\}?/.exec(pattern);
  if (other !== null) return `"${other[0]}" is not known; a subject has {order} and {number}`;
  return /[\r\n]/.test(pattern) ? 'a subject is one line' : null;
}

function labelNamer(pattern: string, zone: string) {
  const namer = fileNamer(pattern.replaceAll('{order}', ORDER), zone);
  return (orderId: number, kind: string, file: { readonly number: number; readonly plannedAt: number }) =>
    `${namer(file).replaceAll(ORDER, String(orderId))}.${kind}`;
}

function labelNameFault(pattern: string): string | null {
  if (!pattern.includes('{order}'))
    return `"${pattern}" needs {order}: two labels could get one name without it`;
  return fileNameFault(pattern.replaceAll('{order}', '1234567890'));
}
