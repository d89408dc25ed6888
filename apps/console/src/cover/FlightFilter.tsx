import { Button, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { airlineCodes, airlineName } from '../format/airline.ts';
import classes from './FlightFilter.module.css';

export interface FlightQuery {
  readonly text: string;
  readonly origin: string;
  readonly carrier: string;
}

export const anyFlight: FlightQuery = { text: '', origin: '', carrier: '' };

/** Narrows the list of flights by words, airport of departure and airline. */
export function FlightFilter(props: { query: FlightQuery; onChange: (query: FlightQuery) => void }) {
  const { query, onChange } = props;
  return (
    <search className={classes.filter}>
      <TextInput
        label="Flight, city or airport"
        placeholder="UA 1545, Boston, SFO"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={query.text}
        onChange={(event) => onChange({ ...query, text: event.currentTarget.value })}
      />
      <NativeSelect
        label="From"
        value={query.origin}
        onChange={(event) => onChange({ ...query, origin: event.currentTarget.value })}
        data={[
          { value: '', label: 'Any New York airport' },
          { value: 'EWR', label: 'Newark (EWR)' },
          { value: 'JFK', label: 'Kennedy (JFK)' },
          { value: 'LGA', label: 'LaGuardia (LGA)' },
        ]}
      />
      <NativeSelect
        label="Airline"
        value={query.carrier}
        onChange={(event) => onChange({ ...query, carrier: event.currentTarget.value })}
        data={[
          { value: '', label: 'Any airline' },
          ...airlineCodes.map((code) => ({ value: code, label: airlineName(code) })),
        ]}
      />
      <Button variant="default" disabled={query === anyFlight} onClick={() => onChange(anyFlight)}>
        Clear
      </Button>
    </search>
  );
}
