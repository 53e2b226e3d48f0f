import { isIPv6 } from 'node:net';
import type { DashboardConfig } from '../../core/config.js';
import { ConfigurationError } from '../../core/errors.js';
import { isLoopback } from '../config/values.js';

export const DEFAULT_DASHBOARD: DashboardConfig = { listen: '127.0.0.1', port: 8088, downloads: true };

/** How requests are let in. */
export interface Access {
  /** Whether pages need a log-in. */
  readonly login: boolean;
  /** Hosts that a request may name; null: any, as nobody is let in without the password. */
  readonly hosts: ReadonlySet<string> | null;
  /** TLS is terminated in front: cookies go nowhere else. */
  readonly secure: boolean;
}

/**
 * Who may see the pages that are served there. Throws ConfigurationError where others would get in without a password:
 * nothing is served then.
 */
export function accessFor({ listen, password, publicUrl }: DashboardConfig): Access {
  const local = isLoopback(listen);
  if (!local && password === undefined) {
    throw new ConfigurationError(
      `dashboard.listen ${listen}: other machines reach that address; set dashboard.password: \${DASHBOARD_PASSWORD}, and that variable in the environment`,
    );
  }
  const url = publicUrl === undefined ? null : new URL(publicUrl);
  return {
    login: password !== undefined,
    hosts: local
      ? new Set([
          'localhost',
          '127.0.0.1',
          '[::1]',
          ...nameOf(listen),
          ...(url === null ? [] : [url.hostname]),
        ])
      : null,
    secure: url?.protocol === 'https:',
  };
}

function nameOf(listen: string): string[] {
  return [isIPv6(listen) ? `[${listen}]` : listen];
}

/**
 * Whether a request names one of these hosts. A page elsewhere can have its own name point to this machine (DNS
 * rebinding); its browser still says that name.
 */
export function isHostOf(hosts: ReadonlySet<string>, host: string | undefined): boolean {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(host ?? '');
  return match?.[1] !== undefined && hosts.has(match[1].toLowerCase());
}

/** Whether a form was sent from a page of the same address, as far as the browser says where it was. */
export function isOwnForm(
  headers: {
    readonly host?: string | undefined;
    readonly origin?: string | undefined;
    readonly 'sec-fetch-site'?: string | readonly string[] | undefined;
  },
  publicUrl: string | undefined,
): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  const { origin } = headers;
  if (origin === undefined) return true;
  const from = URL.canParse(origin) ? new URL(origin).host : null;
  return (
    from !== null && (from === headers.host || (publicUrl !== undefined && from === new URL(publicUrl).host))
  );
}

/** A page of ours to go to after the log-in; anything else leads to the first one. */
export function ownPath(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[\w\-./?=&%+:]*$/.test(to) ? to : '/';
}
