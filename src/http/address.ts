import { ConfigurationError } from '../core/errors.js';

/**
 * Checks the base address of an API: https, plain http only on this machine (credentials go with every
 * request), no credentials, query or fragment in it. Returns it without trailing slash.
 * Throws {@link ConfigurationError}, which never repeats the address itself but its host.
 */
export function checkBaseUrl(name: string, baseUrl: string): URL {
  const url = parse(name, baseUrl);
  if (url.username !== '' || url.password !== '') {
    throw new ConfigurationError(
      `${name}: the base address (host ${url.host}) contains credentials; move them to their own settings`,
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new ConfigurationError(
      `${name}: the base address (host ${url.host}) has a query or fragment; remove it`,
    );
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw new ConfigurationError(
    `${name}: the base address (host ${url.host}) must begin with https://; plain http would show the credentials to the network and is allowed for this machine alone (localhost, 127.0.0.1, [::1])`,
  );
}

function parse(name: string, baseUrl: string): URL {
  if (!URL.canParse(baseUrl)) {
    throw new ConfigurationError(
      `${name}: the base address is no URL; write it as https://example-api.exigo.com/3.0`,
    );
  }
  return new URL(baseUrl.replace(/\/+$/, ''));
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}
