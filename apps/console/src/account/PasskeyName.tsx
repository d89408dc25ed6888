import { TextInput } from '@mantine/core';

/** The name that a new passkey gets when the person does not choose one. */
export function defaultPasskeyName(): string {
  const today = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
  return `Lichen, ${today.format(Date.now())}`;
}

/** What the device will show in its list of passkeys. */
export function PasskeyName(props: { value: string; onChange: (name: string) => void }) {
  return (
    <TextInput
      label="Name on your device"
      description="Only you see it. Two accounts may have the same name."
      placeholder={defaultPasskeyName()}
      value={props.value}
      maxLength={60}
      autoComplete="off"
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
