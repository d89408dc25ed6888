import { EmptyNote } from '../parts/EmptyNote.tsx';

/** Where passkeys cannot work, the way to where they do. */
export function NoPasskeys() {
  const { protocol, port, pathname } = window.location;
  const numeric = /^[\d.]+$|^\[/.test(window.location.hostname);
  return (
    <EmptyNote title={numeric ? 'Passkeys need a name, not a number' : 'This browser has no passkeys'}>
      {numeric ? (
        <>
          A passkey is bound to the name of a site.{' '}
          <a className="link" href={`${protocol}//localhost:${port}${pathname}`}>
            Open this page at localhost
          </a>
          .
        </>
      ) : (
        'Open this page in a current version of Chrome, Edge, Safari or Firefox.'
      )}
    </EmptyNote>
  );
}
