import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { ConfigurationError } from '../../core/errors.js';
import type { NoticeFile, NoticeKind, ThreePl } from '../../core/hand-over.js';
import type { Place } from '../../core/places.js';
import { didYouMean } from '../../core/text.js';
import { makeThreePl } from '../../transform/three-pl/index.js';
import { parseTemplate } from '../../transform/three-pl/template.js';
import type { Environment } from './environment.js';
import { resolvePlace } from './places.js';
import { parseYaml, readConfigFile, shownPath } from './yaml.js';

export interface Templates {
  readonly threePls: readonly ThreePl[];
  /** As parsed from YAML, in the same order. */
  readonly values: readonly unknown[];
  readonly faults: readonly string[];
}

/**
 * Reads the templates of the named 3PLs from `3pl/` in the configuration's folder, where their relative
 * paths of deliveries and inboxes start, too. Faults of all templates are collected.
 */
export function readTemplates(
  names: readonly string[],
  configDirectory: string,
  environment: Environment,
): Templates {
  const folder = join(configDirectory, '3pl');
  const faults: string[] = [];
  const threePls: ThreePl[] = [];
  const values: unknown[] = [];
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) {
      faults.push(`threePls[${index}]: "${name}" is named twice`);
      continue;
    }
    const file = join(folder, `${name}.yaml`);
    const shown = shownPath(file);
    if (!existsSync(file)) {
      faults.push(
        `threePls[${index}]: there is no template ${shown}${didYouMean(name, templateNames(folder))}`,
      );
      continue;
    }
    try {
      const value = parseYaml(readConfigFile(file, 'make it readable'), shown);
      const threePl = makeThreePl(parseTemplate(value, shown), configDirectory);
      if (threePl.name !== name)
        faults.push(`${shown}: name: "${threePl.name}" must be that of the file, "${name}"`);
      const placeOf = (place: Place, section: string): Place => {
        const resolved = resolvePlace(place, section, environment, configDirectory);
        faults.push(...resolved.faults.map((fault) => `${shown}: ${fault}`));
        return resolved.place;
      };
      const { confirmations } = threePl;
      const delivery = placeOf(threePl.delivery, 'delivery');
      const noticeOf = (kind: NoticeKind): NoticeFile | null => {
        const notice = threePl.notices[kind];
        if (notice === null) return null;
        const own = !isDeepStrictEqual(notice.delivery, threePl.delivery);
        return { ...notice, delivery: own ? placeOf(notice.delivery, `${kind}.delivery`) : delivery };
      };
      threePls.push({
        ...threePl,
        delivery,
        notices: { cancellations: noticeOf('cancellations'), returns: noticeOf('returns') },
        confirmations: confirmations && {
          ...confirmations,
          inbox: placeOf(confirmations.inbox, 'confirmations.inbox'),
        },
      });
      values.push(value);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      faults.push(...error.message.split('\n'));
    }
  }
  return { threePls, values, faults };
}

function templateNames(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length));
}
