import { z } from 'zod';
import type { FileContext } from '../../core/hand-over.js';
import { EXIGO_ZONE } from '../../core/time.js';
import { dateFormatFault, instantFormatter, zoneFault } from './date-format.js';
import { checkedText, type Faults, type Path } from './faults.js';
import { cleanText, type Encoding, fitEncoding, type Newlines } from './text-cell.js';

/** The `file` section of a template with its defaults. */
export interface FileFormat {
  /** Name pattern, `ATL_{date:yyyyMMdd}_{number:000000}.csv`. */
  readonly name: string;
  readonly delimiter: ',' | ';' | '|' | '\t';
  /** `minimal`: only where CSV needs it; `text`: also every cell that is no number; `all`: every cell. */
  readonly quoting: 'minimal' | 'text' | 'all';
  readonly header: boolean;
  readonly encoding: Encoding;
  /** What happens to characters the encoding lacks: `?` instead, or the order is held. */
  readonly unencodable: 'replace' | 'hold';
  readonly bom: boolean;
  readonly lineEnds: 'crlf' | 'lf';
  /** Zone of every date in the file and its name. */
  readonly zone: string;
  readonly newlines: Newlines;
}

const FILE = z.strictObject({
  name: checkedText(fileNameFault),
  delimiter: z
    .preprocess((value) => (value === 'tab' ? '\t' : value), z.enum([',', ';', '|', '\t']))
    .default(','),
  quoting: z.enum(['minimal', 'text', 'all']).default('minimal'),
  header: z.boolean().optional(),
  encoding: z.enum(['utf-8', 'windows-1252']).default('utf-8'),
  unencodable: z.enum(['replace', 'hold']).default('hold'),
  bom: z.boolean().default(false),
  lineEnds: z.enum(['crlf', 'lf']).default('crlf'),
  zone: checkedText(zoneFault).default(EXIGO_ZONE),
  newlines: z.enum(['space', 'keep']).default('space'),
});

export function readFileFormat(
  raw: unknown,
  row: string,
  faults: Faults,
  at: Path = ['file'],
): FileFormat | undefined {
  const file = faults.read(FILE, raw, at);
  if (file === undefined) return undefined;
  const { header = row !== 'header-details' } = file;
  if (header && row === 'header-details') {
    faults.add(
      [...at, 'header'],
      'header and detail records have different columns: leave the header row off',
    );
  }
  if (file.bom && file.encoding !== 'utf-8') {
    faults.add([...at, 'bom'], `a byte order mark belongs to utf-8, not to ${file.encoding}`);
  }
  return { ...file, header };
}

/** Notes a fault when fixed text of the template (a name, a constant) is untidy or not in the encoding. */
export function checkFixedText(text: string, file: FileFormat, path: Path, faults: Faults): void {
  const { lacking } = fitEncoding(text, file.encoding);
  if (lacking !== null) faults.add(path, `"${lacking}" does not exist in ${file.encoding}`);
  if (cleanText(`[${text}]`, file.newlines) !== `[${text}]`) {
    faults.add(path, 'contains control characters or newlines that the file cannot carry');
  }
}

type NamePart = (context: FileContext) => string;

/** The name of a file; throws nothing, the pattern has been checked. */
export function fileNamer(pattern: string, zone: string): NamePart {
  const parts = nameParts(pattern, zone);
  return (context) => parts.map((part) => (typeof part === 'string' ? '' : part.write(context))).join('');
}

/** Reads the number out of a name that {@link fileNamer} made; null for any other name. */
export function fileNumberReader(pattern: string, zone: string): (name: string) => number | null {
  const forms = nameParts(pattern, zone).map((part) => {
    if (typeof part === 'string') return '';
    const sample = part.write({ number: 0, plannedAt: 0 });
    if (part.kind === 'text') return sample.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    if (part.kind === 'number') return `(\\d{${Math.max(1, sample.length)},})`;
    // Dates of digits alone have a width of their own, so a number may stand right beside one.
    return /^\d+$/.test(sample) ? `\\d{${sample.length}}` : '.{1,40}?';
  });
  const form = new RegExp(`^${forms.join('')}$`);
  return (name) => {
    const digits = form.exec(name)?.[1];
    return digits === undefined || digits.length > 15 ? null : Number(digits);
  };
}

interface Placeholder {
  readonly kind: 'text' | 'date' | 'number';
  readonly write: NamePart;
}

/** The pattern's parts; a part that cannot be used is its fault as text. */
function nameParts(pattern: string, zone: string): (Placeholder | string)[] {
  return Array.from(pattern.matchAll(/\{([^{}]*)\}|[^{}]+|[{}]/g), ([text, inside]) => {
    if (text === '{' || text === '}') return `"${pattern}" has a brace without its partner`;
    return inside === undefined ? { kind: 'text', write: () => text } : placeholder(inside, zone);
  });
}

function placeholder(inside: string, zone: string): Placeholder | string {
  const colon = inside.indexOf(':');
  const kind = colon < 0 ? inside : inside.slice(0, colon);
  const form = colon < 0 ? '' : inside.slice(colon + 1);
  if (kind === 'date') {
    const format = form === '' ? 'yyyyMMdd' : form;
    const write = instantFormatter({ format, zone });
    return dateFormatFault(format) ?? { kind, write: ({ plannedAt }) => write(plannedAt) };
  }
  if (kind === 'number' && /^0*$/.test(form)) {
    return { kind, write: ({ number }) => String(number).padStart(form.length, '0') };
  }
  return `{${inside}} is no placeholder; write {date:yyyyMMdd} or {number:000000}`;
}

const MOST_NAME = 150;
/** What some file system or shell the 3PL may use refuses, and what means a folder. */
const FORBIDDEN = /[\\/:*?"<>|]|\p{Cc}|[^\x20-\x7e]/u;

/** What is wrong with a pattern of names, or null. */
export function fileNameFault(pattern: string): string | null {
  const parts = nameParts(pattern, 'UTC');
  const broken = parts.find((part) => typeof part === 'string');
  if (broken !== undefined) return broken;
  if (!parts.some((part) => typeof part !== 'string' && part.kind === 'number')) {
    return `"${pattern}" needs {number}: two files could get one name without it`;
  }
  const sample = fileNamer(pattern, 'UTC')({ number: 123456, plannedAt: 0 });
  const forbidden = FORBIDDEN.exec(sample);
  if (forbidden !== null)
    return `"${sample}" contains ${JSON.stringify(forbidden[0])}, which not every file system takes`;
  if (/^[. ]|[. ]$/.test(sample)) return `"${sample}" begins or ends with a point or a space`;
  if (/\.(part|tmp|manifest\.json)$/i.test(sample))
    return `"${sample}": this ending is for files under way or manifests`;
  return sample.length > MOST_NAME ? `"${sample}" is longer than ${MOST_NAME} characters` : null;
}
