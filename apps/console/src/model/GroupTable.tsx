import { formatPoints } from '../format/probability.ts';
import { Table } from '../parts/Table.tsx';
import table from '../parts/table.module.css';
import { formatShare, type Group } from './readCard.ts';

/** Predicted and observed shares of groups of held-out flights, one row a group. */
export function GroupTable(props: { of: string; rows: readonly (readonly [name: string, group: Group])[] }) {
  return (
    <Table name={`Calibration by ${props.of.toLowerCase()}`}>
      <thead>
        <tr>
          <th scope="col">{props.of}</th>
          <th scope="col" className={table.number}>
            Flights
          </th>
          <th scope="col" className={table.number}>
            Predicted
          </th>
          <th scope="col" className={table.number}>
            Observed
          </th>
          <th scope="col" className={table.number}>
            Difference
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rows.map(([name, group]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={table.number}>{group.count.toLocaleString('en')}</td>
            <td className={table.number}>{formatShare(group.predicted)}</td>
            <td className={table.number}>{formatShare(group.observed)}</td>
            <td className={table.number}>{formatPoints((group.predicted - group.observed) * 1e6)}</td>
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
