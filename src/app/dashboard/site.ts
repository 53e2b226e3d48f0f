import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DashboardConfig } from '../../core/config.js';
import type { EngineContext } from '../../engine/context.js';
import { html } from './html.js';
import { barePage, type PageParts, type Visit } from './layout.js';
import type { Sessions } from './sessions.js';

/** What pages are made with. */
export interface Site {
  readonly app: FastifyInstance;
  readonly context: EngineContext;
  readonly settings: DashboardConfig;
  readonly sessions: Sessions;
  readonly nextRun: (pipeline: string) => Promise<string | null>;
  /** What is known of whoever asks; what there is to tell is told by this page. */
  visitOf(request: FastifyRequest): Visit;
  /** Answers with a page. */
  show(visit: Visit, reply: FastifyReply, parts: PageParts, status?: number): FastifyReply;
}

/** A page that says why there is no other. */
export function refuse(reply: FastifyReply, status: number, words: string): FastifyReply {
  const body = html`<section class="fault"><h1>${words}</h1><p><a href="/">To the overview</a></p></section>`;
  return reply.code(status).type('text/html; charset=utf-8').send(barePage(words, body));
}
