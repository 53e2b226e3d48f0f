import type { FastifyReply, FastifyRequest } from 'fastify';
import { messageOf } from '../../core/errors.js';
import { assertSchema } from '../../db/migrate.js';
import { readMetrics } from './metrics.js';
import { sameText } from './sessions.js';
import type { Site } from './site.js';

/** What machines ask: whether the process lives, whether it can work, and the figures for Prometheus. */
export function addProbes({ app, context, settings }: Site, login: boolean): void {
  app.get('/healthz', { config: { open: true } }, async (_request, reply) => plain(reply, 200, 'ok'));

  app.get('/readyz', { config: { open: true } }, async (_request, reply) => {
    try {
      await assertSchema(context.database);
    } catch (error) {
      // Whoever asks may be anybody; why, is in the log.
      context.log.warn(`dashboard: not ready: ${messageOf(error)}`);
      return plain(
        reply,
        503,
        'not ready: the database cannot be reached, or its schema is not the one of this program',
      );
    }
    return plain(reply, 200, 'ready');
  });

  app.get('/metrics', { config: { open: true } }, async (request, reply) => {
    if (login && !request.isLoggedIn && !hasToken(request)) {
      void reply.header('www-authenticate', 'Bearer');
      return plain(reply, 401, 'log in, or send the token of dashboard.metricsToken');
    }
    const { text, type } = await readMetrics(context);
    return reply.type(type).send(text);
  });

  function hasToken({ headers }: FastifyRequest): boolean {
    const given = /^Bearer (\S+)$/i.exec(headers.authorization ?? '')?.[1];
    return (
      settings.metricsToken !== undefined && given !== undefined && sameText(settings.metricsToken, given)
    );
  }
}

function plain(reply: FastifyReply, status: number, words: string): FastifyReply {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${words}\n`);
}
