import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { shortenHash } from '../format/hash.ts';
import classes from './Hash.module.css';

/** A hash or address, shortened, with a button that copies all of it. */
export function Hash(props: { value: string; name: string }) {
  return (
    <span className={classes.hash}>
      <code title={props.value}>{shortenHash(props.value)}</code>
      <CopyButton value={props.value} timeout={1500}>
        {({ copied, copy }) => (
          <ActionIcon
            variant="subtle"
            color="gray"
            size={24}
            onClick={copy}
            aria-label={copied ? `${props.name} is copied` : `Copy ${props.name}`}
          >
            {copied ? <IconCheck size={15} aria-hidden /> : <IconCopy size={15} aria-hidden />}
          </ActionIcon>
        )}
      </CopyButton>
    </span>
  );
}
