import { z } from 'zod';
import { PARCEL_POLICIES, type ParcelRules, type ReadyRule } from '../../../core/confirmation.js';
import type { Place } from '../../../core/places.js';
import type { ReturnPolicy } from '../../../core/returned.js';
import { zoneFault } from '../date-format.js';
import { checkedText, type Faults, type Path } from '../faults.js';
import { readPlace } from '../place.js';
import { DURATION_WORDS, durationMs } from '../wave.js';
import { type ConfirmationColumns, readColumns } from './columns.js';
import { patternFault } from './file-name.js';
import { type EndRecord, type RecordKinds, readEnd, readRecords } from './record-kinds.js';
import { readReturned } from './returned.js';

/** The `confirmations` section of a template with its defaults. */
export interface ConfirmationSection {
  /** As written; the loader puts in what is in the environment, and makes paths absolute. */
  readonly inbox: Place;
  readonly parcels: ParcelRules;
  readonly files: readonly ConfirmationKind[];
  readonly returned: ReturnPolicy;
}

/** One kind of file. */
export interface ConfirmationKind {
  readonly name: string;
  /** File names, with `*` and `?`. */
  readonly match: readonly string[];
  readonly ready: ReadyRule;
  readonly format: ConfirmationFormat;
  /** Which records are rows; null: all. */
  readonly records: RecordKinds | null;
  /** What the last record looks like; null: nothing marks the end. */
  readonly end: EndRecord | null;
  readonly columns: ConfirmationColumns;
}

export interface ConfirmationFormat {
  readonly delimiter: ',' | ';' | '|' | '\t';
  readonly encoding: z.output<typeof ENCODING>;
  /** Whether the columns go by the names of a header row, or by number. */
  readonly header: boolean;
  /** Null: nothing is quoted. */
  readonly quote: '"' | "'" | null;
  /** Lines before the header or the first record. */
  readonly skip: number;
  /** Of every date. */
  readonly zone: string;
  /** Decimal point of quantities. */
  readonly point: '.' | ',';
}

const ENCODING = z.enum([
  ...(['utf-8', 'utf-16le', 'utf-16be'] as const),
  ...(['windows-1250', 'windows-1252', 'iso-8859-1', 'iso-8859-15', 'cp850'] as const),
]);

const FORMAT = z.strictObject({
  delimiter: z
    .preprocess((value) => (value === 'tab' ? '\t' : value), z.enum([',', ';', '|', '\t']))
    .default(','),
  encoding: ENCODING.default('utf-8'),
  header: z.boolean().default(true),
  quote: z.enum(['"', "'", 'none']).default('"'),
  skip: z.int().min(0).max(1_000, 'at most 1,000 lines').default(0),
  zone: checkedText(zoneFault).optional(),
  point: z.enum(['.', ',']).default('.'),
});

const READY = z.strictObject({
  after: checkedText((text) => (durationMs(text) === null ? DURATION_WORDS : null)).optional(),
  trigger: checkedText((text) =>
    /^\.[\w.-]{1,20}$/.test(text) && !/\.(part|taken)$/i.test(text)
      ? null
      : `"${text}" cannot be the ending of trigger files; one is written ".ok"`,
  ).optional(),
});

const KIND = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'a name has lower-case letters, digits and hyphens (at most 50)'),
  match: z.preprocess(
    (value) => (typeof value === 'string' ? [value] : value),
    z.array(checkedText(patternFault)).min(1, 'needs the names of the files, such as "ATL_SHIP_*.csv"'),
  ),
  ready: READY.optional(),
  format: FORMAT.optional(),
  records: z.unknown().optional(),
  end: z.unknown().optional(),
  columns: z.unknown(),
});

const SECTION = z.strictObject({
  inbox: z.unknown(),
  parcels: z.unknown().optional(),
  files: z.array(z.unknown()).min(1, 'needs a kind of file'),
  returned: z.unknown().optional(),
});

