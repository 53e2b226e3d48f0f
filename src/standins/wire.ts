import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly text: string;
  /** `Success` or `Failure`, where the text has a result. */
  readonly result?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Destroys the connection instead of answering. */
  readonly cut?: boolean;
  /** Sends the body byte by byte, one per so many milliseconds. */
  readonly dripMs?: number;
}

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

export function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed || answer.cut) {
    response.destroy();
    return;
  }
  const body = Buffer.from(answer.text);
  response.writeHead(answer.status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': body.length,
    ...answer.headers,
  });
  if (answer.dripMs === undefined) response.end(body);
  else drip(response, body, answer.dripMs);
}

function drip(response: ServerResponse, body: Buffer, everyMs: number): void {
  let sent = 0;
  response.flushHeaders();
  const timer = setInterval(() => {
    if (sent < body.length) response.write(body.subarray(sent, ++sent));
    else response.end();
  }, everyMs);
  response.once('close', () => clearInterval(timer));
  response.once('finish', () => clearInterval(timer));
}
