import { parse } from 'csv-parse/sync';

/** What a template says of its files, as docs/3pl-templates.md explains it. */
export interface FileSection {
  readonly delimiter?: string;
  readonly quoting?: 'minimal' | 'text' | 'all';
  readonly encoding?: string;
  readonly bom?: boolean;
  readonly lineEnds?: 'crlf' | 'lf';
}

export interface ReadCell {
  readonly text: string;
  readonly quoted: boolean;
}

/** Reads a file as its receiver would, knowing the template's words alone, with nothing of the product. */
export function readBack(bytes: Buffer, section: FileSection): ReadCell[][] {
  const { delimiter = ',', encoding = 'utf-8', bom = false, lineEnds = 'crlf' } = section;
  const marked = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]));
  if (marked !== bom) throw new TypeError(`the file ${marked ? 'has a' : 'lacks its'} byte order mark`);
  const text = decode(marked ? bytes.subarray(3) : bytes, encoding);
  const end = lineEnds === 'crlf' ? '\r\n' : '\n';
  if (!text.endsWith(end)) throw new TypeError(`the last record does not end with ${JSON.stringify(end)}`);
  return parse(text, {
    delimiter: delimiter === 'tab' ? '\t' : delimiter,
    record_delimiter: end,
    quote: '"',
    relax_column_count: true, // header and detail records differ
    cast: (value, { quoting }) => ({ text: value, quoted: quoting }),
  }) as unknown as ReadCell[][];
}

/** Cells whose quotes are not as `quoting` asks for. */
export function wronglyQuoted(rows: readonly ReadCell[][], section: FileSection): ReadCell[] {
  const { delimiter = ',', quoting = 'minimal' } = section;
  const separator = delimiter === 'tab' ? '\t' : delimiter;
  const needed = (text: string) => text.includes(separator) || /["\r\n]/.test(text);
  const right = ({ text, quoted }: ReadCell, alone: boolean) => {
    if (quoting === 'all' || needed(text)) return quoted;
    // Text is quoted when it is empty, too; an empty number is not, and nothing here tells which it is.
    if (quoting === 'text') return quoted || /^(-?\d+([.,]\d+)?)?$/.test(text);
    return quoted === (alone && text === ''); // alone, an empty cell would be an empty line
  };
  return rows.flatMap((record) => record.filter((cell) => !right(cell, record.length === 1)));
}

/** 0x80 to 0x9f of Windows-1252; a point is a code that it does not use. */
const WINDOWS_1252 = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';

function decode(bytes: Buffer, encoding: string): string {
  if (encoding === 'utf-8') return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  return Array.from(bytes, (byte) =>
    byte < 0x80 || byte > 0x9f ? String.fromCharCode(byte) : (WINDOWS_1252[byte - 0x80] ?? ''),
  ).join('');
}
