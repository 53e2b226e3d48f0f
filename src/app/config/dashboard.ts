import { DAY, MINUTE } from '../../core/clock.js';
import { group, listOf, type valueSchemas } from './values.js';

type Values = ReturnType<typeof valueSchemas>;

/** A password that is tried over a network is longer than one of a database behind a firewall. */
const MIN_PASSWORD = 12;

/** `monitoring`: from when on something is wrong. */
export function monitoringSchema({ duration, integer, flag, text }: Values) {
  const age = () => duration({ min: MINUTE, max: 400 * DAY });
  const flow = group({
    pipeline: text().describe('The flow, built in or of the project.'),
    watch: flag().prefault(true).describe('`false`: nothing about it counts as wrong.'),
    maxSilence: age().optional().describe('Instead of the common one.'),
    maxLag: age().optional().describe('Instead of the common one.'),
    maxStuck: age().optional().describe('Instead of the common one.'),
    maxErrors: integer(0, 1_000_000).optional().describe('Instead of the common one.'),
  }).transform(({ maxSilence, maxLag, maxStuck, ...rest }) => ({
    ...rest,
    maxSilenceMs: maxSilence,
    maxLagMs: maxLag,
    maxStuckMs: maxStuck,
  }));
  return group({
    maxSilence: age().prefault('1h').describe('Longest time since the last success of a flow.'),
    maxLag: age().prefault('26h').describe('Greatest age of an order that is on its way.'),
    maxStuck: age().prefault('3d').describe('Greatest age of an order that is held or failed.'),
    maxErrors: integer(0, 1_000_000).prefault(100).describe('Most held and failed items of a flow.'),
    flows: listOf(flow).prefault([]).describe('What differs for a flow.'),
  }).transform(({ maxSilence, maxLag, maxStuck, ...rest }) => ({
    ...rest,
    maxSilenceMs: maxSilence,
    maxLagMs: maxLag,
    maxStuckMs: maxStuck,
  }));
}

/** `dashboard`: where it listens, and who may look. */
export function dashboardSchema({ text, integer, secret, url, flag }: Values) {
  const longSecret = (variable: string) =>
    secret(variable).superRefine((value, context) => {
      if (typeof value !== 'string' || value.length >= MIN_PASSWORD) return;
      const message = `has fewer than ${MIN_PASSWORD} characters; it guards a page that others may reach`;
      context.addIssue({ code: 'custom', message });
    });
  return group({
    listen: text()
      .prefault('127.0.0.1')
      .describe('Address to listen on; any that other machines reach needs a password.'),
    port: integer(0, 65_535).prefault(8088).describe('TCP port; 0: any that is free.'),
    password: longSecret('DASHBOARD_PASSWORD').optional().describe('From the environment only.'),
    metricsToken: longSecret('DASHBOARD_METRICS_TOKEN')
      .optional()
      .describe('Bearer token for `/metrics` where a password is set. From the environment only.'),
    publicUrl: url()
      .optional()
      .describe('Where browsers reach it through a proxy that terminates TLS: `https://ferry.example.com`.'),
    downloads: flag()
      .prefault(true)
      .describe('Whether hand-over files, which carry addresses, may be downloaded.'),
  }).superRefine(({ publicUrl, password }, context) => {
    if (publicUrl === undefined || password !== undefined) return;
    const message = `is missing, and publicUrl lets others in; write \${DASHBOARD_PASSWORD} and set that variable`;
    context.addIssue({ code: 'custom', path: ['password'], message });
  });
}
