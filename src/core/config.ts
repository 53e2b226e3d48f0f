import type { AlertsConfig } from './alerts-config.js';
import type { OrderQualifiers } from './api-orders.js';
import type { GoDataFeedStore } from './godatafeed.js';
import type { ThreePl } from './hand-over.js';
import type { CircuitRule } from './retry.js';
import type { ScheduleConfig } from './schedule.js';

/** The whole configuration, parsed once by `app/config`; durations in milliseconds. */
export interface Config {
  readonly database: DatabaseConfig;
  /** Where the sync tables are, when they are not in `database`: read there, never written. */
  readonly syncDatabase: SqlServerConfig | null;
  /** Folder for spool files and logs. */
  readonly stateDirectory: string;
  readonly exigoApi: ExigoApiConfig | null;
  readonly godatafeed: GoDataFeedConfig;
  readonly source: SourceConfig;
  /** By pipeline; left out: live. */
  readonly modes?: Readonly<Record<string, PipelineMode>>;
  readonly lease: LeaseConfig;
  readonly retention: RetentionConfig;
  /** Folder of the CSV files of `exigo-snapshot-to-csv`. */
  readonly tableCsv: { readonly directory: string };
  /** Left out: no mail is sent. */
  readonly mail?: MailConfig | undefined;
  /** Left out: nobody is told. */
  readonly alerts?: AlertsConfig | undefined;
  /** Chromium for HTML labels; left out: looked for where systems have it. */
  readonly labels?: { readonly chromium?: string | undefined } | undefined;
  /** What `orderferry schedule` runs; left out: nothing. */
  readonly schedule?: ScheduleConfig | undefined;
  /** When a system counts as down; left out: the defaults. */
  readonly circuit?: CircuitRule | undefined;
  /** When something is wrong, for `status --check`, the dashboard and whoever alerts. Left out: the defaults. */
  readonly monitoring?: MonitoringConfig | undefined;
  /** The health dashboard. Left out: the defaults. */
  readonly dashboard?: DashboardConfig | undefined;
  /** In the order in which their routes are tried. */
  readonly threePls: readonly ThreePl[];
  /** Everything a transform or a file depends on, as parsed, without secrets: stored with each batch by its hash. */
  readonly frozen: FrozenConfig;
}

/** Stored as JSON: `threePls` and, where there are stores, `stores` with their rules for updates. */
export interface FrozenConfig {
  /** The 3PL templates as parsed from YAML, in order. */
  readonly threePls: readonly unknown[];
  /** Sorted-key JSON of the above and its SHA-256. */
  readonly json: string;
  readonly hash: string;
}

export type DatabaseConfig = { readonly engine: 'sqlite'; readonly file: string } | SqlServerConfig;

export interface SqlServerConfig {
  readonly engine: 'sqlserver';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly encrypt: boolean;
  readonly trustServerCertificate: boolean;
}

export interface ExigoApiConfig {
  /** `https://{company}-api.exigo.com/3.0`, without trailing slash. */
  readonly baseUrl: string;
  readonly login: string;
  readonly company: string;
  readonly password: string;
  /** Orders in one status call and in one GetOrders by ids. Default 200. */
  readonly maxOrders: number;
  /** Total time of one request. Default 30 s. */
  readonly deadlineMs: number;
  /** Default 30 s. */
  readonly unknownWaitMs: number;
  /** The same for an order that is made: default 20 min. */
  readonly createWaitMs?: number;
  /** Default `unproven`: an order of unknown outcome that is not seen is never made again by itself. */
  readonly duplicateKeys?: DuplicateKeys;
  /** Default `comma`, as the vendor's paper has it. */
  readonly listStyle?: ListStyle;
  /**
   * What the batch call names the status: `orderStatus` with a name (default; documentation of 2022) or
   * `orderStatusTy` with a number (newest catalogue of the REST fields).
   */
  readonly batchStatusField?: BatchStatusField;
  /** Most bytes of a reply. Default 20,000,000. */
  readonly maxBytes?: number;
  /** Which orders the source of the API lists. Default: all. */
  readonly orders?: OrderQualifiers;
}

/**
 * How a list goes into a query string. The vendor's paper speaks of a comma-delimited list, a client in
 * the wild sends indexed names, neither was seen to work against a live tenant: so it is a setting.
 * `comma`: `orderIDs=1,2`; `repeated`: `orderIDs=1&orderIDs=2`; `indexed`: `orderIDs[0]=1&orderIDs[1]=2`.
 */
export const LIST_STYLES = ['comma', 'repeated', 'indexed'] as const;
export type ListStyle = (typeof LIST_STYLES)[number];
export const BATCH_STATUS_FIELDS = ['orderStatus', 'orderStatusTy'] as const;
export type BatchStatusField = (typeof BATCH_STATUS_FIELDS)[number];

/** Whether Exigo was seen to refuse a second order with the same ManualOrderKey. */
export const DUPLICATE_KEYS = ['unproven', 'refused'] as const;
export type DuplicateKeys = (typeof DUPLICATE_KEYS)[number];

