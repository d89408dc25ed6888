import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type SeenRequest, startTestServer, type TestServer } from './testServer.ts';

export interface RecordedAnswer {
  readonly request: unknown;
  readonly status: number;
  readonly body: string;
}

/** What a file of recorded answers holds: by the SHA-256 of method, path and body of the request; headers do not count. */
export interface RecordedFile {
  readonly note: string;
  readonly answers: Readonly<Record<string, RecordedAnswer>>;
}

const keyOf = ({ method, path, body }: SeenRequest) =>
  createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');

export interface RecordedServer extends TestServer {
  /** Throws when anything was asked that is not in the file, or when nothing was asked at all. */
  check(): void;
}

/** Replays recorded answers. A request that is not in the file is a failure of the test: `check` says so. */
export async function startRecordedServer(file: string): Promise<RecordedServer> {
  const { answers } = JSON.parse(readFileSync(file, 'utf8')) as RecordedFile;
  const unknown: string[] = [];
  const server = await startTestServer((request, response) => {
    const answer = answers[keyOf(request)];
    if (answer === undefined) unknown.push(`${request.method} ${request.path} ${request.body}`);
    response.writeHead(answer?.status ?? 599, { 'content-type': 'application/json' });
    response.end(answer?.body ?? '{"error":{"message":"not recorded"}}');
  });
  return {
    ...server,
    check: () => {
      if (unknown.length > 0) throw new Error(`Asked and not recorded:\n${unknown.join('\n')}`);
      if (server.seen.length === 0) throw new Error('Nothing was asked of the recorded server.');
    },
  };
}

/**
 * Passes requests on to an endpoint and keeps what it answers in a file for `startRecordedServer`. Headers are passed on and
 * not kept, so no key gets into the file.
 */
export async function startRecordingServer(
  upstream: string,
  file: string,
  note: string,
): Promise<TestServer> {
  const answers: Record<string, RecordedAnswer> = {};
  return startTestServer(async (request, response) => {
    const { authorization } = request.headers;
    const answer = await fetch(`${upstream}${request.path}`, {
      method: request.method,
      body: new Uint8Array(request.body),
      headers: {
        'content-type': 'application/json',
        ...(authorization === undefined ? {} : { authorization }),
      },
    });
    const body = await answer.text();
    answers[keyOf(request)] = {
      request: JSON.parse(request.body.toString()),
      status: answer.status,
      body,
    };
    writeFileSync(file, `${JSON.stringify({ note, answers } satisfies RecordedFile, null, 2)}\n`);
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(body);
  });
}
