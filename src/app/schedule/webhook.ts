import { timingSafeEqual } from 'node:crypto';
import rateLimit from '@fastify/rate-limit';
import fastify, { type FastifyInstance } from 'fastify';
import { MINUTE } from '../../core/clock.js';
import { messageOf } from '../../core/errors.js';
import type { ScheduleConfig, WebhookConfig } from '../../core/schedule.js';
import { toUtcText } from '../../core/time.js';
import { webhookSignature } from '../../core/webhook-signature.js';
import { isDuplicateKey } from '../../db/database.js';
import type { EngineContext } from '../../engine/context.js';
import { askFor, noteCall, registerEntry } from '../../queue/ledger/cycles.js';
import type { Scheduler } from './scheduler.js';

export interface WebhookServer {
  /** `http://127.0.0.1:8484` */
  readonly url: string;
  close(): Promise<void>;
}

interface WebhookParts {
  readonly plan: ScheduleConfig;
  readonly webhook: WebhookConfig;
  readonly scheduler: Pick<Scheduler, 'look'>;
  readonly context: Pick<EngineContext, 'clock' | 'log' | 'database'>;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly reason: string;
}

const SIGNATURE = /^sha256=([0-9a-f]{64})$/;
/** Refused calls of one address (of an IPv6 network of 64 bits) in a minute; a caller whose clock is off makes fewer. */
const REFUSALS = 20;

/**
 * `POST /webhooks/<entry>` with `X-Orderferry-Timestamp` (seconds since 1970) and `X-Orderferry-Signature` has the entry
 * run at once, by the same claim as a tick, so both together run it once. 202: it begins, or follows the cycle that runs
 * now. The signature is of time, entry and body, and is taken once, whichever host it came to. Who is refused too often is not
 * listened to for the rest of the minute.
 */
export async function serveWebhook(parts: WebhookParts): Promise<WebhookServer> {
  const { plan, webhook, scheduler, context } = parts;
  const app = fastify({
    bodyLimit: Math.max(1, webhook.maxBytes),
    logger: false,
    forceCloseConnections: true,
  });
  await limitRefusals(app, context.log);
  // The signature is of the bytes as they came; what they say does not matter.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler(async (error, _request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 500) context.log.error(`webhook: ${messageOf(error)}`);
    const code = status === 413 ? 'TOO_LARGE' : status >= 500 ? 'NOT_AVAILABLE' : 'BAD_REQUEST';
    await reply.code(status >= 500 ? 503 : status).send({ code });
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ code: 'NOT_FOUND' }));

  app.post<{ Params: { entry: string } }>('/webhooks/:entry', async (request, reply) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const { entry: name } = request.params;
    const signature = header(request.headers['x-orderferry-signature']);
    const timestamp = header(request.headers['x-orderferry-timestamp']);
    const refused =
      refusalOf(parts, { name, signature, timestamp, body }) ?? (await take(parts, name, signature));
    const entry = plan.entries.find((one) => one.name === name);
    if (refused !== null || entry === undefined) {
      const { status, code, reason } = refused ?? noEntry(name);
      context.log.warn(`webhook for ${JSON.stringify(name.slice(0, 50))} refused: ${reason}`, { code });
      return reply.code(status).send({ code, reason });
    }
    context.log.info(`webhook for ${name} taken`);
    void scheduler.look(entry);
    return reply.code(202).send({ code: 'TAKEN', entry: name });
  });

  const url = await app.listen({ host: webhook.listen, port: webhook.port });
  return { url, close: () => app.close() };
}

/** Guesses, and lines in the log about them, end with the {@link REFUSALS}th of a minute: 429 then, whatever is sent. */
async function limitRefusals(app: FastifyInstance, log: WebhookParts['context']['log']): Promise<void> {
  await app.register(rateLimit, { global: false });
  const refusals = app.createRateLimit({ max: REFUSALS, timeWindow: MINUTE, ipv6Subnet: 64 });
  app.addHook('onRequest', async (request, reply) => {
    const made = await refusals(request, { increment: false });
    if (made.isAllowed || made.remaining > 0) return;
    await reply.header('retry-after', made.ttlInSeconds).code(429).send({ code: 'TOO_MANY' });
  });
  app.addHook('onSend', async (request, reply) => {
    const { statusCode } = reply;
    if (statusCode < 400 || statusCode >= 500 || statusCode === 429) return;
    const made = await refusals(request);
    if (made.isAllowed || made.remaining > 0) return;
    log.warn(
      `webhook: ${REFUSALS} calls from ${request.ip} were refused within a minute; for ${made.ttlInSeconds} s all of it is answered 429, and not noted`,
      { code: 'TOO_MANY' },
    );
  });
}

/** Who cannot sign learns nothing of what there is: the signature comes first. */
function refusalOf(
  { plan, webhook, context }: WebhookParts,
  call: {
    readonly name: string;
    readonly signature: string;
    readonly timestamp: string;
    readonly body: Buffer;
  },
): Refusal | null {
  const { name, signature, timestamp, body } = call;
  const expected = Buffer.from(webhookSignature(webhook.secret, [timestamp, name], body));
  const given = Buffer.from(signature);
  if (!SIGNATURE.test(signature) || given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return { status: 401, code: 'BAD_SIGNATURE', reason: 'the signature is missing or wrong' };
  }
  const off = Math.abs(context.clock.now() - Number(timestamp) * 1_000);
  if (!/^\d{1,12}$/.test(timestamp) || off > webhook.windowMs) {
    return { status: 401, code: 'BAD_TIMESTAMP', reason: 'its time is too far from ours' };
  }
  return plan.entries.some((one) => one.name === name) ? null : noEntry(name);
}

function noEntry(name: string): Refusal {
  const reason = `the schedule has no entry ${JSON.stringify(name.slice(0, 50))}`;
  return { status: 404, code: 'NO_ENTRY', reason };
}

/** Notes the signature and what it asks for, in one transaction. */
async function take(
  { webhook, context }: WebhookParts,
  entry: string,
  signature: string,
): Promise<Refusal | null> {
  const nowMs = context.clock.now();
  const now = toUtcText(nowMs);
  // A time ahead of ours stays good for as long as one behind it has been.
  const forgotten = toUtcText(nowMs - 2 * webhook.windowMs);
  try {
    await context.database.transaction(async (session) => {
      await noteCall(session, { signature, now, forgotten });
      await registerEntry(session, entry, now);
      await askFor(session, entry, now);
    });
    return null;
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return { status: 409, code: 'REPLAYED', reason: 'this request was taken before' };
  }
}

function header(value: string | string[] | undefined): string {
  return typeof value === 'string' ? value : '';
}
