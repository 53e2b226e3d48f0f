import { createServer, type RequestListener, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import {
  ConfigurationError,
  StoppedError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../../src/core/errors.js';
import { createHttpClient, type HttpClient, type HttpClientOptions } from '../../src/http/client.js';
import { retryAfterMs } from '../../src/http/retry-after.js';
import { errorOf, handClock } from '../support/exigo-standin.js';

const NOW = '2024-11-13T18:00:00Z';
const SECRET = 'hunter2-secret';
const TOKEN = Buffer.from(`jane@acme:${SECRET}`).toString('base64');

const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  open.push({
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

async function listen(server: Server | net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function client(baseUrl: string, options: Partial<HttpClientOptions> = {}): HttpClient {
  const made = createHttpClient({
    name: 'Test API',
    baseUrl,
    headers: { Authorization: `Basic ${TOKEN}` },
    secrets: [TOKEN, SECRET, 'jane'],
    deadlineMs: 2_000,
    clock: handClock(NOW),
    ...options,
  });
  open.push(made);
  return made;
}

const read = { method: 'GET', path: '/things' } as const;
const change = { method: 'POST', path: '/things', body: { a: 1 } } as const;

describe('HTTP client', () => {
  it('sends JSON with the headers and reads JSON with its decimals', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      request.on('data', (chunk) => seen.push(String(chunk)));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers['content-type']}`);
        seen.push(request.headers.authorization ?? '');
        response.setHeader('x-level', '7');
        response.end('{"total":12.5000}');
      });
    });
    const reply = await client(`${url}/3.0/`).request({ ...change, query: 'a=1,2' });
    expect(reply.body).toEqual({ total: '12.5000' });
    expect(reply.header('x-level')).toBe('7');
    expect(seen).toEqual(['{"a":1}', 'POST /3.0/things?a=1,2 application/json', `Basic ${TOKEN}`]);
  });

  it('keeps the connection', async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('{}');
    });
    const api = client(url);
    for (let i = 0; i < 5; i++) await api.request(read);
    expect(ports.size).toBe(1);
  });

  it('ends at the deadline even while a body drips', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      const timer = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(timer));
    });
    const api = client(url, { deadlineMs: 150 });
    const started = performance.now();
    expect(await errorOf(api.request(read))).toMatchObject({ name: 'TransientError', code: 'TIMEOUT' });
    expect(await errorOf(api.request(change))).toMatchObject({
      name: 'UnknownOutcomeError',
      code: 'TIMEOUT',
    });
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  it('ends at the deadline when nothing is answered at all', async () => {
    const url = await serve(() => undefined);
    const error = await errorOf(client(url, { deadlineMs: 100 }).request(change));
    expect(error).toBeInstanceOf(UnknownOutcomeError);
    expect(error.message).toBe(
      'Test API POST /things: no complete answer within 100 ms; it may have been carried out, so the state is read back first',
    );
  });

  it('knows that nothing was sent when there was no connection', async () => {
    const probe = net.createServer();
    const port = await listen(probe);
    await new Promise((resolve) => probe.close(resolve));
    expect(await errorOf(client(`http://127.0.0.1:${port}`).request(change))).toMatchObject({
      name: 'TransientError',
      code: 'NOT_CONNECTED',
      message: 'Test API POST /things: no connection (ECONNREFUSED); nothing was sent',
    });
    expect(await errorOf(client('https://no-such-host.invalid').request(change))).toMatchObject({
      name: 'TransientError',
      code: 'NOT_CONNECTED',
    });
  });

  it('knows that nothing was sent when the TLS handshake fails or hangs', async () => {
    const plain = await serve((_request, response) => response.end('{}'));
    const plainTls = client(plain.replace('http:', 'https:'));
    expect(await errorOf(plainTls.request(change))).toMatchObject({ code: 'NOT_CONNECTED' });

    const resetting = net.createServer((socket) => socket.once('data', () => socket.resetAndDestroy()));
    open.push(resetting);
    const resetTls = client(`https://127.0.0.1:${await listen(resetting)}`);
    expect(await errorOf(resetTls.request(change))).toMatchObject({ code: 'NOT_CONNECTED' });

    const sockets: net.Socket[] = [];
    const silent = net.createServer((socket) => sockets.push(socket));
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        silent.close();
      },
    });
    const silentTls = client(`https://127.0.0.1:${await listen(silent)}`, { deadlineMs: 100 });
    expect(await errorOf(silentTls.request(change))).toMatchObject({ code: 'NOT_CONNECTED' });
  });

  it('does not know the outcome of a change when the connection is cut after sending', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/half') {
        response.writeHead(200, { 'Content-Length': 100 });
        response.write('{"a":');
        setImmediate(() => response.destroy());
      } else request.socket.destroy();
    });
    const api = client(url);
    for (const path of ['/cut', '/half']) {
      expect(await errorOf(api.request({ ...change, path }))).toMatchObject({
        name: 'UnknownOutcomeError',
        code: 'CONNECTION_LOST',
      });
      expect(await errorOf(api.request({ ...read, path }))).toMatchObject({
        name: 'TransientError',
        code: 'CONNECTION_LOST',
      });
    }
  });

  it('does not know the outcome when a kept connection turns out to be dead', async () => {
    let requests = 0;
    const url = await serve((request, response) => {
      requests++;
      if (requests === 1) response.end('{}');
      else request.socket.resetAndDestroy();
    });
    const api = client(url);
    await api.request(read);
    expect(await errorOf(api.request(change))).toBeInstanceOf(UnknownOutcomeError);
  });

  it.each([
    [400, TerminalError, TerminalError],
    [404, TerminalError, TerminalError],
    [401, ConfigurationError, ConfigurationError],
    [403, ConfigurationError, ConfigurationError],
    [408, TransientError, UnknownOutcomeError],
    [429, TransientError, TransientError],
    [500, TransientError, UnknownOutcomeError],
    [502, TransientError, UnknownOutcomeError],
    [503, TransientError, TransientError],
    [504, TransientError, UnknownOutcomeError],
  ])('reads status %i by what it says of the effect', async (status, onRead, onChange) => {
    const url = await serve((_request, response) => {
      response.writeHead(status).end('{"message":"because"}');
    });
    const api = client(url);
    const [readError, changeError] = [await errorOf(api.request(read)), await errorOf(api.request(change))];
    expect(readError).toBeInstanceOf(onRead);
    expect(changeError).toBeInstanceOf(onChange);
    expect(changeError.message).toContain(`Test API POST /things: answered ${status}`);
    expect(changeError.message).toContain('because');
  });

  it.each([
    ['{"errors":["one","two"]}', 'one; two'],
    ['{"message":"one"}', 'one'],
    ['{"Error":"one"}', 'one'],
    ['{"error":{"message":"one"}}', 'one'],
    ['{"errorMessage":"one"}', 'one'],
    ['{"result":{"status":"Failure","errors":["one"]}}', 'one'],
    ['{"errors":{"OrderID":["must be a number"]}}', 'must be a number'],
    ['"one"', 'one'],
    ['one\n two', 'one two'],
    ['<html>A page</html>', ''],
    ['', ''],
  ])('finds the words of the server in %s', async (body, words) => {
    const url = await serve((_request, response) => response.writeHead(422).end(body));
    const error = await errorOf(client(url).request(change));
    expect(error.message).toBe(
      `Test API POST /things: answered 422${words && `: ${words}`}; the same request would be refused again`,
    );
  });

  it('reads Retry-After in seconds and as a date', async () => {
    const now = Date.parse(NOW);
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs(' 1.5 ', now)).toBe(1_500);
    expect(retryAfterMs('0', now)).toBe(0);
    expect(retryAfterMs('Wed, 13 Nov 2024 18:00:30 GMT', now)).toBe(30_000);
    expect(retryAfterMs('Wed, 13 Nov 2024 17:00:00 GMT', now)).toBe(0);
    for (const bad of [undefined, '', '-5', 'soon', 'Wed, 99 Nov', '1e9']) {
      expect(retryAfterMs(bad, now), bad).toBeUndefined();
    }
    let header = '3';
    const url = await serve((_request, response) => {
      response.writeHead(header === '3' ? 429 : 503, { 'Retry-After': header }).end();
    });
    expect(await errorOf(client(url).request(change))).toMatchObject({ retryAfterMs: 3_000 });
    header = 'Wed, 13 Nov 2024 18:00:10 GMT';
    expect(await errorOf(client(url).request(change))).toMatchObject({ retryAfterMs: 10_000 });
  });

  it('refuses a redirect and sends nothing to its target', async () => {
    let visits = 0;
    const target = await serve((_request, response) => {
      visits++;
      response.end('{}');
    });
    const url = await serve((_request, response) => {
      response.writeHead(307, { Location: `${target}/x?key=${SECRET}` }).end();
    });
    const error = await errorOf(client(url).request(change));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toContain(`a redirect to ${new URL(target).host};`);
    expect(visits).toBe(0);
  });

  it('caps the reply, also one that is small on the wire', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/packed') {
        response.writeHead(200, { 'Content-Encoding': 'gzip' });
        response.end(gzipSync(`"${'x'.repeat(50_000)}"`));
      } else response.end(`"${'x'.repeat(50_000)}"`);
    });
    const api = client(url, { maxBytes: 10_000 });
    for (const path of ['/packed', '/plain']) {
      expect(await errorOf(api.request({ ...change, path }))).toMatchObject({
        name: 'UnknownOutcomeError',
        code: 'REPLY_TOO_LARGE',
      });
      expect(await errorOf(api.request({ ...read, path }))).toMatchObject({
        name: 'TerminalError',
        code: 'REPLY_TOO_LARGE',
      });
    }
  });

  it('does not send a request over the cap', async () => {
    let visits = 0;
    const url = await serve((_request, response) => {
      visits++;
      response.end('{}');
    });
    const api = client(url, { maxBytes: 1_000 });
    const error = await errorOf(api.request({ ...change, body: 'x'.repeat(2_000) }));
    expect(error).toMatchObject({ name: 'TerminalError', code: 'REQUEST_TOO_LARGE' });
    expect(visits).toBe(0);
  });

  it('does not know the outcome of a change that was answered with no JSON', async () => {
    const url = await serve((_request, response) => response.end('<html>Sign in</html>'));
    expect(await errorOf(client(url).request(change))).toMatchObject({
      name: 'UnknownOutcomeError',
      code: 'REPLY_UNREADABLE',
    });
    expect(await errorOf(client(url).request(read))).toBeInstanceOf(TransientError);
  });

  it('takes an empty 204', async () => {
    const url = await serve((_request, response) => response.writeHead(204).end());
    expect(await client(url).request(change)).toMatchObject({ status: 204, body: null });
  });

  it('begins no request once it is to stop, and finishes the one that has begun', async () => {
    const stop = new AbortController();
    let visits = 0;
    const url = await serve((_request, response) => {
      visits++;
      stop.abort();
      setImmediate(() => response.end('{"ok":true}'));
    });
    const api = client(url, { signal: stop.signal });
    expect((await api.request(change)).body).toEqual({ ok: true });
    expect(await errorOf(api.request(change))).toBeInstanceOf(StoppedError);
    expect(visits).toBe(1);
  });

  it('refuses plain http to other hosts, and addresses that hide something', () => {
    for (const [url, part] of [
      ['http://acme-api.exigo.com/3.0', 'must begin with https://'],
      ['http://127.0.0.1.example.com/3.0', 'must begin with https://'],
      ['http://10.0.0.1/3.0', 'must begin with https://'],
      ['ftp://acme-api.exigo.com', 'must begin with https://'],
      [`https://jane:${SECRET}@acme-api.exigo.com`, 'contains credentials'],
      [`https://acme-api.exigo.com/3.0?key=${SECRET}`, 'has a query'],
      ['acme-api.exigo.com', 'is no URL'],
    ] as const) {
      let caught: unknown;
      try {
        client(url);
      } catch (error) {
        caught = error;
      }
      expect(caught, url).toBeInstanceOf(ConfigurationError);
      expect(String(caught)).toContain(part);
      expect(String(caught)).not.toContain(SECRET);
    }
    for (const url of ['https://acme-api.exigo.com/3.0', 'http://localhost:1', 'http://[::1]:1']) client(url);
  });

  it('shows no secret in any error, whatever the server echoes', async () => {
    const replies: RequestListener[] = [
      (request, response) =>
        response
          .writeHead(400)
          .end(JSON.stringify({ message: `${request.headers.authorization} ${SECRET}` })),
      (request, response) => response.writeHead(401).end(`jane ${request.headers.authorization}`),
      (request, response) => response.writeHead(500).end(`"${SECRET} ${request.headers.authorization}"`),
      (_request, response) => response.writeHead(302, { Location: `/x?token=${TOKEN}` }).end(SECRET),
      (_request, response) => response.end(`no JSON ${SECRET}`),
      (_request, response) => response.writeHead(429).end(SECRET),
      (request) => request.socket.destroy(),
      () => undefined,
    ];
    const listeners = new Map(replies.map((reply, index) => [`/${index}`, reply]));
    const url = await serve((request, response) =>
      listeners.get(request.url?.split('?')[0] ?? '')?.(request, response),
    );
    const api = client(url, { deadlineMs: 300 });
    for (const path of listeners.keys()) {
      for (const method of ['GET', 'POST'] as const) {
        const error = await errorOf(api.request({ method, path, query: `password=${SECRET}` }));
        const shown = [
          JSON.stringify(error),
          inspect(error, { depth: 10, showHidden: true }),
          String(error.stack),
        ].join();
        for (const secret of [TOKEN, SECRET, 'jane', 'password=']) {
          expect(shown.includes(secret) && `${path} shows ${secret} in ${shown}`).toBe(false);
        }
        expect(error.message).toContain(`Test API ${method} ${path}: `);
      }
    }
  });
});

describe('credentials that change from request to request', () => {
  it('go where they belong, and appear in no message', async () => {
    const seen: string[] = [];
    const url = await serve((request, response) => {
      seen.push(`${request.url} ${request.headers['x-token']}`);
      response.statusCode = 400;
      response.end(JSON.stringify({ message: `no such thing at ${request.url} for tok-123` }));
    });
    const error = await errorOf(
      client(url).request({
        ...read,
        address: '/tok-123/things',
        headers: { 'x-token': 'tok-123' },
        secrets: ['tok-123'],
      }),
    );
    expect(seen).toEqual(['/tok-123/things tok-123']);
    expect(error.message).toContain(
      'Test API GET /things: answered 400: no such thing at /***/things for ***',
    );
    expect(inspect(error, { depth: 9 })).not.toContain('tok-123');
  });
});
