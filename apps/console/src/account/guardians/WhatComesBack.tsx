import { Mark } from '../../parts/Mark.tsx';
import { Panel } from '../../parts/Panel.tsx';
import classes from '../AccountLayout.module.css';

/** What a recovery brings back and what it does not, for everybody who sets or uses guardians. */
export function WhatComesBack() {
  return (
    <Panel title="What a recovery brings back">
      <ul className={classes.points}>
        <li>
          <Mark tone="good">Back</Mark>
          <span>The account under its old address, its money, and every cover it holds.</span>
        </li>
        <li>
          <Mark tone="alive">Paused</Mark>
          <span>Mandates of agents. You let them go on, or revoke them.</span>
        </li>
        <li>
          <Mark tone="bad">Gone</Mark>
          <span>All old devices: none of them can sign any more.</span>
        </li>
        <li>
          <Mark tone="bad">Not back</Mark>
          <span>
            The vault key. It comes back by your recovery code or by the shares that your guardians keep, and
            not otherwise.
          </span>
        </li>
      </ul>
    </Panel>
  );
}
