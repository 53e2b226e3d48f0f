import { constants, copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from '../core/errors.js';
import { placesOf } from '../core/hand-over.js';
import { PACKAGE_ROOT } from '../db/sql.js';
import type { Environment } from './config/environment.js';
import { loadConfig } from './config/load.js';

export interface InitResult {
  /** Paths below the folder. */
  readonly written: readonly string[];
  /** There already, and left as they are. */
  readonly kept: readonly string[];
  /** Delivery, inbox and table folders that were made. */
  readonly folders: readonly string[];
}

/**
 * For the demo and for tests: puts the configuration that is shipped with the product into
 * `<folder>/config`, and makes the folders it names. Never overwrites. When `orderferry.yaml` was there
 * before, folders are left alone: a missing one may be a mount that failed.
 */
export function init(folder: string): InitResult {
  const target = resolve(folder);
  const written: string[] = [];
  const kept: string[] = [];
  for (const name of shippedFiles()) {
    (copyNew(join(PACKAGE_ROOT, name), join(target, name)) ? written : kept).push(name);
  }
  const configFile = join('config', 'orderferry.yaml');
  return { written, kept, folders: written.includes(configFile) ? makeFolders(target, configFile) : [] };
}

/** The configuration, its schema, `example.env` and the templates: paths below the product's folder. */
export function shippedFiles(): string[] {
  const templates = readdirSync(join(PACKAGE_ROOT, 'config', '3pl')).filter((name) => name.endsWith('.yaml'));
  return [
    ...['orderferry.yaml', 'orderferry.schema.json', 'example.env'].map((name) => join('config', name)),
    ...templates.sort().map((name) => join('config', '3pl', name)),
  ];
}

function copyNew(from: string, to: string): boolean {
  try {
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && existsSync(to)) return false;
    throw new UsageError(`init: ${to} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** The folders that a new configuration names; `environment` as far as it is needed to read it. */
export function makeFolders(target: string, configFile: string, environment: Environment = {}): string[] {
  const config = loadConfig(join(target, configFile), environment);
  const folders = [
    config.stateDirectory,
    config.tableCsv.directory,
    ...config.threePls.flatMap(placesOf).flatMap((place) => (place.kind === 'folder' ? [place.path] : [])),
  ];
  return folders
    .filter((folder) => mkdirSync(folder, { recursive: true }) !== undefined)
    .map((folder) => relative(target, folder));
}