const PARCEL_POLICY = z.enum(PARCEL_POLICIES);
const PARCELS = z.strictObject({
  otherwise: PARCEL_POLICY.default('joined'),
  stores: z.record(z.string(), PARCEL_POLICY).default({}),
  marketplaces: z.record(z.string(), PARCEL_POLICY).default({}),
});

/** One policy for all, or with others by store and marketplace. */
function readParcels(raw: unknown, path: Path, faults: Faults): ParcelRules | undefined {
  if (typeof raw !== 'string') return faults.read(PARCELS, raw ?? {}, path);
  const otherwise = faults.read(PARCEL_POLICY, raw, path);
  return otherwise === undefined ? undefined : { otherwise, stores: {}, marketplaces: {} };
}

/** A file that has not moved for this long is whole, where the template says nothing. */
const SETTLED_MS = 60_000;

/** Reads the section; `zone` is that of the hand-over files. Undefined after noting faults. */
export function readConfirmations(
  raw: unknown,
  zone: string,
  faults: Faults,
): ConfirmationSection | undefined {
  const path = ['confirmations'];
  const given =
    (raw as
      | { readonly inbox?: unknown; readonly parcels?: unknown; readonly files?: unknown }
      | null
      | undefined) ?? {};
  const inbox = readPlace(given.inbox, [...path, 'inbox'], faults);
  const section = faults.read(SECTION, raw, path);
  const parcels = readParcels(given.parcels, [...path, 'parcels'], faults);
  const files = (Array.isArray(given.files) ? given.files : []).map((file: unknown, i) =>
    readKind(file, zone, [...path, 'files', i], faults),
  );
  const returned = readReturned(
    (given as { readonly returned?: unknown }).returned,
    [...path, 'returned'],
    faults,
  );
  const names = files.flatMap((file) => (file === undefined ? [] : [file.name]));
  for (const [i, name] of names.entries()) {
    if (names.indexOf(name) !== i) faults.add([...path, 'files', i, 'name'], `"${name}" is there twice`);
  }
  if (section === undefined || inbox === undefined || parcels === undefined || returned === undefined)
    return undefined;
  const read = files.filter((file) => file !== undefined);
  return read.length < files.length ? undefined : { inbox, parcels, files: read, returned };
}

function readKind(raw: unknown, zone: string, path: Path, faults: Faults): ConfirmationKind | undefined {
  const kind = faults.read(KIND, raw, path);
  // The columns are checked also where the frame has faults, so that one look shows them all.
  const loose = (typeof raw === 'object' && raw !== null ? raw : {}) as Readonly<Record<string, unknown>>;
  const header = (loose.format as { readonly header?: unknown } | null | undefined)?.header !== false;
  const scope = { header, faults };
  const columns = readColumns(loose.columns, [...path, 'columns'], scope);
  const records =
    loose.records === undefined ? null : readRecords(loose.records, [...path, 'records'], scope);
  const end = loose.end === undefined ? null : readEnd(loose.end, [...path, 'end'], scope);
  if (kind === undefined || columns === undefined || records === undefined || end === undefined)
    return undefined;
  const format = kind.format ?? FORMAT.parse({});
  const ready = readyRule(kind.ready, [...path, 'ready'], faults);
  return {
    name: kind.name,
    match: kind.match,
    ready,
    format: {
      ...format,
      quote: format.quote === 'none' ? null : format.quote,
      zone: format.zone ?? zone,
    },
    records,
    end,
    columns,
  };
}

function readyRule(raw: z.output<typeof READY> | undefined, path: Path, faults: Faults): ReadyRule {
  if (raw !== undefined && (raw.after === undefined) === (raw.trigger === undefined)) {
    faults.add(path, 'needs exactly one of after and trigger');
  }
  if (raw?.trigger !== undefined) return { kind: 'trigger', ending: raw.trigger };
  return { kind: 'settled', afterMs: durationMs(raw?.after ?? '') ?? SETTLED_MS };
}
