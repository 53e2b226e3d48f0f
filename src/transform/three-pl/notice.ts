import { z } from 'zod';
import { NOTICES, type NoticeKind, type ThreePl, type WaveRule } from '../../core/hand-over.js';
import type { Place } from '../../core/places.js';
import { type Condition, readCondition } from './condition.js';
import { checkedText, type Faults } from './faults.js';
import { type FileFormat, fileNamer, fileNumberReader, readFileFormat } from './file-format.js';
import { type Layout, ROW_KINDS, readLayout } from './layout.js';
import { readPlace } from './place.js';
import { DURATION_WORDS, durationMs, readWave } from './wave.js';

/** A section of a template for a file beside the hand-over file, with what it takes over from the template. */
export interface NoticeFormat {
  readonly wave: WaveRule;
  readonly delivery: Place;
  readonly manifest: ThreePl['manifest'];
  readonly answerWithinMs: number;
  /** Lines that are written; null: all. */
  readonly lines: Condition | null;
  readonly file: FileFormat;
  readonly layout: Layout;
}

export type NoticeFormats = Readonly<Record<NoticeKind, NoticeFormat | null>>;

/** What a section takes over where it is silent. */
type Inherited = Pick<NoticeFormat, 'delivery' | 'manifest' | 'lines' | 'file'>;

const SECTION = z.strictObject({
  file: z.looseObject({}),
  row: z.enum(ROW_KINDS).default('order'),
  columns: z.unknown().optional(),
  items: z.unknown().optional(),
  header: z.unknown().optional(),
  details: z.unknown().optional(),
  lines: z.unknown().optional(),
  wave: z.unknown().optional(),
  delivery: z.looseObject({}).optional(),
  manifest: z.enum(['before', 'after', 'none']).optional(),
  answerWithin: checkedText((text) => (durationMs(text) === null ? DURATION_WORDS : null)).default('24h'),
});

/** The sections of a template that are notices; undefined after noting faults. */
export function readNotices(
  raw: Readonly<Record<string, unknown>>,
  inherited: Inherited,
  faults: Faults,
): NoticeFormats | undefined {
  const before = faults.count;
  const read = Object.fromEntries(
    NOTICES.map((kind) => [
      kind,
      raw[kind] === undefined ? null : (readNotice(kind, raw[kind], inherited, faults) ?? null),
    ]),
  ) as Record<NoticeKind, NoticeFormat | null>;
  checkNames({ handOver: inherited, ...read }, faults);
  return faults.count === before ? read : undefined;
}

function readNotice(
  kind: NoticeKind,
  raw: unknown,
  inherited: Inherited,
  faults: Faults,
): NoticeFormat | undefined {
  const section = faults.read(SECTION, raw, [kind]);
  if (section === undefined) return undefined;
  const { row } = section;
  // Record types differ in their columns, so a header row is taken over by the other kinds of rows alone.
  const { name: _own, header, ...form } = inherited.file;
  const taken = row === 'header-details' ? form : { ...form, header };
  const file = readFileFormat({ ...taken, ...section.file }, row, faults, [kind, 'file']);
  const delivery =
    section.delivery === undefined
      ? inherited.delivery
      : readPlace(section.delivery, [kind, 'delivery'], faults);
  const wave = readWave(section.wave, inherited.file.zone, faults, [kind, 'wave']);
  const lines =
    section.lines === undefined
      ? inherited.lines
      : readCondition(section.lines, [kind, 'lines'], 'line', faults);
  const layout = readLayout(row, section, file ?? inherited.file, faults, [kind]);
  if (!file || !delivery || !wave || !layout || lines === undefined) return undefined;
  const { manifest = inherited.manifest, answerWithin } = section;
  return { wave, delivery, manifest, answerWithinMs: durationMs(answerWithin) ?? 0, lines, file, layout };
}

/** By its name alone a file is known to be of one kind, wherever it lies. */
function checkNames(all: Readonly<Record<string, Pick<NoticeFormat, 'file'> | null>>, faults: Faults): void {
  const kinds = Object.entries(all).flatMap(([kind, format]) =>
    format === null ? [] : [{ kind, ...format }],
  );
  for (const { kind, file } of kinds) {
    if (kind === 'handOver') continue;
    const sample = fileNamer(file.name, file.zone)({ number: 123456, plannedAt: 0 });
    for (const other of kinds) {
      if (other.kind === kind || fileNumberReader(other.file.name, other.file.zone)(sample) === null)
        continue;
      const what = other.kind === 'handOver' ? 'a hand-over file' : `a file of ${other.kind}`;
      faults.add([kind, 'file', 'name'], `"${sample}" could be the name of ${what} as well`);
    }
  }
}
