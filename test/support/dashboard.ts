import type { FastifyInstance } from 'fastify';
import { DEFAULT_DASHBOARD } from '../../src/app/dashboard/access.js';
import { createDashboard } from '../../src/app/dashboard/server.js';
import type { DashboardConfig } from '../../src/core/config.js';
import type { EngineContext } from '../../src/engine/context.js';
import type { House } from './house.js';

export const PASSWORD = 'correct horse battery';

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | number | undefined>>;
  readonly body: string;
}

/** A browser as far as it matters here: it keeps its cookie, says where it is, and fills in forms. */
export class Visitor {
  private cookie: string | null = null;

  constructor(
    readonly app: FastifyInstance,
    private readonly base: Readonly<Record<string, string>> = { host: '127.0.0.1:8088' },
  ) {}

  get hasCookie(): boolean {
    return this.cookie !== null;
  }

  async get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    return this.ask('GET', url, undefined, headers);
  }

  /** Sends a form without what the page has hidden in it. */
  async bare(
    url: string,
    fields: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    return this.ask('POST', url, new URLSearchParams({ ...fields }).toString(), headers);
  }

  /** Sends a form of a page, as the page has it. */
  async post(
    url: string,
    fields: Readonly<Record<string, string>>,
    page: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answered> {
    const csrf = csrfOf((await this.get(page)).body);
    return this.bare(url, { ...fields, csrf }, headers);
  }

  async logIn(password = PASSWORD): Promise<Answered> {
    return this.post('/login', { password, to: '/' }, '/login');
  }

  private async ask(
    method: 'GET' | 'POST',
    url: string,
    payload: string | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<Answered> {
    const answer = await this.app.inject({
      method,
      url,
      headers: {
        ...this.base,
        ...(this.cookie === null ? {} : { cookie: this.cookie }),
        ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(payload === undefined ? {} : { payload }),
    });
    const set = answer.cookies[0] as { readonly name: string; readonly value: string } | undefined;
    if (set !== undefined) this.cookie = `${set.name}=${set.value}`;
    return { status: answer.statusCode, headers: answer.headers, body: answer.body };
  }
}

/** The token of the forms of a page. */
export function csrfOf(page: string): string {
  return /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';
}

/** The dashboard of a house, not listening: requests are put in. */
export async function dashboardOf(
  house: House,
  settings: Partial<DashboardConfig> = {},
  overrides: Partial<EngineContext> = {},
): Promise<FastifyInstance> {
  return createDashboard({
    context: house.context(overrides),
    settings: { ...DEFAULT_DASHBOARD, ...settings },
  });
}
