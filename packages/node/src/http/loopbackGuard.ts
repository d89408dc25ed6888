import type { MiddlewareHandler } from 'hono';

/** Names by which a browser or program on this machine may call a loopback server. */
const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/** True when a `Host` header (`localhost:8545`) names this machine. */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  const match = /^(\[[0-9a-f:]+\]|[^:]+)(:\d{1,5})?$/i.exec(host);
  return match !== null && loopbackNames.has(match[1]!.toLowerCase());
}

/** True when an `Origin` header is absent (not a browser) or is a page served by this machine. */
export function isLoopbackOrigin(origin: string | undefined): boolean {
  if (origin === undefined) return true;
  const match = /^https?:\/\/(.+)$/i.exec(origin);
  return match !== null && isLoopbackHost(match[1]);
}

/**
 * Middleware for every server of ours: only programs and pages of this machine may call it.
 *
 * The `Host` check stops DNS rebinding (a foreign name that resolves to 127.0.0.1), the `Origin` check stops a foreign
 * page that posts to a known port. Refusals are 403 with the error as JSON.
 */
export function loopbackGuard(): MiddlewareHandler {
  return async (context, next) => {
    const host = context.req.header('host');
    const origin = context.req.header('origin');
    if (!isLoopbackHost(host) || !isLoopbackOrigin(origin)) {
      const got = isLoopbackHost(host) ? `Origin: ${origin}` : `Host: ${host ?? 'none'}`;
      return context.json(
        {
          error: 'bad-input',
          message: 'This server answers programs and pages of its own machine only.',
          got,
          expected: 'a Host of localhost, 127.0.0.1 or [::1], and no Origin from elsewhere',
          next: 'Call it by 127.0.0.1 from this machine.',
          retry: 'after-fix',
        },
        403,
      );
    }
    await next();
    return;
  };
}
