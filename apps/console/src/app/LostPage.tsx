import { Button } from '@mantine/core';
import { isRouteErrorResponse, useRouteError } from 'react-router';
import { ErrorNote } from '../parts/ErrorNote.tsx';
import { PageHead } from '../parts/PageHead.tsx';

/** Shown where no page is, and where a page failed to load or to draw. */
export function LostPage() {
  const error = useRouteError();
  const missing = error === undefined || isRouteErrorResponse(error);
  return (
    <>
      <PageHead
        title={missing ? 'There is no such page' : 'This page could not be shown'}
        lead={missing ? 'The address may be from an older version of the console.' : undefined}
      />
      {!missing && <ErrorNote error={error} />}
      {/* A full load, not a link: after an update the old page lacks the new files. */}
      <Button component="a" href="/cover" mt="md">
        Go to Cover
      </Button>
    </>
  );
}
