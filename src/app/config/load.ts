import { realpathSync } from 'node:fs';
import { dirname, posix, resolve } from 'node:path';
import type { Config } from '../../core/config.js';
import { ConfigurationError } from '../../core/errors.js';
import type { ThreePl } from '../../core/hand-over.js';
import { describePlace, type Place } from '../../core/places.js';
import { didYouMean } from '../../core/text.js';
import type { Environment } from './environment.js';
import { faultLines } from './faults.js';
import { freezeConfig } from './frozen.js';
import { configSchema } from './schema.js';
import { readTemplates } from './templates.js';
import { parseYaml, readConfigFile, shownPath, withoutEmpty } from './yaml.js';

export const DEFAULT_CONFIG_PATH = 'config/orderferry.yaml';

/** The file to load: `--config`, else ORDERFERRY_CONFIG, else `config/orderferry.yaml` where the command runs. */
export function configPath(option: string | undefined, environment: Environment): string {
  return option ?? (environment.ORDERFERRY_CONFIG || DEFAULT_CONFIG_PATH);
}

/**
 * Reads and checks the whole configuration at once. Relative paths in it start at the folder that
 * contains the folder of the file: for `/srv/ferry/config/orderferry.yaml`, `var` is `/srv/ferry/var`,
 * wherever the command was started. Templates lie beside the file, in `3pl/`; the delivery folders in
 * them start at the folder of the file.
 *
 * Throws one {@link ConfigurationError} that lists every fault, `path: reason; did you mean "x"?`.
 */
export function loadConfig(path: string, environment: Environment): Config {
  const file = resolve(path);
  const baseDirectory = dirname(dirname(file));
  const text = readConfigFile(
    file,
    '"orderferry init <folder>" writes one, --config or ORDERFERRY_CONFIG names another',
  );
  const written = withoutEmpty(parseYaml(text, shownPath(file)) ?? {});
  const parsed = configSchema(environment, baseDirectory).safeParse(written);
  const templates = readTemplates(threePlNames(written), dirname(file), environment);
  const faults = [...faultLines(parsed.error?.issues ?? []), ...templates.faults];
  if (parsed.success) faults.push(...faultsBetween(parsed.data, templates.threePls));
  if (!parsed.success || faults.length > 0) {
    const head = `${shownPath(file)}: the configuration has faults; nothing was started`;
    throw new ConfigurationError([head, ...faults].join('\n'));
  }
  return {
    ...parsed.data,
    syncDatabase: parsed.data.syncDatabase ?? null,
    exigoApi: parsed.data.exigoApi ?? null,
    threePls: templates.threePls,
    frozen: freezeConfig(templates.values, parsed.data.godatafeed.stores),
  };
}

/** The names as far as they can be read, so that the templates are checked even when the file has faults. */
function threePlNames(written: unknown): string[] {
  const names: unknown = (written as { threePls?: unknown } | null)?.threePls;
  return Array.isArray(names)
    ? names.filter((name) => typeof name === 'string' && /^[\w-]+$/.test(name))
    : [];
}

/** What templates need of the main file. */
function faultsBetween(
  { mail, godatafeed, tableCsv }: Pick<Config, 'mail' | 'godatafeed' | 'tableCsv'>,
  threePls: readonly ThreePl[],
): string[] {
  const faults: string[] = [...inboxFaults(threePls, tableCsv.directory)];
  const stores = godatafeed.stores.map(({ name }) => name);
  for (const { name, labels, confirmations } of threePls) {
    if (labels?.mail != null && mail === undefined) {
      faults.push(`3pl/${name}.yaml: labels.deliver: mail needs the section mail in orderferry.yaml`);
    }
    for (const store of Object.keys(confirmations?.parcels.stores ?? {})) {
      if (stores.includes(store)) continue;
      faults.push(
        `3pl/${name}.yaml: confirmations.parcels.stores.${store}: there is no such store under godatafeed.stores${didYouMean(store, stores)}`,
      );
    }
  }
  return faults;
}

/** What we deliver must not come back to us as what a 3PL says: an inbox is nobody's delivery folder. */
function inboxFaults(threePls: readonly ThreePl[], tables: string): string[] {
  const delivered = [
    ...threePls.map(({ name, delivery }) => ({ what: `the delivery of ${name}`, where: placeKey(delivery) })),
    { what: 'tableCsv.directory', where: placeKey({ kind: 'folder', path: tables }) },
  ];
  return threePls.flatMap(({ name, confirmations }) => {
    if (confirmations === null) return [];
    const where = placeKey(confirmations.inbox);
    const same = delivered.filter((one) => one.where === where).map(({ what }) => what);
    if (same.length === 0) return [];
    const place = describePlace(confirmations.inbox);
    return [
      `3pl/${name}.yaml: confirmations.inbox: ${place} is ${same.join(' and ')}, too; give what comes back a folder of its own`,
    ];
  });
}

/** The same for two names of one place, as far as that can be told from here. */
function placeKey(place: Place): string {
  if (place.kind !== 'folder') {
    const { host, port, path } = place;
    return `${host.toLowerCase()}:${port} ${place.user} ${posix.normalize(`${path}/`)}`;
  }
  try {
    return realpathSync(place.path);
  } catch {
    return place.path; // not there yet: doctor and the run say so
  }
}
