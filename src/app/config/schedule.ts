import * as z from 'zod';
import { MINUTE, SECOND } from '../../core/clock.js';
import { cronFault, parseCron, zoneFault } from '../../core/cron.js';
import { group, listOf, type valueSchemas } from './values.js';

const ENTRY_NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** `schedule` of the configuration. */
export function scheduleSchema(values: ReturnType<typeof valueSchemas>) {
  const { text, secret, duration, integer } = values;
  const checked = (fault: (value: string) => string | null) =>
    text().superRefine((value, context) => {
      const message = fault(value);
      if (message !== null) context.addIssue({ code: 'custom', message });
    });

  const entry = group({
    name: text()
      .refine((one) => ENTRY_NAME.test(one), { error: 'must be small letters, digits and hyphens' })
      .describe('In messages and in `status`; what is due is remembered by it.'),
    cron: checked(cronFault).describe('Five fields: minute, hour, day, month, weekday.'),
    zone: checked(zoneFault).describe('IANA zone whose clocks the cron text means, or UTC.'),
    pipelines: listOf(text())
      .refine((list) => list.length > 0, { error: 'must name at least one' })
      .refine((list) => new Set(list).size === list.length, { error: 'names a pipeline twice' })
      .describe(
        'Ours, or those of the project; run one after the other. One that fails does not stop the others.',
      ),
  }).transform(({ cron, zone, ...rest }, context) => {
    if (cronFault(cron) === null && zoneFault(zone) === null) return { ...rest, cron: parseCron(cron, zone) };
    context.addIssue({ code: 'custom', message: 'has no usable cron text and zone' });
    return z.NEVER;
  });

  const webhook = group({
    listen: text().prefault('127.0.0.1').describe('Address it is bound to.'),
    port: integer(0, 65_535).prefault(8484).describe('TCP port; 0 takes a free one.'),
    secret: secret('ORDERFERRY_WEBHOOK_SECRET', 16).describe(
      'Key of the HMAC-SHA256, at least 16 characters, from the environment only.',
    ),
    window: duration({ min: 10 * SECOND, max: 60 * MINUTE })
      .prefault('5m')
      .describe('How far the time of a request may be off; within it none is taken twice.'),
    maxBytes: integer(0, 1_000_000).prefault(65_536).describe('Most bytes of a body.'),
  }).transform(({ window, ...rest }) => ({ ...rest, windowMs: window }));

  return group({
    entries: listOf(entry)
      .prefault([])
      .refine((list) => new Set(list.map(({ name }) => name)).size === list.length, {
        error: 'has two entries of the same name',
      })
      .describe('What is run when.'),
    drain: duration({ max: 60 * MINUTE })
      .prefault('60s')
      .describe('After SIGTERM, how long running cycles have to end safely.'),
    webhook: webhook.optional().describe('Left out: no port is opened.'),
  }).transform(({ entries, drain, webhook }) => ({ entries, drainMs: drain, webhook: webhook ?? null }));
}

/** `circuit` of the configuration. */
export function circuitSchema({ duration, integer }: ReturnType<typeof valueSchemas>) {
  return group({
    failures: integer(1, 1_000)
      .prefault(5)
      .describe('So many failures in a row, and the system counts as down.'),
    pause: duration({ min: SECOND })
      .prefault('5m')
      .describe('How long it is left alone then, before one call tries it; doubles while it stays down.'),
    mostPause: duration({ min: SECOND }).prefault('30m').describe('The longest pause.'),
  }).transform(({ failures, pause, mostPause }, context) => {
    if (mostPause < pause) {
      const message = 'must not be shorter than circuit.pause';
      context.addIssue({ code: 'custom', path: ['mostPause'], message });
    }
    return { failures, firstMs: pause, mostMs: mostPause };
  });
}
