/** The mark: one thallus (the rigid partner) with fruiting bodies (the living one) growing on it. */
export function Brand(props: { size: number }) {
  return (
    <svg viewBox="0 0 32 32" width={props.size} height={props.size} aria-hidden="true">
      <path
        fill="var(--lower)"
        d="M15.6 2.6c3-.9 4.6.9 6.3 2.3 1.5 1.2 4.1.8 5.4 2.9 1.2 2-.4 3.9.3 6.1.6 1.9 2.3 3.2 1.7 5.6-.6 2.3-3 2.5-4.3 4.2-1.2 1.6-1 4.1-3.3 5.1-2.2 1-3.8-.8-6-.6-2.3.2-3.9 2-6.2.9-2.2-1.1-1.7-3.5-3-5.3-1.2-1.7-3.6-2.2-4-4.6-.4-2.3 1.5-3.5 2-5.4.6-2.1-.5-4.2.9-6.1 1.4-1.9 3.7-1.2 5.6-2.2 1.7-.9 2.5-2.3 4.6-2.9Z"
      />
      <g fill="var(--ochre-bright)">
        <circle cx="12" cy="12.3" r="2.7" />
        <circle cx="20.5" cy="11.2" r="1.7" />
        <circle cx="19.6" cy="19.8" r="3.1" />
        <circle cx="11.2" cy="20.6" r="1.6" />
      </g>
    </svg>
  );
}
