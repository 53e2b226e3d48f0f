import { MINUTE } from '../../core/clock.js';
import { describeDuration } from '../../core/time.js';
import { type Access, ownPath } from './access.js';
import { type Html, html } from './html.js';
import { barePage, csrfField } from './layout.js';
import { sameText } from './sessions.js';
import type { Site } from './site.js';

/** Tries of one address, right ones included. Behind a proxy all visitors are one address. */
const TRIES = 5;
const WINDOW = 15 * MINUTE;

declare module 'fastify' {
  interface FastifyReply {
    /** Gives the visitor another number. */
    setVisitor(id: string): void;
  }
}

/** The page that asks for the password, and the way out. */
export function addLogin({ app, context, sessions, settings }: Site, _access: Access): void {
  const form = (csrf: string, to: string, fault: string | null): Html => html`<section>
<h1>Orderferry</h1>
${fault !== null && html`<p class="badge wrong" role="alert">${fault}</p>`}
<form action="/login" method="post">${csrfField({ csrf })}<input type="hidden" name="to" value="${to}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required autofocus>
<button class="main">Log in</button></form></section>`;

  app.get('/login', async (request, reply) => {
    const to = ownPath((request.query as { to?: unknown }).to);
    if (request.isLoggedIn) return reply.redirect(to, 303);
    return reply
      .type('text/html; charset=utf-8')
      .send(barePage('Log in', form(sessions.csrf(request.visitor), to, null)));
  });

  const limit = {
    max: TRIES,
    timeWindow: WINDOW,
    ipv6Subnet: 64 as const,
    errorResponseBuilder: () => ({
      statusCode: 429,
      error: 'Too Many Requests',
      message: `Too many tries. Try again in ${describeDuration(WINDOW)}.`,
    }),
  };
  app.post('/login', { config: { rateLimit: limit } }, async (request, reply) => {
    const { password, to } = (request.body ?? {}) as { password?: unknown; to?: unknown };
    if (typeof password !== 'string' || !sameText(settings.password ?? '', password)) {
      context.log.warn('dashboard: a wrong password was given', { address: request.ip });
      return reply
        .code(401)
        .type('text/html; charset=utf-8')
        .send(
          barePage('Log in', form(sessions.csrf(request.visitor), ownPath(to), 'That is not the password.')),
        );
    }
    sessions.end(request.visitor);
    reply.setVisitor(sessions.begin());
    return reply.redirect(ownPath(to), 303);
  });

  app.post('/logout', async (request, reply) => {
    sessions.end(request.visitor);
    return reply.redirect('/login', 303);
  });
}
