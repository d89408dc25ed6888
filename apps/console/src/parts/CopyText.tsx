import { Button, CopyButton } from '@mantine/core';

/** A button that copies a text which is shown beside it. */
export function CopyText(props: { value: string; name: string }) {
  return (
    <CopyButton value={props.value} timeout={1_500}>
      {({ copied, copy }) => (
        <Button variant="default" size="compact-md" onClick={copy}>
          {copied ? 'Copied' : `Copy ${props.name}`}
        </Button>
      )}
    </CopyButton>
  );
}
