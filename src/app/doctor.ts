import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../core/clock.js';
import type { Config, DatabaseConfig, ExigoApiConfig } from '../core/config.js';
import { messageOf } from '../core/errors.js';
import { NOTICES, type NoticeKind, type ThreePl } from '../core/hand-over.js';
import type { AnyPipeline } from '../core/pipeline.js';
import type { Place } from '../core/places.js';
import type { Database } from '../db/database.js';
import { type Check, failed, passed } from './doctor/check.js';
import { checkExigoApi, type ExigoProbe } from './doctor/check-api.js';
import type { ExigoForms } from './doctor/check-api-forms.js';
import { checkDatabase } from './doctor/check-database.js';
import { checkDisk } from './doctor/check-disk.js';
import { checkFolder, checkLabelFolder } from './doctor/check-folder.js';
import { checkGoDataFeed, type FeedProbe } from './doctor/check-godatafeed.js';
import { checkMailServer } from './doctor/check-mail.js';
import { checkPipelines } from './doctor/check-pipelines.js';
import { checkPlace } from './doctor/check-place.js';
import { checkStranded } from './doctor/check-stranded.js';
import { checkZones } from './doctor/check-zones.js';
import type { Output } from './output.js';
import { EXIT, exitCodeOf } from './process.js';

export type { Check } from './doctor/check.js';
export type { ExigoProbe } from './doctor/check-api.js';

export interface DoctorOptions {
  /** Loads the configuration; its error is the first finding. */
  readonly load: () => Config;
  readonly openDatabase: (config: DatabaseConfig) => Database | Promise<Database>;
  /** One harmless call that needs the credentials. Not asked when no API is configured. */
  readonly exigoApi: (config: Config) => ExigoProbe;
  /** Harmless reads that tell which form of a list the API takes. Left out: that is not looked at. */
  readonly exigoForms?: (config: ExigoApiConfig) => ExigoForms;
  /** Harmless calls to the stores of GoDataFeed. Not asked when none is configured. */
  readonly godatafeed: FeedProbe;
  /** Pipelines of the project. */
  readonly ownPipelines?: () => Promise<readonly AnyPipeline[]>;
  readonly clock: Clock;
}

export interface DoctorReport {
  readonly ok: boolean;
  readonly exitCode: number;
  readonly checks: readonly Check[];
}

/**
 * Looks at everything a run needs and changes nothing: no table, no order; each folder, here or on a server, gets
 * a file that is removed at once. A check that cannot be made because an earlier one failed is left out.
 */
export async function doctor(options: DoctorOptions): Promise<DoctorReport> {
  let config: Config;
  try {
    config = options.load();
  } catch (error) {
    return report([failed('configuration', messageOf(error), 'mend the lines above', exitCodeOf(error))]);
  }
  const { frozen, threePls } = config;
  const folders = new Map([
    ['state folder', { path: config.stateDirectory, made: true }],
    ['table folder', { path: config.tableCsv.directory, made: false }],
    ...threePls.flatMap(({ name, delivery }) =>
      delivery.kind === 'folder'
        ? [[`folder of ${name}`, { path: delivery.path, made: false }] as const]
        : [],
    ),
    ...threePls.flatMap(({ name, delivery, notices }) =>
      ownPlaces(delivery, notices).flatMap(({ kind, place }) =>
        place.kind === 'folder' ? [[`${kind} of ${name}`, { path: place.path, made: false }] as const] : [],
      ),
    ),
    ...threePls.flatMap(({ name, confirmations }) =>
      confirmations?.inbox.kind === 'folder'
        ? [[`inbox of ${name}`, { path: confirmations.inbox.path, made: false }] as const]
        : [],
    ),
  ]);
  const checks = [
    passed('configuration', `${threePls.length} 3PL templates, hash ${frozen.hash.slice(0, 12)}`),
    checkZones(['America/Chicago', ...threePls.map((one) => one.wave.zone)]),
  ];
  checks.push(...(await checkPipelines(config, options.ownPipelines ?? (async () => []))));
  // On the embedded engine the database is usually beside it, and says the same.
  if (config.database.engine === 'sqlserver') {
    checks.push(await checkDisk('disk', config.stateDirectory, config.stateDirectory));
  }
  for (const [name, folder] of folders) checks.push(await checkFolder(name, folder.path, folder.made));
  for (const { name, labels } of threePls) {
    if (labels?.folder) checks.push(await checkLabelFolder(`labels of ${name}`, labels.folder.path));
  }
  const { clock } = options;
  for (const { name, delivery, confirmations, notices } of threePls) {
    const inbox = confirmations?.inbox ?? null;
    if (delivery.kind !== 'folder') {
      checks.push(await checkPlace(`server of ${name}`, delivery, { section: 'delivery', clock }));
    }
    for (const { kind, place } of ownPlaces(delivery, notices)) {
      if (place.kind === 'folder') continue;
      checks.push(await checkPlace(`${kind} of ${name}`, place, { section: `${kind}.delivery`, clock }));
    }
    if (inbox !== null && inbox.kind !== 'folder') {
      checks.push(await checkPlace(`inbox of ${name}`, inbox, { section: 'confirmations.inbox', clock }));
    }
  }
  checks.push(
    ...(await checkDatabase(
      config.database,
      config.syncDatabase,
      options.openDatabase,
      config.source.orders ?? 'queue',
      clock,
      (state) => checkStranded(state, config),
    )),
  );
  checks.push(...(await checkExigoApi(config, options.exigoApi, clock, options.exigoForms)));
  checks.push(...(await checkGoDataFeed(config.godatafeed.stores, options.godatafeed, clock)));
  if (config.mail !== undefined) checks.push(await checkMailServer(config.mail));
  return report(checks);
}

/** Where notices go that have a place of their own. */
function ownPlaces(delivery: Place, notices: ThreePl['notices']): { kind: NoticeKind; place: Place }[] {
  return NOTICES.flatMap((kind) => {
    const place = notices[kind]?.delivery;
    return place === undefined || isDeepStrictEqual(place, delivery) ? [] : [{ kind, place }];
  });
}

/** Prints the report: one line per check, and under each that failed what to do. */
export function printDoctor({ ok, checks }: DoctorReport, output: Output): void {
  for (const check of checks) {
    const lines = check.detail.split('\n');
    output.line(`${check.ok ? 'ok  ' : 'FAIL'}  ${check.name}: ${lines[0]}`);
    for (const line of lines.slice(1)) output.line(`      ${line}`);
    if (check.remedy !== null) output.line(`      -> ${check.remedy}`);
  }
  output.line();
  const bad = checks.filter((check) => !check.ok).length;
  output.line(ok ? 'Everything a run needs is there.' : `${bad} of ${checks.length} checks failed.`);
  output.result({ ok, checks: checks.map(({ exitCode: _, ...check }) => check) });
}

function report(checks: readonly Check[]): DoctorReport {
  // What a person must mend comes before what may mend itself.
  const codes = new Set(checks.filter((check) => !check.ok).map((check) => check.exitCode));
  const exitCode = [EXIT.usage, EXIT.unreachable, EXIT.failed].find((code) => codes.has(code)) ?? EXIT.done;
  return { ok: codes.size === 0, exitCode, checks };
}
