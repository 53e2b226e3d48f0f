import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeOf, messageOf, UsageError } from '../../core/errors.js';
import { PACKAGE_ROOT } from '../../db/sql.js';
import { type InitResult, makeFolders } from '../init.js';
import { starterConfig, starterTemplate } from './texts.js';

/** What a starter project is for. */
export interface StarterChoice {
  readonly engine: 'sqlite' | 'sqlserver';
  /** Names of warehouses, each with a template; empty: the two examples. */
  readonly threePls: readonly string[];
  /** A store of GoDataFeed in the configuration. */
  readonly godatafeed: boolean;
}

const CONFIG = 'config/orderferry.yaml';

/**
 * A project to begin with: configuration, templates, a pipeline, .gitignore, README, and the folders that the configuration
 * names. Never overwrites; where a configuration was there before, folders are left alone, as a missing one may be a mount
 * that failed. Throws UsageError for a folder that cannot be written.
 */
export function startProject(folder: string, choice: StarterChoice): InitResult {
  const target = resolve(folder);
  const written: string[] = [];
  const kept: string[] = [];
  for (const [name, text] of starterFiles(choice))
    (writeNew(join(target, name), text) ? written : kept).push(name);
  return {
    written,
    kept,
    folders: written.includes(CONFIG) ? makeFolders(target, CONFIG, PLACEHOLDERS) : [],
  };
}

/** Stands in for secrets while only folders are looked for. */
const PLACEHOLDERS = { SQLSERVER_PASSWORD: 'placeholder', GODATAFEED_KEY: 'placeholder' };

/** Path below the project, and text. */
function starterFiles({ engine, threePls, godatafeed }: StarterChoice): [string, string][] {
  const names = threePls.length === 0 ? ['atlas', 'borealis'] : threePls;
  const templates = names.map((name, i): [string, string] => [
    `config/3pl/${name}.yaml`,
    threePls.length === 0
      ? shipped(`config/3pl/${name}.yaml`)
      : starterTemplate(shipped('config/3pl/atlas.yaml'), name, i + 1),
  ]);
  return [
    [CONFIG, starterConfig(shipped(CONFIG), { engine, threePls: names, godatafeed })],
    ['config/orderferry.schema.json', shipped('config/orderferry.schema.json')],
    ['config/example.env', shipped('config/example.env')],
    ...templates,
    ['pipelines/orders-to-bi.mjs', shipped('config/starter/pipeline.mjs.txt')],
    ['.gitignore', shipped('config/starter/gitignore.txt')],
    ['README.md', shipped('config/starter/readme.txt')],
  ];
}

function shipped(name: string): string {
  return readFileSync(join(PACKAGE_ROOT, name), 'utf8');
}

function writeNew(file: string, text: string): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && existsSync(file)) return false;
    throw new UsageError(`init: ${file} cannot be written: ${messageOf(error)}`, { cause: error });
  }
}
