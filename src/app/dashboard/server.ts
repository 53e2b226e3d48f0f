import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { MINUTE, SECOND } from '../../core/clock.js';
import type { DashboardConfig } from '../../core/config.js';
import {
  ConfigurationError,
  codeOf,
  messageOf,
  OrderferryError,
  UnreachableError,
} from '../../core/errors.js';
import type { EngineContext } from '../../engine/context.js';
import { accessFor, isHostOf, isOwnForm } from './access.js';
import { addAssets } from './assets.js';
import { page } from './layout.js';
import { addLogin } from './login.js';
import { addBatches } from './pages/batches.js';
import { addErrors } from './pages/errors.js';
import { addFiles } from './pages/files.js';
import { addOrder } from './pages/order.js';
import { addOverview } from './pages/overview.js';
import { addSearch } from './pages/search.js';
import { addProbes } from './probes.js';
import { Sessions } from './sessions.js';
import { refuse, type Site } from './site.js';

export interface DashboardOptions {
  readonly context: EngineContext;
  readonly settings: DashboardConfig;
  /** When a flow runs next (UTC text), where something here starts it; null: nothing here does. */
  readonly nextRun?: (pipeline: string) => Promise<string | null>;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Random number of the visitor, from its cookie. */
    visitor: string;
    isLoggedIn: boolean;
  }
  interface FastifyContextConfig {
    /** Answers without log-in, and says nothing of any order. */
    open?: boolean;
  }
}

/** Bytes of a form; the longest text in one is a reason. */
const MOST_BYTES = 16_384;

/** The dashboard as a server that does not listen yet. Throws ConfigurationError where it must not be reached. */
export async function createDashboard(options: DashboardOptions): Promise<FastifyInstance> {
  const { context, settings } = options;
  const access = accessFor(settings);
  const sessions = new Sessions(context.clock);
  const app = Fastify({
    logger: false,
    bodyLimit: MOST_BYTES,
    requestTimeout: 30 * SECOND,
    connectionTimeout: MINUTE,
    keepAliveTimeout: 10 * SECOND,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 100 },
  });
  const site: Site = {
    app,
    context,
    settings,
    sessions,
    nextRun: options.nextRun ?? (async () => null),
    visitOf: (request) => ({
      csrf: sessions.csrf(request.visitor),
      canLeave: access.login && request.isLoggedIn,
      notice: sessions.told(request.visitor),
      now: context.clock.now(),
    }),
    show: (visit, reply, parts, status = 200) =>
      reply.code(status).type('text/html; charset=utf-8').send(page(visit, parts)),
  };
  await addGuards(site, access);
  addFaults(site);
  addAssets(app);
  addProbes(site, access.login);
  if (access.login) addLogin(site, access);
  for (const add of [addOverview, addErrors, addOrder, addSearch, addBatches, addFiles]) add(site);
  return app;
}

async function addGuards(
  { app, sessions, settings }: Site,
  { hosts, login, secure }: ReturnType<typeof accessFor>,
): Promise<void> {
  const name = secure ? '__Host-orderferry' : 'orderferry';
  app.decorateRequest('visitor', '');
  app.decorateRequest('isLoggedIn', false);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
        baseUri: ["'none'"],
      },
    },
    // Forms have to say where they come from; other sites are told nothing.
    referrerPolicy: { policy: 'same-origin' },
    xFrameOptions: { action: 'deny' },
    strictTransportSecurity: secure ? { maxAge: 31_536_000, includeSubDomains: false } : false,
  });
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: MOST_BYTES });
  await app.register(rateLimit, { global: false });

  app.addHook('onRequest', async (request, reply) => {
    if (hosts !== null && !isHostOf(hosts, request.headers.host)) {
      return refuse(reply, 421, 'This address is not served under that name.');
    }
    void reply.header('cache-control', 'no-store');
    const known = request.cookies[name];
    request.visitor = Sessions.isId(known) ? known : Sessions.newId();
    request.isLoggedIn = sessions.has(request.visitor);
    if (known !== request.visitor && request.routeOptions.config?.open !== true) {
      setVisitor(reply, request.visitor);
    }
    if (!login || request.isLoggedIn || request.routeOptions.config?.open === true) return;
    if (request.url.split('?')[0] === '/login') return;
    if (request.method !== 'GET') return refuse(reply, 401, 'Log in first; nothing was done.');
    return reply.redirect(`/login?to=${encodeURIComponent(request.url)}`, 303);
  });
  app.addHook('preHandler', async (request, reply) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const { csrf } = (request.body ?? {}) as { csrf?: unknown };
    if (isOwnForm(request.headers, settings.publicUrl) && sessions.isCsrf(request.visitor, csrf)) return;
    return refuse(
      reply,
      403,
      'The form was not of this page, or is too old. Nothing was done: go back, reload, try again.',
    );
  });

  function setVisitor(reply: FastifyReply, id: string): void {
    void reply.setCookie(name, id, { path: '/', httpOnly: true, sameSite: 'strict', secure });
  }
  app.decorateReply('setVisitor', function setOwn(this: FastifyReply, id: string) {
    setVisitor(this, id);
  });
}

/** Answers of a person's mistakes, and of ours; nothing of the inside goes out. */
function addFaults({ app, context }: Site): void {
  app.setNotFoundHandler((_request, reply) => refuse(reply, 404, 'There is no such page.'));
  app.setErrorHandler((error, request, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status >= 400 && status < 500) {
      return refuse(
        reply,
        status,
        status === 429 ? String((error as Error).message) : 'The request cannot be understood.',
      );
    }
    const isOurs = error instanceof OrderferryError;
    context.log.error(`dashboard: ${request.method} ${request.url.split('?')[0]}: ${messageOf(error)}`, {
      code: codeOf(error),
    });
    if (error instanceof UnreachableError) return refuse(reply, 503, 'The database cannot be reached.');
    return refuse(
      reply,
      500,
      isOurs ? 'That failed; the log says why.' : 'Something went wrong here; the log says what.',
    );
  });
}

/** Listens; resolves with the address once it does. */
export async function listen(app: FastifyInstance, { listen: host, port }: DashboardConfig): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    if (codeOf(error) === 'EADDRINUSE' || codeOf(error) === 'EACCES' || codeOf(error) === 'EADDRNOTAVAIL') {
      throw new ConfigurationError(
        `the dashboard cannot listen on ${host} port ${port}: ${messageOf(error)}`,
        {
          cause: error,
        },
      );
    }
    throw error;
  }
}
