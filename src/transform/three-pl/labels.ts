import { resolve } from 'node:path';
import { z } from 'zod';
import { RenderError } from '../../core/hand-over.js';
import type { LabelRule, PageSize } from '../../core/label.js';
import { MAIL_ADDRESS } from '../../core/mail.js';
import { columnOf, type Order } from '../../core/order.js';
import { checkedLabel, decodeLabel } from '../labels/decode.js';
import { checkedText, type Faults } from './faults.js';
import { type Field, fieldText, parseField } from './fields.js';
import { type FileFormat, fileNameFault, fileNamer, fileNumberReader } from './file-format.js';
import { DURATION_WORDS, durationMs } from './wave.js';

/** The `labels` section of a template with its defaults. */
export interface LabelFormat {
  readonly from: Field | LabelSource;
  /** Pattern without ending, `LBL_{order}_{number:000000}`. */
  readonly name: string;
  readonly required: boolean;
  readonly maxPages: number;
  readonly maxBytes: number;
  readonly page: PageSize;
  /** Null: they are files. */
  readonly mail: { readonly to: readonly string[]; readonly subject: string } | null;
}

/** A folder that another system leaves labels in. */
export interface LabelSource {
  /** As written; a relative one starts at the folder of `orderferry.yaml`. */
  readonly folder: string;
  /** Fixed text and fields of the order, in turn. */
  readonly file: readonly (string | Field)[];
  readonly readyMs: number;
}

/** Stands for the order's number while the pattern is made into a name. */
const ORDER = '~order~';
const KILOBYTE = 1_000;

const SIDE = z.number().min(20, 'millimetres, from 20').max(500, 'millimetres, up to 500');

const LABELS = z.strictObject({
  from: z.union([
    z.string(),
    z.strictObject({
      folder: z.string().min(1, 'must not be empty'),
      file: z.string(),
      ready: checkedText((text) => (durationMs(text) === null ? DURATION_WORDS : null)).default('10s'),
    }),
  ]),
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
  const from =
    typeof labels.from === 'string' ? readColumn(labels.from, faults) : readSource(labels.from, faults);
  if (from === undefined) return undefined;
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

function readColumn(text: string, faults: Faults): Field | undefined {
  const from = parseField(text);
  if (typeof from !== 'string' && from.table === 'order' && !from.own) return from;
  faults.add(
    ['labels', 'from'],
    typeof from === 'string'
      ? from
      : `"${text}": a label is in a column of the order, order["ShippingLabel"]`,
  );
  return undefined;
}

function readSource(
  { folder, file, ready }: { readonly folder: string; readonly file: string; readonly ready: string },
  faults: Faults,
): LabelSource | undefined {
  const fault = (reason: string) => {
    faults.add(['labels', 'from', 'file'], reason);
    return undefined;
  };
  const parts: (string | Field)[] = [];
  for (const [i, text] of file.split(/\{([^{}]*)\}/).entries()) {
    if (i % 2 === 0) {
      if (/[\\/:*?"<>|{}]|\p{Cc}/u.test(text)) return fault(`"${file}" is a name in the folder, and no path`);
      if (text !== '') parts.push(text);
      continue;
    }
    const field = parseField(text);
    if (typeof field === 'string') return fault(field);
    if (field.table !== 'order' || field.own) return fault(`"{${text}}": a name has columns of the order`);
    parts.push(field);
  }
  if (parts.every((part) => typeof part === 'string')) {
    return fault(`"${file}" needs a column of the order, {order.OrderID}: all orders would get one label`);
  }
  return { folder, file: parts, readyMs: durationMs(ready) ?? 0 };
}

export function labelRule(
  { from, name, required, maxPages, maxBytes, page, mail }: LabelFormat,
  zone: string,
  baseDirectory: string,
): LabelRule {
  const namer = labelNamer(name, zone);
  return {
    maxPages,
    page,
    folder:
      'folder' in from
        ? {
            path: resolve(baseDirectory, from.folder),
            readyMs: from.readyMs,
            required,
            maxBytes,
            nameOf: (order) => nameInFolder(from.file, order),
            read: (bytes) => checkedLabel(bytes, maxBytes),
          }
        : null,
    of(order) {
      if ('folder' in from) return null;
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

/** Letters, digits and a few signs between them: nothing that leads out of a folder or into another. */
const SAFE_VALUE = /^[\p{L}\p{N}][\p{L}\p{N}_. -]*$/u;
const MOST_NAME = 200;

function nameInFolder(parts: LabelSource['file'], order: Order): string {
  const bad = (reason: string) =>
    new RenderError('BAD_LABEL_NAME', `the name of its label's file cannot be made: ${reason}`);
  const name = parts
    .map((part) => {
      if (typeof part === 'string') return part;
      const value = columnOf(order.row, part.column);
      const text = value === null ? '' : String(value).trim();
      if (text === '') throw bad(`${fieldText(part)} is empty`);
      if (!SAFE_VALUE.test(text))
        throw bad(`${fieldText(part)} has signs that no name of a file should have`);
      return text;
    })
    .join('');
  if (name.length > MOST_NAME) throw bad(`it would have ${name.length} characters`);
  if (/^\.|\.\.|[. ]$/.test(name))
    throw bad('it begins or ends with a point or a space, or has two points in a row');
  return name;
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
