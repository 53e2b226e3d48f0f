import { z } from 'zod';
import { InvariantError } from '../../core/errors.js';
import type { ThreePl, WaveRule } from '../../core/hand-over.js';
import type { Place } from '../../core/places.js';
import { EXIGO_ZONE } from '../../core/time.js';
import { type Condition, readCondition } from './condition.js';
import { type ConfirmationSection, readConfirmations } from './confirmations/section.js';
import { checkedText, Faults } from './faults.js';
import { type FileFormat, readFileFormat } from './file-format.js';
import { type LabelFormat, readLabels } from './labels.js';
import { type Layout, ROW_KINDS, type RowKind, readLayout } from './layout.js';
import { type NoticeFormats, readNotices } from './notice.js';
import { readPlace } from './place.js';
import { DURATION_WORDS, durationMs, readWave } from './wave.js';

/** A template of `config/3pl/` after checking, with all defaults filled in. */
export interface Template {
  readonly name: string;
  readonly routes: readonly Condition[];
  readonly wave: WaveRule;
  /** As written; the loader puts in what is in the environment, and makes paths absolute. */
  readonly delivery: Place;
  readonly manifest: ThreePl['manifest'];
  /** Null: printed is handed-over. */
  readonly answerWithinMs: number | null;
  /** Lines that are written; null: all. */
  readonly lines: Condition | null;
  readonly file: FileFormat;
  readonly layout: Layout;
  /** Null: none go with the files. */
  readonly labels: LabelFormat | null;
  /** What the 3PL sends back; null: nothing is read. */
  readonly confirmations: ConfirmationSection | null;
  /** What else it is told by file. */
  readonly notices: NoticeFormats;
}

const TEMPLATE = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,49}$/, 'a name has lower-case letters, digits and hyphens (at most 50)'),
  routes: z.array(z.strictObject({ when: z.unknown() })).min(1, 'without a route no order would come here'),
  wave: z.unknown().optional(),
  delivery: z.looseObject({}),
  manifest: z.enum(['before', 'after', 'none']).default('before'),
  printed: checkedText((text) =>
    text === 'handed-over' || text === 'acknowledged'
      ? null
      : `"${text}" is not known; an order counts as Printed when it is handed-over (its file has been delivered) or acknowledged (the 3PL has accepted it)`,
  ).default('handed-over'),
  answerWithin: checkedText((text) => (durationMs(text) === null ? DURATION_WORDS : null)).optional(),
  lines: z.unknown().optional(),
  file: z.unknown(),
  row: z.enum(ROW_KINDS),
  columns: z.unknown().optional(),
  items: z.unknown().optional(),
  header: z.unknown().optional(),
  details: z.unknown().optional(),
  labels: z.unknown().optional(),
  confirmations: z.unknown().optional(),
  cancellations: z.unknown().optional(),
  returns: z.unknown().optional(),
});

/** A 3PL that answers does so within a working day. */
const ANSWER_WITHIN = '24h';

/** Stands in for a `file` section with faults, so that the columns are checked all the same. */
const FALLBACK_FILE: FileFormat = {
  name: '{number}',
  delimiter: ',',
  quoting: 'minimal',
  header: false,
  encoding: 'utf-8',
  unencodable: 'hold',
  bom: false,
  lineEnds: 'crlf',
  zone: EXIGO_ZONE,
  newlines: 'keep',
};

const FALLBACK_DELIVERY: Place = { kind: 'folder', path: '.' };

/**
 * Checks a template as it was parsed from YAML. `where` names it in messages (`config/3pl/atlas.yaml`).
 * Throws one ConfigurationError that lists every fault as `path: reason; did you mean "x"?`.
 */
export function parseTemplate(yamlValue: unknown, where: string): Template {
  const faults = new Faults();
  const top = faults.read(TEMPLATE, yamlValue, []);
  // Sections are checked even when the frame has faults, so that one run shows them all.
  const raw = (typeof yamlValue === 'object' && yamlValue !== null ? yamlValue : {}) as Record<
    string,
    unknown
  >;
  const row = ROW_KINDS.find((kind) => kind === raw.row) ?? likelyRow(raw);
  const file = readFileFormat(raw.file, row, faults);
  const routes = readRoutes(raw.routes, faults);
  const delivery = raw.delivery === undefined ? undefined : readPlace(raw.delivery, ['delivery'], faults);
  const wave = readWave(raw.wave, file?.zone ?? EXIGO_ZONE, faults);
  const lines = raw.lines === undefined ? null : readCondition(raw.lines, ['lines'], 'line', faults);
  const layout = readLayout(row, raw, file ?? FALLBACK_FILE, faults);
  const labels = readLabels(raw.labels, file ?? FALLBACK_FILE, faults);
  const confirmations =
    raw.confirmations === undefined
      ? null
      : readConfirmations(raw.confirmations, file?.zone ?? EXIGO_ZONE, faults);
  if (top?.printed === 'acknowledged' && raw.confirmations === undefined) {
    faults.add(['printed'], 'acknowledged needs confirmations, which have the answers');
  }
  if (top?.printed === 'handed-over' && top.answerWithin !== undefined) {
    faults.add(['answerWithin'], 'goes with printed: acknowledged alone');
  }
  const notices = readNotices(
    raw,
    {
      delivery: delivery ?? FALLBACK_DELIVERY,
      manifest: top?.manifest ?? 'before',
      lines: lines ?? null,
      file: file ?? FALLBACK_FILE,
    },
    faults,
  );
  if (raw.cancellations !== undefined && raw.confirmations === undefined) {
    faults.add(['cancellations'], 'needs confirmations, which have the answers');
  }
  faults.throwIfAny(where);
  const known = lines !== undefined && labels !== undefined && confirmations !== undefined;
  if (!notices || !top || !file || !wave || !delivery || !layout || !known)
    throw new InvariantError(`${where}: a fault was lost`);
  const { name, manifest, printed } = top;
  const answerWithinMs = printed === 'acknowledged' ? durationMs(top.answerWithin ?? ANSWER_WITHIN) : null;
  return {
    name,
    routes,
    wave,
    delivery,
    manifest,
    answerWithinMs,
    lines,
    file,
    layout,
    labels,
    confirmations,
    notices,
  };
}

/** The kind of row the sections speak of, to check them by when `row` itself has a fault. */
function likelyRow(raw: Readonly<Record<string, unknown>>): RowKind {
  if (raw.header !== undefined || raw.details !== undefined) return 'header-details';
  return raw.items === undefined ? 'line' : 'order';
}

function readRoutes(raw: unknown, faults: Faults): Condition[] {
  if (!Array.isArray(raw)) return [];
  const routes = raw.map((route: unknown, i) => {
    const when = (route as { when?: unknown } | null)?.when;
    return when === undefined ? undefined : readCondition(when, ['routes', i, 'when'], 'order', faults);
  });
  return routes.filter((route) => route !== undefined);
}