export interface GoDataFeedConfig {
  readonly stores: readonly GoDataFeedStore[];
}

/** Where the orders of the pipelines come from: the snapshots of a sync database, or GetOrders. */
export const ORDER_SOURCES = ['queue', 'api'] as const;
export type OrderSourceKind = (typeof ORDER_SOURCES)[number];

export interface SourceConfig {
  /** Default `queue`. With `api` there is no sync database: no statement names `dbo` or `queue`. */
  readonly orders?: OrderSourceKind;
  /** Subtracted from the watermark. Default 15 min. */
  readonly overlapMs: number;
  /** An order whose totals differ ships when it has not moved for this long. Default 10 min. */
  readonly settleMs: number;
  /** How far back the very first freeze looks. Default 24 h, as the vendor's. */
  readonly firstRunMs: number;
  /** A table that stopped moving holds the common start back by at most this much. Default 2 h. */
  readonly tableLagMs: number;
  /** The nightly sweep compares orders modified within this time. Default 30 days. */
  readonly sweepHorizonMs: number;
  /** Sensitive columns (`Payments.CreditCardNumber`) that are frozen all the same. Default none. */
  readonly allowSensitive: readonly string[];
  /** Backfilled orders that are older than this are listed and need `--yes`. Default 60 days. */
  readonly oldOrderMs: number;
}

/** `shadow`: everything but what is seen outside; files go into a folder of our own. */
export const PIPELINE_MODES = ['live', 'shadow'] as const;
export type PipelineMode = (typeof PIPELINE_MODES)[number];

/** Whether a pipeline runs in shadow. */
export function inShadow({ modes }: Pick<Config, 'modes'>, pipeline: string): boolean {
  return modes?.[pipeline] === 'shadow';
}

/** Folder of the files that are made in shadow for a target. */
export function shadowPath({ stateDirectory }: Pick<Config, 'stateDirectory'>, target: string): string {
  return `${stateDirectory}/shadow/${target}`;
}

export interface LeaseConfig {
  /** Default 60 s. */
  readonly ttlMs: number;
}

export interface RetentionConfig {
  /** Frozen rows. Default 30 days. */
  readonly frozenMs: number;
  /** Frozen rows a hand-over file was rendered from. Default 400 days. */
  readonly handedOverMs: number;
  /** What 3PLs sent: rows, and the copies of their files. Default: as {@link handedOverMs}. */
  readonly inboxMs?: number;
  /** Reasons, errors and messages of what is settled, which may quote an order or a server. Left out: 90 days. */
  readonly textsMs?: number;
  /** Batches, items, effects, files and events. Left out: as long as `handedOverMs`. */
  readonly ledgerMs?: number;
}

/** How mail leaves: TLS by STARTTLS, TLS from the first byte, or none at all (to this machine alone). */
export const MAIL_SECURITY = ['starttls', 'tls', 'none'] as const;

export interface MailConfig {
  readonly host: string;
  readonly port: number;
  readonly secure: (typeof MAIL_SECURITY)[number];
  /** Null, with the password: the server wants no login. */
  readonly user: string | null;
  readonly password: string | null;
  /** `Orderferry <ferry@example.com>`, or the address alone. */
  readonly from: string;
  /** Absolute path of a PEM file; null: the authorities that Node trusts. */
  readonly caFile: string | null;
  /** Total time of one mail. Default 60 s. */
  readonly deadlineMs: number;
}

/** From when on something is wrong. */
export interface MonitoringConfig {
  /** Longest time since the last success of a flow that has ever run. Default 1 h. */
  readonly maxSilenceMs: number;
  /** Greatest age of an order that is on its way. Default 26 h: a daily wave and two hours. */
  readonly maxLagMs: number;
  /** Greatest age of an order that is held or failed and that nobody has answered. Default 3 days. */
  readonly maxStuckMs: number;
  /** Most held and failed items of a flow. Default 100. */
  readonly maxErrors: number;
  /** What differs for a flow. */
  readonly flows: readonly FlowMonitoring[];
}

export interface FlowMonitoring {
  readonly pipeline: string;
  /** False: nothing about it counts as wrong. */
  readonly watch: boolean;
  readonly maxSilenceMs?: number | undefined;
  readonly maxLagMs?: number | undefined;
  readonly maxStuckMs?: number | undefined;
  readonly maxErrors?: number | undefined;
}

export interface DashboardConfig {
  /** Address to listen on. Default 127.0.0.1; any that other machines reach needs a password. */
  readonly listen: string;
  /** Default 8088. */
  readonly port: number;
  readonly password?: string | undefined;
  /** Bearer token of whoever reads `/metrics` from another machine. */
  readonly metricsToken?: string | undefined;
  /** Where browsers reach it through a proxy that terminates TLS, `https://ferry.example.com`. */
  readonly publicUrl?: string | undefined;
  /** Whether files may be downloaded, which carry addresses. */
  readonly downloads: boolean;
}
