import { createReadStream, existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  type ConfirmationFile,
  type ConfirmationRow,
  type FaultyRow,
  NotReadable,
} from '../core/confirmation.js';
import { codeOf, messageOf, UsageError } from '../core/errors.js';
import type { ThreePl } from '../core/hand-over.js';
import { contentOf } from '../engine/inbox/resolve-rows.js';
import { makeThreePl, parseTemplate } from '../transform/three-pl/index.js';
import { parseYaml, readConfigFile, shownPath } from './config/yaml.js';

/** A 3PL by its template alone: no configuration, no secrets, no database. */
export interface LoadedTemplate {
  readonly threePl: ThreePl;
  /** The template's file, as a person would write it. */
  readonly shown: string;
}

/** `atlas` is `3pl/atlas.yaml` beside the configuration; a path is that file. Throws a ConfigurationError with all faults. */
export function loadTemplate(template: string, configFile: string): LoadedTemplate {
  const folder = dirname(resolve(configFile));
  const path = /[/\\]|\.ya?ml$/.test(template) ? resolve(template) : join(folder, '3pl', `${template}.yaml`);
  const shown = shownPath(path);
  const value = parseYaml(readConfigFile(path, 'name a template under config/3pl, or its file'), shown);
  return { threePl: makeThreePl(parseTemplate(value, shown), folder), shown };
}

/** How a sample would be read. */
export interface SampleReading {
  readonly file: string;
  readonly kind: string;
  /** Why the file would be set aside; null: it is read. */
  readonly aside: { readonly code: string; readonly reason: string } | null;
  readonly good: number;
  readonly faulty: number;
  /** The first of them, in the order of the file. */
  readonly rows: readonly (ConfirmationRow | FaultyRow)[];
}

/** Reads a sample file, keeping the first `most` good rows and as many faulty ones. */
export async function readSample(
  { threePl, shown }: LoadedTemplate,
  path: string,
  kindName: string | undefined,
  most: number,
): Promise<SampleReading> {
  const kind = kindFor(threePl, shown, basename(path), kindName);
  const seen = new Set<string>();
  const rows: (ConfirmationRow | FaultyRow)[] = [];
  let [good, faulty] = [0, 0];
  let aside: SampleReading['aside'] = null;
  if (!existsSync(path)) throw new UsageError(`${path}: there is no such file`);
  try {
    for await (const page of kind.read(bytesOf(path))) {
      for (const one of page) {
        const row = 'row' in one ? onceOnly(one.row, one.raw, seen) : one.faulty;
        if ('code' in row ? faulty++ < most : good++ < most) rows.push(row);
      }
    }
  } catch (error) {
    if (!(error instanceof NotReadable)) throw error;
    aside = { code: error.code, reason: error.message };
  }
  return { file: basename(path), kind: kind.name, aside, good, faulty, rows };
}

/** Whether an order is ours is for the database to say; that a row says nothing new is not. */
function onceOnly(row: ConfirmationRow, raw: string, seen: Set<string>): ConfirmationRow | FaultyRow {
  const content = `${row.reference} ${contentOf(row)}`;
  if (!seen.has(content)) {
    seen.add(content);
    return row;
  }
  const fault = 'says the same as a row before it in this file, which counts';
  return { line: row.line, code: 'DUPLICATE_LINE', fault, raw };
}

function kindFor(
  { confirmations }: ThreePl,
  shown: string,
  name: string,
  kindName: string | undefined,
): ConfirmationFile {
  const files = confirmations?.files ?? [];
  if (files.length === 0) {
    throw new UsageError(`${shown} has no confirmations: it does not say how files of this 3PL are read`);
  }
  const kinds = files.map((file) => file.name).join(', ');
  if (kindName !== undefined) {
    const named = files.find((file) => file.name === kindName);
    if (named !== undefined) return named;
    throw new UsageError(`--kind ${kindName}: ${shown} has the kinds ${kinds}`);
  }
  const matching = files.find((file) => file.matches(name));
  if (matching !== undefined) return matching;
  throw new UsageError(
    `${name} matches no kind of file of ${shown}, so it would be left in the inbox; --kind reads it as one of ${kinds}`,
  );
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of createReadStream(path)) yield piece as Uint8Array;
  } catch (error) {
    throw new UsageError(`${path}: cannot be read (${codeOf(error) ?? messageOf(error)})`);
  }
}
